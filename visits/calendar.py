"""The district's calendar: loaded once, asked as often as a page likes."""

from datetime import date
from typing import Self

from visits.models import CalendarDay, DayKind
from visits.workdays import Workdays


class Calendar(Workdays):
    @classmethod
    def load(cls, start: date, end: date) -> Self:
        """Everything known about the years from the one before `start` to the one after `end`. One query.

        Beyond them, and in a year without rows, Monday to Friday count (see `unknown_years`).
        """
        rows = CalendarDay.objects.filter(day__year__range=(start.year - 1, end.year + 1)).values_list("day", "kind")
        days: dict[str, set[date]] = {DayKind.OFF: set(), DayKind.WORK: set()}
        for day, kind in rows:
            days[kind].add(day)
        years = {day.year for kind in days.values() for day in kind}
        return cls(frozenset(days[DayKind.OFF]), frozenset(days[DayKind.WORK]), frozenset(years))


def working_days(start: date, end: date) -> list[date]:
    return Calendar.load(start, end).within(start, end)


def add_working_days(day: date, n: int) -> date:
    """For a single date; a loop loads one Calendar and uses its `add`."""
    return Calendar.load(day, day).add(day, n)


def working_days_between(start: date, end: date) -> int:
    return Calendar.load(start, end).between(start, end)
