"""When somebody cannot visit: entering it, taking it back, and what a calendar elsewhere says."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from core import bulk
from core.clock import today
from core.events import Happened, append, append_many
from core.refusals import RuleBroken
from teams.models import User
from visits.busy import HalfDay
from visits.dayparts import DayPart
from visits.models import BusyTime, OutsideCalendar
from visits.policies import may_enter_busy

Kept = list[str]  # day, part and reason of what was taken back


def add_busy_times(
    *, person: User, halves: Iterable[HalfDay], reason: str = "", by: User, at: datetime
) -> list[BusyTime]:
    """What was not known yet. Half-days entered before keep their reason unless there is a new one; what had only been
    read from a calendar is the person's own word from now on.
    """
    wanted = sorted(set(halves))
    if not may_enter_busy(by, person):
        raise PermissionDenied
    if wanted and wanted[0].day < today(at):
        raise RuleBroken(_("A day that is over cannot be kept free any more."))
    with transaction.atomic():
        there = locked_times(person)
        _take_over((there[half] for half in wanted if half in there), reason, by=by, at=at)
        new = [
            BusyTime(user=person, day=half.day, part=half.part, reason=reason) for half in wanted if half not in there
        ]
        append_many(bulk.create_all(new, by=by, at=at, payload=facts_of))
    return new


def remove_busy_times(*, person: User, keys: Collection[int], by: User, at: datetime) -> list[Kept]:
    """Takes back what somebody entered; what was read from a calendar is taken back there. Returns what is needed to
    enter it again: the reason belongs to the person and is not in the log.
    """
    if not may_enter_busy(by, person):
        raise PermissionDenied
    with transaction.atomic():
        locked_times(person)
        rows = list(person.busy_times.filter(pk__in=keys, calendar__isnull=True))
        append_many([Happened(row, "take_back", by, at, facts_of(row)) for row in rows])
        person.busy_times.filter(pk__in=[row.pk for row in rows]).delete()
    return [[row.day.isoformat(), row.part, row.reason] for row in rows]


def restore_busy_times(*, person: User, kept: Iterable[Kept], by: User, at: datetime) -> int:
    """Enters again what `remove_busy_times` took back; days that are over by now stay away."""
    by_reason: dict[str, list[HalfDay]] = {}
    for day, part, reason in kept:
        half = HalfDay(date.fromisoformat(day), DayPart(part))
        if half.day >= today(at):
            by_reason.setdefault(reason, []).append(half)
    return sum(
        len(add_busy_times(person=person, halves=halves, reason=reason, by=by, at=at))
        for reason, halves in by_reason.items()
    )


def replace_read_times(*, calendar: OutsideCalendar, halves: Collection[HalfDay], at: datetime) -> int:
    """What the calendar says from today on takes the place of what it said before; how many half-days that is.

    What somebody entered stays theirs, also where the calendar says the same.
    """
    with transaction.atomic():
        there = locked_times(calendar.user)
        mine = {half: row for half, row in there.items() if row.calendar_id == calendar.pk and half.day >= today(at)}
        gone = [row.pk for half, row in mine.items() if half not in halves]
        new = [
            BusyTime(user=calendar.user, day=half.day, part=half.part, calendar=calendar)
            for half in sorted(halves)
            if half not in there
        ]
        BusyTime.objects.filter(pk__in=gone).delete()
        bulk.insert(new)
        if gone or new:
            append(calendar, "read_calendar", by=None, at=at, payload={"added": len(new), "removed": len(gone)})
    return len(mine) - len(gone) + len(new)


def facts_of(row: BusyTime) -> dict[str, object]:
    return {"user": row.user_id, "day": row.day, "part": row.part}


def locked_times(person: User) -> dict[HalfDay, BusyTime]:
    """The person's half-days; two who enter the same one at once wait for each other."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    return {HalfDay(row.day, DayPart(row.part)): row for row in person.busy_times.all()}


def _take_over(rows: Iterable[BusyTime], reason: str, *, by: User, at: datetime) -> None:
    happened = []
    for row in rows:
        if row.calendar_id is None and (not reason or row.reason == reason):
            continue
        row.calendar, row.reason = None, reason or row.reason
        row.save(update_fields=["calendar", "reason"])
        happened.append(Happened(row, "change", by, at, facts_of(row)))
    append_many(happened)
