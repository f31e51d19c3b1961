"""A round's window before anybody is planned into it: its days, how many of them are worked, and a first proposal."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.clock import quarter_of
from visits.calendar import Calendar
from visits.models import Round
from visits.words import day_words
from visits.workdays import days_from

USUAL_DAYS = 10
RULES = ("submit_days", "record_days", "confirm_days", "visit_minutes", "travel_minutes")
LONGEST_WINDOW = 62  # days


@dataclass(frozen=True)
class WindowDay:
    day: date
    is_working: bool
    about: str

    @property
    def words(self) -> str:
        return day_words(self.day)


@dataclass(frozen=True)
class Window:
    days: list[WindowDay]
    unknown_years: list[int]

    @classmethod
    def load(cls, first: date, last: date) -> "Window":
        """One query. A window far too long is shown as far as it is sensible."""
        last = min(last, first + timedelta(days=LONGEST_WINDOW))
        calendar = Calendar.load(first, last)
        days = [WindowDay(day, calendar.is_working(day), calendar.words(day)) for day in days_from(first, last)]
        return cls(days, calendar.unknown_years(first, last))

    @property
    def working(self) -> int:
        return sum(day.is_working for day in self.days)


def next_quarter(last: Round | None, today: date) -> tuple[int, int]:
    """The quarter after the last round; without one, the current quarter."""
    if last is None:
        return quarter_of(today)
    return (last.year + 1, 1) if last.quarter == 4 else (last.year, last.quarter + 1)


def proposal(year: int, quarter: int, last: Round | None) -> dict[str, Any]:
    """Dates and rules for a new round: those of the last one, moved to the new quarter; else its first ten days."""
    first = date(year, quarter * 3 - 2, 1)
    model = last or Round(window_start=first, window_end=first + timedelta(days=USUAL_DAYS - 1))
    offset = last.window_start - date(last.year, last.quarter * 3 - 2, 1) if last else timedelta()
    return {
        "year": year,
        "quarter": quarter,
        "window_start": first + offset,
        "window_end": first + offset + (model.window_end - model.window_start),
        **{name: getattr(model, name) for name in RULES},
    }
