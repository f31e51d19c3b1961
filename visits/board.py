"""The round board: street by day, one street opened into half-days, what clashes and what has no day yet."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.clock import today
from teams.models import User
from visits.calendar import Calendar
from visits.dayparts import DayPart
from visits.models import Round, VisitStatus
from visits.progress import Progress, is_running, progress_of
from visits.queries import Row, open_conflicts, rows_of, timetable_of
from visits.scheduling import Clash, Slot
from visits.timetable import Timetable
from visits.words import Known, Speaker, short_day, weekday
from visits.workdays import days_from

PANEL = 3  # conflicts beside the board; the rest has its own page
TRAY = 6


@dataclass(frozen=True)
class Column:
    """A day of the window; `day` None collects the visits on days outside of it."""

    day: date | None
    is_working: bool = True
    is_today: bool = False
    note: str = ""

    @property
    def look(self) -> str:
        return "now" if self.is_today else "" if self.is_working else "we"

    @property
    def label(self) -> str:
        return short_day(self.day) if self.day else ""

    @property
    def weekday(self) -> str:
        return weekday(self.day) if self.day else ""


@dataclass(frozen=True)
class Cell:
    column: Column
    url: str = ""
    total: int = 0
    done: int = 0
    conflicts: int = 0
    state: str = "none"  # none, done, missed, today, coming


@dataclass(frozen=True)
class Chip:
    url: str
    hour: str
    area: str
    look: str
    icon: str = ""
    words: Any = ""


@dataclass(frozen=True)
class Lane:
    label: Any
    cells: list[tuple[Column, list[Chip]]]


@dataclass
class Street:
    name: str
    slug: str
    total: int = 0
    done: int = 0
    placed: int = 0
    cells: list[Cell] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)


@dataclass(frozen=True)
class Problem:
    """A conflict in words, with ready ways out of it."""

    title: str
    detail: str
    rows: list[Row]
    to_move: Row | None = None
    slots: list[Slot] = field(default_factory=list)
    searched: bool = False


@dataclass
class Board:
    round: Round
    progress: Progress
    columns: list[Column]
    streets: list[Street]
    sums: list[Cell]
    conflicts: list[Clash]
    speaker: Speaker
    rows: dict[int, Row]
    timetable: Timetable
    unscheduled: list[Row]

    @property
    def done(self) -> int:
        return sum(street.done for street in self.streets)

    @property
    def total(self) -> int:
        return sum(street.total for street in self.streets)

    @property
    def problems(self) -> list[Problem]:
        """The first conflicts; the very first with the times that would settle it best."""
        return [self.problem(clash, with_slots=n == 0) for n, clash in enumerate(self.conflicts[:PANEL])]

    def problem(self, clash: Clash, *, with_slots: bool = False) -> Problem:
        known = [self.rows[pk] for pk in clash.visits]
        title, detail = self.speaker.title(clash), self.speaker.detail(clash)
        if not with_slots:
            return Problem(title, detail, known)
        ways = [(row, self.ways_out(row, clash)) for row in known]
        row, slots = min(ways, key=lambda way: _fewest_missing(way[1]))
        return Problem(title, detail, known, row, slots, searched=True)

    def ways_out(self, row: Row, clash: Clash, how_many: int = 3) -> list[Slot]:
        """Times on working days still to come that settle this clash, best first."""
        slots = self.timetable.slots(row, self.progress.days_left, row.venue)
        good = (slot for slot in slots if not slot.blocked and not slot.troubled & set(clash.people))
        return sorted(good, key=lambda slot: slot.rank)[:how_many]

    @property
    def rest(self) -> int:
        return max(len(self.conflicts) - PANEL, 0)

    @property
    def tray(self) -> list[Row]:
        return self.unscheduled[:TRAY]

    @property
    def tray_rest(self) -> int:
        return max(len(self.unscheduled) - TRAY, 0)


def build(round_: Round, user: User, at: datetime, *, street: str = "", only_conflicts: bool = False) -> Board:
    """Six queries: the visits, their people, who is busy, the calendar, the names in the conflicts."""
    everything = rows_of(round_, user)
    timetable = timetable_of(round_, everything)
    rows = [row for row in everything if row.round_id == round_.pk]
    conflicts = open_conflicts(timetable, today(at))
    progress = progress_of(rows, round_, timetable.workdays, at)
    progress.conflicts = len(conflicts)
    columns = columns_of(round_, timetable.workdays, rows, today(at))
    grid = Grid(round_, columns, rows, conflicts, at)
    streets = [one for one in grid.streets() if not only_conflicts or any(cell.conflicts for cell in one.cells)]
    for one in streets:
        if one.slug == street:
            one.lanes = grid.lanes(street)
    known = {row.pk: row for row in everything}
    return Board(
        round=round_,
        progress=progress,
        columns=columns,
        streets=streets,
        sums=grid.sums(streets),
        conflicts=conflicts,
        speaker=Speaker.load(conflicts, visits=words_of(known, conflicts)),
        rows=known,
        timetable=timetable,
        unscheduled=[row for row in rows if row.status == VisitStatus.UNSCHEDULED],
    )


def _fewest_missing(slots: list[Slot]) -> int:
    """How well a visit could be moved: the people its best slot would do without; no slot is worst."""
    return len(slots[0].missing) if slots else 1_000


def columns_of(round_: Round, calendar: Calendar, rows: Iterable[Row], now: date) -> list[Column]:
    columns = [
        Column(day, calendar.is_working(day), day == now, calendar.notes.get(day, ""))
        for day in days_from(round_.window_start, round_.window_end)
    ]
    outside = any(row.day and row.status in VisitStatus.on_plan and not round_.holds(row.day) for row in rows)
    return [*columns, Column(None)] if outside else columns


def words_of(rows: Mapping[int, Row], clashes: Iterable[Clash]) -> dict[int, Known]:
    """What the sentences need to know about visits, from rows that were read already."""
    mentioned = {pk for clash in clashes for pk in clash.visits}
    return {
        pk: Known(row.area, row.street, row.starts_at, row.venue, row.code)
        for pk, row in rows.items()
        if pk in mentioned
    }


class Grid:
    """Counts by street and day."""

    def __init__(
        self, round_: Round, columns: Sequence[Column], rows: Sequence[Row], conflicts: Iterable[Clash], at: datetime
    ):
        self.round, self.columns, self.at, self.now = round_, columns, at, today(at)
        self.list_url = f"{reverse('visits:visits')}?round={round_.code}&status=on_plan"
        self.rows = [row for row in rows if row.status != VisitStatus.CANCELLED]
        self.in_conflict: dict[int, set[int]] = defaultdict(set)
        for number, clash in enumerate(conflicts):
            for pk in clash.visits:
                self.in_conflict[pk].add(number)
        self.by_cell: dict[tuple[str, date | None], list[Row]] = defaultdict(list)
        for row in self.rows:
            if row.day and row.status in VisitStatus.on_plan:
                self.by_cell[row.street_slug, row.day if round_.holds(row.day) else None].append(row)

    def streets(self) -> list[Street]:
        found: dict[str, Street] = {}
        for row in self.rows:
            street = found.setdefault(row.street_slug, Street(row.street, row.street_slug))
            street.total += 1
            street.done += row.status in VisitStatus.done
            street.placed += row.status in VisitStatus.placed
        for street in found.values():
            street.cells = [
                self._cell(column, self.by_cell.get((street.slug, column.day), []), street.slug)
                for column in self.columns
            ]
        return list(found.values())

    def lanes(self, slug: str) -> list[Lane]:
        lanes = []
        for part in DayPart:
            cells = [(column, self._chips(self.by_cell.get((slug, column.day), []), part)) for column in self.columns]
            if part != DayPart.EVENING or any(chips for _column, chips in cells):
                lanes.append(Lane(part.label, cells))
        return lanes

    def sums(self, streets: Iterable[Street]) -> list[Cell]:
        """The last row: what the cells above it add up to."""
        shown = list(streets)
        columns = zip(*(street.cells for street in shown), strict=True) if shown else ([] for _ in self.columns)
        return [
            Cell(
                column,
                self._url(column),
                total=sum(cell.total for cell in cells),
                done=sum(cell.done for cell in cells),
                conflicts=0,
                state="sum",
            )
            for column, cells in zip(self.columns, columns, strict=True)
        ]

    def _cell(self, column: Column, rows: Sequence[Row], slug: str) -> Cell:
        if not rows:
            return Cell(column)
        done = sum(row.status in VisitStatus.done for row in rows)
        clashing = set().union(*(self.in_conflict.get(row.pk, set()) for row in rows))
        return Cell(column, self._url(column, slug), len(rows), done, len(clashing), self._state(column, rows, done))

    def _state(self, column: Column, rows: Sequence[Row], done: int) -> str:
        if done == len(rows):
            return "today" if column.is_today else "done"
        if column.is_today:
            return "today"
        return (
            "missed"
            if any(row.day and row.day < self.now and row.status in VisitStatus.placed for row in rows)
            else "coming"
        )

    def _url(self, column: Column, slug: str = "") -> str:
        """The list with exactly the visits counted in this cell. Slugs and dates need no quoting."""
        day = f"&day={column.day.isoformat()}" if column.day else "&outside=on"
        return self.list_url + day + (f"&street={slug}" if slug else "")

    def _chips(self, rows: Iterable[Row], part: DayPart) -> list[Chip]:
        here = (row for row in rows if row.starts_at and DayPart.of(row.starts_at) == part)
        return [self._chip(row) for row in here]

    def _chip(self, row: Row) -> Chip:
        look, icon, words = self._look(row)
        hour = f"{row.starts_at:%H:%M}" if row.starts_at else ""
        return Chip(reverse("visits:visit", args=[row.code]), hour, row.area, look, icon, words)

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
