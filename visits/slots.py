"""The half-days offered for one visit, and who is free then."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import SHANGHAI, today
from visits.calendar import Calendar
from visits.models import Visit
from visits.scheduling import Booking, Clash, Slot, Trouble, problems
from visits.timetable import Timetable, room_key, rules_of
from visits.words import Speaker
from visits.workdays import DAY, days_from

MOST_DAYS = 31
AHEAD = 10  # days offered for a visit that belongs to no round


@dataclass(frozen=True)
class Offer:
    """One radio of the table."""

    value: str
    label: Any
    words: str
    look: str
    checked: bool = False
    over: bool = False


@dataclass(frozen=True)
class DayRow:
    day: date
    is_working: bool
    words: str
    offers: list[Offer]


@dataclass(frozen=True)
class SlotTable:
    rows: list[DayRow]
    best: list[Slot]
    timetable: Timetable

    @property
    def days(self) -> list[date]:
        return [row.day for row in self.rows]

    @property
    def values(self) -> set[str]:
        return {offer.value for row in self.rows for offer in row.offers}

    def best_on(self, day: str) -> str:
        """The first half-day of this day with everybody free, else the first one that is not over; "" if there is none."""
        offers = [offer for row in self.rows if row.day.isoformat() == day for offer in row.offers if not offer.over]
        free = [offer for offer in offers if offer.look == "good"]
        return next((offer.value for offer in [*free, *offers]), "")

    def marked(self, value: str | None) -> "SlotTable":
        """The same with one radio chosen."""
        rows = [
            replace(row, offers=[replace(offer, checked=offer.value == value) for offer in row.offers])
            for row in self.rows
        ]
        return replace(self, rows=rows)

    def about(self, visit: Visit) -> list[tuple[Clash, str]]:
        """What is unusual about the place the visit has now."""
        table = self.timetable
        assert visit.day and visit.starts_at
        people = table.roster.on(visit.team_id, visit.area_id, visit.day)
        there = Booking(visit.pk, visit.day, visit.starts_at, room_key(visit.street_id, visit.venue), people)
        others = table.by_day.get(visit.day, {}).values()
        found = problems(there, others, rules=table.rules, workdays=table.workdays, busy=table.busy)
        speaker = Speaker.load(found)
        return [(clash, speaker.sentence(clash)) for clash in found]


def slot_table(visit: Visit, at: datetime, *, venue: str = "", timetable: Timetable | None = None) -> SlotTable:
    """The days of the window from today on, each half-day with how many of the visit's people are free.

    `timetable`: how things would stand, if that is not how they are.
    """
    now = today(at)
    days = _days(visit, now)
    first, last = (days[0], days[-1]) if days else (now, now)
    timetable = timetable or Timetable.load(first, last, rules=rules_of(visit.round, now), also=[visit])
    slots = timetable.slots(visit, days, venue or visit.venue or visit.area.venue)
    speaker = Speaker.load([clash for slot in slots for clash in slot.clashes], visits={})
    offers = defaultdict(list)
    for slot in slots:
        offers[slot.day].append(_offer(slot, speaker, at))
    calendar = timetable.workdays
    rows = [DayRow(day, calendar.is_working(day), calendar.words(day), offers[day]) for day in days]
    free = (slot for slot in slots if _suits_all(slot, calendar) and not _is_over(slot, at))
    best = sorted(free, key=lambda slot: slot.rank)[:3]
    return SlotTable(rows, best, timetable)


def _suits_all(slot: Slot, calendar: Calendar) -> bool:
    return not slot.missing and not slot.blocked and calendar.is_working(slot.day)


def _days(visit: Visit, now: date) -> list[date]:
    if visit.round is None:
        return list(days_from(now, now + AHEAD * DAY))
    first = max(visit.round.window_start, now)
    return list(days_from(first, visit.round.window_end))[:MOST_DAYS]


def _is_over(slot: Slot, at: datetime) -> bool:
    return datetime.combine(slot.day, slot.starts_at, tzinfo=SHANGHAI) < at


def _offer(slot: Slot, speaker: Speaker, at: datetime) -> Offer:
    value, label = f"{slot.day.isoformat()}/{slot.part}", slot.part.label
    if _is_over(slot, at):
        return Offer(value, label, _("already over"), "", over=True)
    if any(clash.trouble == Trouble.VENUE for clash in slot.clashes):
        return Offer(value, label, _("venue taken"), "red")
    if not slot.missing:
        return Offer(value, label, _free(slot.people), "good")
    names = [speaker.people.get(person, "") for person in sorted(slot.missing)]
    words = _("without %(names)s") % {"names": _join(names)}
    return Offer(value, label, words, "red" if slot.blocked else "amber")


def _free(people: int) -> str:
    return ngettext("%(n)s person free", "all %(n)s free", people) % {"n": people}


def _join(names: Iterable[str]) -> str:
    found = list(names)
    if len(found) > 2:
        return _("%(first)s and %(n)s more") % {"first": found[0], "n": len(found) - 1}
    return _(" and ").join(found)
