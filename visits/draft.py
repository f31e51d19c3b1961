"""The draft of a plan as its page shows it: counts with their lists, the matrix, what has no place, what moves and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from core.clock import today
from visits import grid
from visits.calendar import Calendar
from visits.models import PlanLine, PlanRun, VisitStatus
from visits.models.plans import SAME_PLACE
from visits.plan_words import PlanSpeaker, RepairWords, points_words, praise
from visits.queries import Row

MOST_UNPLACED = 60
MOST_MOVED = 12
ORDER = ("visit__area__street__position", "visit__area__position", "pk")
ROW = (
    *("visit_id", "visit__code", "visit__round_id", "visit__status", "day", "starts_at", "venue"),
    *("clash_reason", "visit__team_id", "visit__team__number", "visit__area_id", "visit__area__name"),
    *("visit__area__street_id", "visit__area__street__name", "visit__area__street__slug"),
    *("visit__team__unit__name", "visit__team__unit__slug", "seen"),
)


@dataclass(frozen=True)
class LineView:
    line: PlanLine
    why: list[str]
    repairs: list[RepairWords]


@dataclass
class DraftPage:
    run: PlanRun
    counts: dict[str, int]
    praise: list[str]
    points: list[str]
    unplaced: list[LineView]
    moved: list[LineView]
    columns: list[grid.Column] = field(default_factory=list)
    rows: list[grid.Line] = field(default_factory=list)
    sums: list[grid.Cell] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """From the click to the draft."""
        assert self.run.finished_at
        return round((self.run.finished_at - self.run.asked_at).total_seconds(), 1)


def counts_of(run: PlanRun) -> dict[str, int]:
    """One query."""
    placed, had = Q(day__isnull=False), Q(was_day__isnull=False)
    found: dict[str, int] = run.lines.aggregate(
        total=Count("pk"),
        all=Count("pk", filter=placed),
        unplaced=Count("pk", filter=~placed),
        new=Count("pk", filter=placed & ~had),
        moved=Count("pk", filter=placed & had & ~SAME_PLACE),
        unchanged=Count("pk", filter=placed & SAME_PLACE),
        by_hand=Count("pk", filter=Q(by_hand=True)),
    )
    return found | {"changes": found["new"] + found["moved"]}


def draft_page(run: PlanRun, at: datetime) -> DraftPage:
    """Fourteen queries, however many visits."""
    lines = run.lines.select_related("visit__area__street", "visit__team", "instead_of", "stand_in").order_by(*ORDER)
    unplaced, moved = list(lines.unplaced()[:MOST_UNPLACED]), list(lines.moved()[:MOST_MOVED])
    speaker = PlanSpeaker.load(run, [*unplaced, *moved])
    page = DraftPage(
        run,
        counts_of(run),
        praise(run),
        points_words(run),
        views_of(unplaced, speaker),
        views_of(moved, speaker),
    )
    _matrix(page, at)
    return page


def views_of(lines: Sequence[PlanLine], speaker: PlanSpeaker) -> list[LineView]:
    return [LineView(line, speaker.why(line), speaker.repairs(line)) for line in lines]


def _matrix(page: DraftPage, at: datetime) -> None:
    """Streets × days, as on the board; each number leads to the lines behind it."""
    round_ = page.run.round
    rows = [_row(values) for values in page.run.lines.placed().order_by(*ORDER).values_list(*ROW)]
    calendar = Calendar.load(round_.window_start, round_.window_end)
    days = grid.day_columns(round_, calendar, rows, today(at))
    matrix = grid.Grid(round_, grid.Wish(), days, rows, [], at)
    matrix.list_url = f"{reverse('visits:plan_lines', args=[round_.code])}?show=all"
    page.columns, page.rows = matrix.columns, matrix.lines()
    page.sums = matrix.sums(page.rows)


def _row(values: tuple[Any, ...]) -> Row:
    """As if the draft were released."""
    row = Row(*values)
    return row if row.status in VisitStatus.done else row._replace(status=VisitStatus.SCHEDULED)
