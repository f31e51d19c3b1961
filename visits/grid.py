"""The matrix of the board: rows by street, by unit in lead or by day, one of them opened into half-days with chips."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from core.clock import today
from visits.calendar import Calendar
from visits.dayparts import DayPart
from visits.models import Round, VisitStatus
from visits.progress import is_running
from visits.queries import Row
from visits.scheduling import Clash
from visits.words import short_day, weekday
from visits.workdays import days_from

OUTSIDE = "outside"  # the key under which the days outside the window are collected


class By(StrEnum):
    STREET = "street"
    DAY = "day"
    TEAM = "team"


@dataclass(frozen=True)
class Wish:
    """What somebody asks the board to show. `opened` is the key of a row: a slug or a day."""

    by: By = By.STREET
    opened: str = ""
    street: str = ""
    unit: str = ""
    only_conflicts: bool = False

    @property
    def row(self) -> str:
        """The row to open: the one asked for, or the only one there is."""
        only = {By.STREET: self.street, By.TEAM: self.unit}.get(self.by, "")
        return self.opened or only

    def address(self, **changes: Any) -> str:
        """The query string of this board with some wishes changed."""
        asked = {"by": self.by if self.by != By.STREET else "", "open": self.opened, "street": self.street}
        asked |= {"unit": self.unit, "conflicts": "on" if self.only_conflicts else ""}
        return "?" + urlencode({name: value for name, value in (asked | changes).items() if value})

    def takes(self, row: Row) -> bool:
        return self.street in ("", row.street_slug) and self.unit in ("", row.unit_slug)


@dataclass(frozen=True)
class Column:
    """A day of the window, a part of the day, or (`key` OUTSIDE) the visits on days outside the window."""

    key: str
    label: str
    below: str = ""
    day: date | None = None
    is_working: bool = True
    is_today: bool = False
    note: str = ""
    drop: str = ""  # the day, as long as a visit can be dropped on it
    query: str = ""  # how the list of visits is asked for it

    @property
    def look(self) -> str:
        return "now" if self.is_today else "" if self.is_working else "we"


@dataclass(frozen=True)
class Cell:
    column: Column
    url: str = ""
    total: int = 0
    done: int = 0
    conflicts: int = 0
    state: str = "none"  # none, done, missed, today, coming, sum


@dataclass(frozen=True)
class Chip:
    """`version` 0: it cannot be moved any more."""

    code: str
    hour: str
    area: str
    look: str
    icon: str = ""
    words: Any = ""
    version: int = 0
    below: str = ""


@dataclass(frozen=True)
class Place:
    """A half-day in the opened row: `slot` ("2026-10-09/morning") is empty where nothing may be put any more."""

    column: Column
    slot: str
    chips: list[Chip]


@dataclass(frozen=True)
class Lane:
    label: Any
    cells: list[Place]


@dataclass
class Line:
    """A row of the matrix: a street, a unit in lead or a day."""

    name: str
    slug: str
    is_today: bool = False
    total: int = 0
    done: int = 0
    placed: int = 0
    cells: list[Cell] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)


def day_columns(round_: Round, calendar: Calendar, rows: Iterable[Row], now: date) -> list[Column]:
    columns = [
        Column(
            day.isoformat(),
            short_day(day),
            _("today") if day == now else weekday(day),
            day,
            calendar.is_working(day),
            day == now,
            calendar.notes.get(day, ""),
            day.isoformat() if day >= now else "",
            f"&day={day.isoformat()}",
        )
        for day in days_from(round_.window_start, round_.window_end)
    ]
    outside = any(row.day and row.status in VisitStatus.on_plan and not round_.holds(row.day) for row in rows)
    return [*columns, Column(OUTSIDE, _("Other"), _("days"), query="&outside=on")] if outside else columns


def part_columns() -> list[Column]:
    hours = {part: f"{part.usual_start:%H:%M}" for part in DayPart}
    return [Column(part.value, str(part.label), hours[part], query=f"&part={part.value}") for part in DayPart]


class Grid:
    """Counts by row and column. `rows` are those the wish asks for."""

    def __init__(
        self,
        round_: Round,
        wish: Wish,
        days: Sequence[Column],
        rows: Sequence[Row],
        conflicts: Iterable[Clash],
        at: datetime,
    ):
        self.round, self.wish, self.at, self.now = round_, wish, at, today(at)
        self.days = days
        self.columns = part_columns() if wish.by == By.DAY else list(days)
        self.list_url = f"{reverse('visits:visits')}?round={round_.code}&status=on_plan"
        self.rows = [row for row in rows if row.status != VisitStatus.CANCELLED]
        self.in_conflict: dict[int, set[int]] = defaultdict(set)
        for number, clash in enumerate(conflicts):
            for pk in clash.visits:
                self.in_conflict[pk].add(number)
        self.by_cell: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.rows:
            if row.day and row.status in VisitStatus.on_plan:
                self.by_cell[self._line_of(row), self._column_of(row)].append(row)

    def lines(self) -> list[Line]:
        found = self._empty_lines()
        for row in self.rows:
            if line := found.get(self._line_of(row)):
                line.total += 1
                line.done += row.status in VisitStatus.done
                line.placed += row.status in VisitStatus.placed
        for line in found.values():
            line.cells = [self._cell(line, column) for column in self.columns]
        if self.wish.only_conflicts:
            found = {key: line for key, line in found.items() if any(cell.conflicts for cell in line.cells)}
        if self.wish.row in found:
            found[self.wish.row].lanes = self._lanes(self.wish.row)
        return list(found.values())

    def sums(self, lines: Sequence[Line]) -> list[Cell]:
        """The last row: what the cells above it add up to. No list shows "only with clashes", so then it has no link."""
        sums = []
        for number, column in enumerate(self.columns):
            cells = [line.cells[number] for line in lines]
            total, done = sum(cell.total for cell in cells), sum(cell.done for cell in cells)
            url = "" if self.wish.only_conflicts else self._url(column.query)
            sums.append(Cell(column, url, total, done, state="sum"))
        return sums

    # -- Rows -------------------------------------------------------------------------------------

    def _line_of(self, row: Row) -> str:
        if self.wish.by == By.DAY:
            return self._day_key(row)
        return row.unit_slug if self.wish.by == By.TEAM else row.street_slug

    def _column_of(self, row: Row) -> str:
        if self.wish.by == By.DAY:
            return DayPart.of(row.starts_at).value if row.starts_at else ""
        return self._day_key(row)

    def _day_key(self, row: Row) -> str:
        if row.day is None:
            return ""
        return row.day.isoformat() if self.round.holds(row.day) else OUTSIDE

    def _empty_lines(self) -> dict[str, Line]:
        """Streets in their order, units in that of their teams' numbers, days from the first to the last."""
        if self.wish.by == By.DAY:
            names = {
                day.key: f"{short_day(day.day)} {weekday(day.day)}" if day.day else _("Other days") for day in self.days
            }
            return {day.key: Line(names[day.key], day.key, day.is_today) for day in self.days}
        if self.wish.by == By.TEAM:
            ordered = sorted(self.rows, key=lambda row: row.team)
            return {row.unit_slug: Line(row.unit, row.unit_slug) for row in ordered}
        return {row.street_slug: Line(row.street, row.street_slug) for row in self.rows}

    # -- Cells ------------------------------------------------------------------------------------

    def _cell(self, line: Line, column: Column) -> Cell:
        """Rows of units carry no links: there are dozens of them, and each opens into just these visits."""
        rows = self.by_cell.get((line.slug, column.key), [])
        if not rows:
            return Cell(column)
        done = sum(row.status in VisitStatus.done for row in rows)
        clashing: set[int] = set().union(*(self.in_conflict.get(row.pk, set()) for row in rows))
        state = self._state(rows, done, is_today=column.is_today or line.is_today)
        url = "" if self.wish.by == By.TEAM else self._url(column.query, line.slug)
        return Cell(column, url, len(rows), done, len(clashing), state)

    def _state(self, rows: Sequence[Row], done: int, *, is_today: bool) -> str:
        if is_today:
            return "today"
        if done == len(rows):
            return "done"
        missed = any(row.day and row.day < self.now and row.status in VisitStatus.placed for row in rows)
        return "missed" if missed else "coming"

    def _url(self, query: str, line: str = "") -> str:
        """The list with exactly the visits counted here. Slugs and dates need no quoting."""
        asked = {"street": self.wish.street, "unit": self.wish.unit}
        if line and self.wish.by == By.DAY:
            query += "&outside=on" if line == OUTSIDE else f"&day={line}"
        elif line:
            asked["unit" if self.wish.by == By.TEAM else "street"] = line
        return self.list_url + query + "".join(f"&{name}={value}" for name, value in asked.items() if value)

    # -- Half-days --------------------------------------------------------------------------------

    def _lanes(self, key: str) -> list[Lane]:
        if self.wish.by == By.DAY:
            drop = next((one.drop for one in self.days if one.key == key), "")
            return [Lane(_("Visits"), [self._place(column, drop, DayPart(column.key), key) for column in self.columns])]
        return [
            Lane(part.label, [self._place(column, column.drop, part, key) for column in self.columns])
            for part in DayPart
        ]

    def _place(self, column: Column, day: str, part: DayPart, key: str) -> Place:
        rows = self.by_cell.get((key, column.key), [])
        chips = [self._chip(row) for row in rows if row.starts_at and DayPart.of(row.starts_at) == part]
        return Place(column, f"{day}/{part.value}" if day else "", chips)

    def _chip(self, row: Row) -> Chip:
        look, icon, words = self._look(row)
        hour = f"{row.starts_at:%H:%M}" if row.starts_at else ""
        below = row.street if self.wish.by != By.STREET else ""
        version = row.version if row.status in VisitStatus.placed else 0
        return Chip(row.code, hour, row.area, look, icon, words, version, below)

    def _look(self, row: Row) -> tuple[str, str, Any]:
        if row.status == VisitStatus.CLOSED:
            return "d", "check", _("completed")
        if row.status in VisitStatus.to_finish:
            return "m", "pencil", _("record or issues open")
        if self.in_conflict.get(row.pk):
            return "c", "alert-triangle", _("clash")
        if is_running(row, self.round, self.at):
            return "g", "circle-dot", _("under way")
        if row.day and row.day < self.now:
            return "c", "alert-circle", _("the day is over")
        return "p", "", _("planned")
