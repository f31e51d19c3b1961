"""Counting working days: a pure object that knows the week, the holidays and the weekend days that are worked."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

DAY = timedelta(days=1)
FRIDAY = 4


@dataclass(frozen=True)
class Workdays:
    """Monday to Friday, except `off`, plus the weekend days in `worked`. `years` are those whose holidays are known."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    years: frozenset[int] = field(default_factory=frozenset)

    def is_working(self, day: date) -> bool:
        return day in self.worked or (day.weekday() <= FRIDAY and day not in self.off)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it, if n is negative); 0: the first one that is not before it."""
        step = DAY if n >= 0 else -DAY
        if n == 0:
            day, n = day - DAY, 1
        for _ in range(abs(n)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before `start`.

        Whatever `n`: `between(day, add(day, n)) == n` when `day` is a working day.
        """
        return self._until(end) - self._until(start)

    def within(self, first: date, last: date) -> list[date]:
        """The working days from `first` to `last`, both included."""
        return [day for day in days_from(first, last) if self.is_working(day)]

    def unknown_years(self, first: date, last: date) -> list[int]:
        """Years of this stretch whose holidays nobody has entered, so that Monday to Friday is only a guess."""
        return [year for year in range(first.year, last.year + 1) if year not in self.years]

    def _until(self, day: date) -> int:
        """Working days up to and including `day`, counted from the first day there is."""
        weeks, rest = divmod(day.toordinal(), 7)
        weekdays = weeks * 5 + min(rest, 5)
        return weekdays - bisect_right(self._off, day) + bisect_right(self._worked, day)

    @cached_property
    def _off(self) -> list[date]:
        return sorted(day for day in self.off if day.weekday() <= FRIDAY and day not in self.worked)

    @cached_property
    def _worked(self) -> list[date]:
        return sorted(day for day in self.worked if day.weekday() > FRIDAY)


def days_from(first: date, last: date) -> Iterable[date]:
    return (first + n * DAY for n in range((last - first).days + 1))
