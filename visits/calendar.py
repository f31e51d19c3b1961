"""The district's calendar: loaded once, asked as often as a page likes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from django.utils.translation import gettext as _

from core.localized import pick
from core.statements import Statement, written
from visits.models import CalendarDay, DayKind
from visits.workdays import Workdays

SATURDAY = 5


@dataclass(frozen=True)
class Calendar(Workdays):
    """`notes` name the days that differ from the week's pattern, in the language of the request: 国庆节."""

    notes: Mapping[date, str] = field(default_factory=dict)

    @classmethod
    def load(cls, start: date, end: date) -> Self:
        """Everything known about the years from the one before `start` to the one after `end`. One query.

        Beyond them, and in a year without rows, Monday to Friday count (see `unknown_years`).
        """
        years = (max(start.year - 1, 1), min(end.year + 1, 9999))
        note = pick("note_zh", "note_en")

        def known() -> Statement:
            return Statement(
                CalendarDay.objects.filter(day__year__range=years).order_by().values_list("day", "kind", note)
            )

        rows = written("calendar", years, note, make=known).rows()
        return cls(
            off=frozenset(day for day, kind, _note in rows if kind == DayKind.OFF),
            worked=frozenset(day for day, kind, _note in rows if kind == DayKind.WORK),
            years=frozenset(day.year for day, _kind, _note in rows),
            notes={day: note for day, _kind, note in rows if note},
        )

    def words(self, day: date) -> str:
        """What sets a day apart: 国庆节, 周末; "" for a working day like others."""
        if note := self.notes.get(day):
            return note
        if day in self.worked:
            return _("Working day")
        if self.is_working(day):
            return ""
        return _("Weekend") if day.weekday() >= SATURDAY else _("Day off")


def working_days(start: date, end: date) -> list[date]:
    return Calendar.load(start, end).within(start, end)


def add_working_days(day: date, n: int) -> date:
    """For a single date; a loop loads one Calendar and uses its `add`."""
    return Calendar.load(day, day).add(day, n)


def working_days_between(start: date, end: date) -> int:
    return Calendar.load(start, end).between(start, end)
