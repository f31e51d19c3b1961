"""The round board: a matrix of visits, what clashes and what has no day yet, all from one reading of the round."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from core.clock import today
from core.dated import valid_on
from core.localized import pick
from core.statements import Statement, written
from teams.models import Membership, User
from visits.grid import Cell, Column, Grid, Line, Wish, day_columns
from visits.models import Round, VisitStatus
from visits.progress import Progress, progress_of
from visits.queries import Row, open_conflicts, rows_of, timetable_of
from visits.scheduling import Clash, Slot, Trouble
from visits.timetable import Timetable
from visits.words import Known, Speaker

PANEL = 3  # conflicts beside the board; the rest has its own page
TRAY = 6
EVERYTHING = Wish()


@dataclass(frozen=True)
class Seat:
    """Where somebody else could sit instead of a person who is in two places."""

    team: int
    code: str
    kind: str


@dataclass(frozen=True)
class Problem:
    """A conflict in words, with ready ways out of it."""

    title: str
    detail: str
    rows: list[Row]
    to_move: Row | None = None
    slots: list[Slot] = field(default_factory=list)
    searched: bool = False
    seat: Seat | None = None


@dataclass
class Board:
    """`head` is the event after which everything here was read."""

    round: Round
    wish: Wish
    head: int
    progress: Progress
    columns: list[Column]
    lines: list[Line]
    sums: list[Cell]
    conflicts: list[Clash]
    speaker: Speaker
    rows: dict[int, Row]
    timetable: Timetable
    unscheduled: list[Row]
    streets: list[tuple[str, str]]
    units: list[tuple[str, str]]

    @property
    def done(self) -> int:
        return sum(line.done for line in self.lines)

    @property
    def total(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def is_open(self) -> bool:
        return any(line.lanes for line in self.lines)

    @property
    def problems(self) -> list[Problem]:
        """The first conflicts; the very first with the times that would settle it best."""
        return [
            self.problem(clash, with_slots=n == 0, with_seat=n == 0) for n, clash in enumerate(self.conflicts[:PANEL])
        ]

    def problem(self, clash: Clash, *, with_slots: bool = False, with_seat: bool = False) -> Problem:
        known = [self.rows[pk] for pk in clash.visits]
        title, detail = self.speaker.title(clash), self.speaker.detail(clash)
        if not with_slots:
            return Problem(title, detail, known)
        ways = [(row, self.ways_out(row, clash)) for row in known]
        row, slots = min(ways, key=lambda way: _fewest_missing(way[1]))
        seat = seat_in(clash, row) if with_seat else None
        return Problem(title, detail, known, row, slots, searched=True, seat=seat)

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


def build(round_: Round, user: User, at: datetime, *, wish: Wish = EVERYTHING, head: int = 0) -> Board:
    """Six queries: the visits, their people, who is busy, the calendar, the names in the conflicts."""
    everything = rows_of(round_, user)
    timetable = timetable_of(round_, everything)
    rows = [row for row in everything if row.round_id == round_.pk]
    conflicts = open_conflicts(timetable, today(at))
    progress = progress_of(rows, round_, timetable.workdays, at)
    progress.conflicts = len(conflicts)
    days = day_columns(round_, timetable.workdays, rows, today(at))
    grid = Grid(round_, wish, days, [row for row in rows if wish.takes(row)], conflicts, at)
    lines = grid.lines()
    known = {row.pk: row for row in everything}
    return Board(
        round=round_,
        wish=wish,
        head=head,
        progress=progress,
        columns=grid.columns,
        lines=lines,
        sums=grid.sums(lines),
        conflicts=conflicts,
        speaker=Speaker.load(conflicts, visits=words_of(known, conflicts)),
        rows=known,
        timetable=timetable,
        unscheduled=[row for row in rows if row.status == VisitStatus.UNSCHEDULED],
        streets=list({row.street_slug: row.street for row in rows}.items()),
        units=list({row.unit_slug: row.unit for row in sorted(rows, key=lambda row: row.team)}.items()),
    )


def _fewest_missing(slots: list[Slot]) -> int:
    """How well a visit could be moved: the people its best slot would do without; no slot is worst."""
    return len(slots[0].missing) if slots else 1_000


def seat_in(clash: Clash, row: Row) -> Seat | None:
    """The seat of the one person this clash is about, in the team of this visit; secretaries have none. One query."""
    if len(clash.people) != 1 or clash.trouble == Trouble.VENUE:
        return None
    held = written("seat held", make=_seat_held).rows(person=clash.people[0], team=row.team_id, day=clash.day)
    return next((Seat(row.team, code, pick(zh, en)) for code, zh, en in held), None)


def _seat_held() -> Statement:
    holds_it = Membership.objects.filter(valid_on(date.min), user_id=-1, seat__team_id=-2).order_by()
    kinds = holds_it.values_list("seat__kind__code", "seat__kind__name_zh", "seat__kind__name_en")[:1]
    return Statement(kinds, blanks={-1: "person", -2: "team", date.min: "day"})


def words_of(rows: Mapping[int, Row], clashes: Iterable[Clash]) -> dict[int, Known]:
    """What the sentences need to know about visits, from rows that were read already."""
    mentioned = {pk for clash in clashes for pk in clash.visits}
    return {
        pk: Known(row.area, row.street, row.starts_at, row.venue, row.code)
        for pk, row in rows.items()
        if pk in mentioned
    }
