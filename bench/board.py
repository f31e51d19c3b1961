"""The round board as the office has it in the middle of a window: 307 visits, a third of them held, a few clashes."""

import itertools
from collections.abc import Callable
from datetime import datetime

from bench.site import Visitor
from core.clock import today
from visits.board import Board, build
from visits.models import Round, RoundStatus, Visit, VisitStatus
from visits.queries import Row

ON_BOARD = {"HX-Request": "true", "HX-Target": "place"}


def open_board(office: Visitor, at: datetime) -> Callable[[], object]:
    """With the street opened that has the most visits, so that its chips are paid for too."""
    round_ = Round.objects.get(status=RoundStatus.OPEN)
    busiest = max(build(round_, office.user, at).lines, key=lambda line: line.total)
    return lambda: office.get(f"/rounds/{round_.code}/board/?open={busiest.slug}")


def dropping(office: Visitor, at: datetime) -> Callable[[], object]:
    """One visit is dragged to and fro between two half-days: what the board sends, and the words that come back."""
    round_ = Round.objects.get(status=RoundStatus.OPEN)
    shown = build(round_, office.user, at)
    visit, there = next((row, found) for row in _movable(shown, at) if (found := _free(shown, row)))
    version = itertools.count(Visit.objects.get(pk=visit.pk).version)

    def drop() -> None:
        now = next(version)
        slot = there[now % 2]
        office.post(f"/visits/{visit.code}/drop/", headers=ON_BOARD, expected=200, version=str(now), slot=slot)

    return drop


def _movable(shown: Board, at: datetime) -> list[Row]:
    """Whoever was told of a visit would be told of each move, which the board asks about first."""
    placed = (row for row in shown.rows.values() if row.status == VisitStatus.SCHEDULED)
    return [row for row in placed if row.round_id == shown.round.pk and row.day and row.day > today(at)]


def _free(shown: Board, row: Row) -> list[str]:
    """Two half-days on which nothing keeps anybody from coming; none when there are not two."""
    here = (row.day, row.starts_at)
    slots = shown.timetable.slots(row, shown.progress.days_left, row.venue)
    good = [slot for slot in slots if not slot.clashes and (slot.day, slot.starts_at) != here]
    return [f"{slot.day}/{slot.part.value}" for slot in good[:2]] if len(good) > 1 else []
