"""What the rules would remind of in the next two weeks, as things stand now: worked out for everybody at once and kept
for ten minutes, because each person asks only for the own lines.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.cache import caches

from core.clock import today
from notifications.audience import is_muted, wanted_channels
from notifications.channels import ready_channels
from notifications.models import ReminderRule
from notifications.planner import calendar_around, coming, people_of, source_of
from notifications.sources import sources
from notifications.texts import sentence
from notifications.wishes import preference_of
from notifications.words import channel_label

AHEAD = timedelta(days=14)
KEEP_SECONDS = 600
SHOWN = 30
KEY = "reminders-coming"


class Line(NamedTuple):
    """One step for one person, without words yet: those are made in the reader's language."""

    at: datetime
    rule: int
    kind: str
    facts: dict[str, Any]
    url: str


@dataclass(frozen=True)
class Coming:
    at: datetime
    sentence: str
    url: str
    channels: list[str]


def coming_to(person: Any, at: datetime) -> list[Coming]:
    """The next of one's own, soonest first, each with the channels it would take."""
    everybody = caches["answers"].get_or_set(KEY, lambda: _for_everybody(at), KEEP_SECONDS) or {}
    lines = [line for line in sorted(everybody.get(person.pk, ()), key=lambda line: line.at) if line.at > at][:SHOWN]
    rules = ReminderRule.objects.in_bulk({line.rule for line in lines})
    wish = preference_of(person)
    ready = ready_channels()
    reached = {name: channel for name, channel in ready.items() if person.pk in channel.addresses({person.pk})}
    ways = {
        pk: [
            channel_label(name)
            for name in wanted_channels(rule, source_of(rule))
            if name in reached and not is_muted(wish, rule, reached[name])
        ]
        for pk, rule in rules.items()
    }
    return [Coming(line.at, sentence(line.kind, line.facts), line.url, ways.get(line.rule, [])) for line in lines]


def _for_everybody(at: datetime) -> dict[int, list[Line]]:
    """What only leaves the inbox is not foreseen: nobody knows which messages will stay unread."""
    found: dict[int, list[Line]] = defaultdict(list)
    calendar = calendar_around(at)
    for rule in ReminderRule.objects.filter(is_active=True):
        if rule.source not in sources() or not source_of(rule).in_app:
            continue
        dues = list(coming(rule, at, at + AHEAD, at, calendar))
        for due, people in zip(dues, people_of(rule, dues, today(at)), strict=True):
            line = Line(due.at, rule.pk, due.kind(rule), due.subject.facts, due.subject.url)
            for person in people:
                found[person].append(line)
    return dict(found)
