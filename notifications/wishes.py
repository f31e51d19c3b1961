"""What one person may switch off, and the one function that writes it down."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import transaction

from core.events import append
from notifications.audience import ALWAYS, is_muted, wanted_channels
from notifications.channels import is_shared, ready_channels
from notifications.models import Preference, ReminderRule
from notifications.sources import sources
from notifications.words import label_of


@dataclass(frozen=True)
class Way:
    """One channel of one rule, and whether it is on."""

    rule: str
    channel: str
    label: str
    is_on: bool

    @property
    def field(self) -> str:
        return f"gets-{self.rule}-{self.channel}"


@dataclass(frozen=True)
class RuleWish:
    """A rule with its channels out of the app that reach this person alone; groups hear what concerns the group."""

    rule: ReminderRule
    label: str
    ways: list[Way]


def rule_wishes(person: Any) -> tuple[list[RuleWish], list[RuleWish]]:
    """What may be muted, and what always comes. Two queries."""
    wish = preference_of(person)
    ready = {name: channel for name, channel in ready_channels().items() if not is_shared(channel)}
    free: list[RuleWish] = []
    fixed: list[RuleWish] = []
    for rule in ReminderRule.objects.filter(is_active=True):
        if rule.source not in sources():
            continue
        names = [name for name in wanted_channels(rule, sources()[rule.source]) if name in ready and name != ALWAYS]
        ways = [Way(rule.code, name, str(ready[name].label), not is_muted(wish, rule, ready[name])) for name in names]
        (fixed if rule.mandatory else free).append(RuleWish(rule, label_of(rule), ways))
    return sorted(free, key=lambda one: one.label), sorted(fixed, key=lambda one: one.label)


def preference_of(person: Any) -> Preference | None:
    return Preference.objects.filter(user=person).first()


def keep_wishes(
    *,
    by: Any,
    at: datetime,
    language: str,
    quiet_from: time | None,
    quiet_until: time | None,
    shown: Collection[RuleWish],
    silent: Collection[tuple[str, str]],
) -> Preference:
    """One's own wishes. `shown` are the rules somebody chose for; what was muted besides stays as it is.

    A rule whose every channel is off is off as a whole, so that a channel that comes later is off as well.
    """
    with transaction.atomic():
        wishes, _created = Preference.objects.select_for_update(no_key=True).get_or_create(user_id=by.pk)
        wishes.language, wishes.quiet_from, wishes.quiet_until = language, quiet_from, quiet_until
        known = {wish.rule.code for wish in shown if wish.ways}
        kept = [entry for entry in wishes.muted if entry.partition("/")[0] not in known]
        wishes.muted = kept + [entry for wish in shown for entry in _entries(wish, silent)]
        wishes.save()
        payload = {"language": language, "quiet": [quiet_from, quiet_until], "muted": wishes.muted}
        append(wishes, "change", by=by, at=at, payload=payload)
    return wishes


def _entries(wish: RuleWish, silent: Collection[tuple[str, str]]) -> list[str]:
    code = wish.rule.code
    off = [way.channel for way in wish.ways if (code, way.channel) in silent]
    if wish.rule.mandatory or not off:
        return []
    return [code] if len(off) == len(wish.ways) else [f"{code}/{channel}" for channel in off]
