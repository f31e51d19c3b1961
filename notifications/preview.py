"""What a rule would do on a day, before it does: to how many people, and whom."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from core.clock import SHANGHAI, today
from notifications.audience import Readers
from notifications.models import ReminderRule
from notifications.planner import Due, calendar_around, coming, people_of, source_of
from notifications.rules import WorkingDays, not_in

MOMENT = timedelta(microseconds=1)
FORESEEN = timedelta(days=120)
ASKED_AT = (timedelta(0), timedelta(days=7), FORESEEN)
MOST_DAYS = 10


@dataclass(frozen=True)
class Line:
    """One step for one thing and who would hear of it. `goes_at` leaves quiet hours and days off out."""

    due: Due
    goes_at: datetime
    people: list[int]


@dataclass(frozen=True)
class Preview:
    day: date
    lines: list[Line]
    by_channel: dict[str, int]

    @cached_property
    def people(self) -> set[int]:
        return {person for line in self.lines for person in line.people}

    def of(self, people: Collection[int]) -> dict[int, list[Line]]:
        """What each of these people would hear of."""
        found: dict[int, list[Line]] = {person: [] for person in people}
        for line in self.lines:
            for person in line.people:
                if person in found:
                    found[person].append(line)
        return found


def preview(rule: ReminderRule, day: date) -> Preview:
    """As things stand now: what will have been done by then is not foreseen. The rule need not be saved."""
    start = datetime.combine(day, time(0), tzinfo=SHANGHAI)
    moment = start - MOMENT
    calendar = calendar_around(start)
    dues = sorted(coming(rule, moment, moment + timedelta(days=1), start, calendar), key=lambda due: (due.at, due.key))
    return told_of(rule, dues, day, calendar)


def next_preview(rule: ReminderRule, at: datetime) -> Preview | None:
    """The first day from this moment on, within some months, on which it would tell anybody.

    Sources give what is true at a moment, so they are asked at several; each day found is then looked at like any other.
    """
    calendar = calendar_around(at)
    days = {today(due.at) for ahead in ASKED_AT for due in coming(rule, at, at + FORESEEN, at + ahead, calendar)}
    shown = (preview(rule, found) for found in sorted(days)[:MOST_DAYS])
    return next((found for found in shown if found.people), None)


def told_of(rule: ReminderRule, dues: list[Due], day: date, calendar: WorkingDays) -> Preview:
    """Whom these steps would be told to, and when."""
    told = people_of(rule, dues, day)
    quiet = rule.quiet_from, rule.quiet_until
    lines = [
        Line(due, not_in(due.at, quiet, calendar if rule.on_working_days else None), people)
        for due, people in zip(dues, told, strict=True)
    ]
    return Preview(day, lines, dict(_by_channel(rule, {person for people in told for person in people})))


def _by_channel(rule: ReminderRule, people: set[int]) -> Iterator[tuple[str, int]]:
    readers = Readers.load(rule, source_of(rule), people)
    reached = [reader.channel for person in people for reader in readers.of(person)]
    for channel in readers.channels:
        yield channel.name, reached.count(channel.name)
