"""The round board as the office has it in the middle of a window: 307 visits, a third of them held, a few clashes."""

import itertools
from collections.abc import Callable
from datetime import datetime

from bench.site import Visitor
from core.clock import today
from visits import services
from visits.board import Board, build
from visits.models import Round, RoundStatus, Visit
from visits.queries import Row
from visits.scheduling import Slot

ON_BOARD = {"HX-Request": "true", "HX-Target": "place"}


def open_board(office: Visitor, at: datetime) -> Callable[[], object]:
    """With the street opened that has the most visits, so that its chips are paid for too."""
    round_ = Round.objects.get(status=RoundStatus.OPEN)
    busiest = max(build(round_, office.user, at).lines, key=lambda line: line.total)
    return lambda: office.get(f"/rounds/{round_.code}/board/?open={busiest.slug}")


def dropping(office: Visitor, at: datetime) -> Callable[[], object]:
    """One visit is dragged to and fro between two half-days: what the board sends, and the words that come back.

    It gets its first half-day here: whoever was told of one would be told of each move, which the board asks about first.
    """
    round_ = Round.objects.get(status=RoundStatus.OPEN)
    shown = build(round_, office.user, at)
    row, (here, there) = next((row, found) for row in shown.unscheduled if len(found := _free(shown, row, at)) == 2)
    visit = Visit.objects.get(pk=row.pk)
    visit = services.schedule_visit(visit=visit, day=here.day, starts_at=here.starts_at, by=office.user, at=at)
    places, version = itertools.cycle([there, here]), itertools.count(visit.version)

    def drop() -> None:
        place = next(places)
        slot, now = f"{place.day}/{place.part.value}", str(next(version))
        office.post(f"/visits/{visit.code}/drop/", headers=ON_BOARD, expected=200, version=now, slot=slot)

    return drop


def _free(shown: Board, row: Row, at: datetime) -> list[Slot]:
    """The first two half-days to come on which nothing keeps anybody from coming."""
    days = [day for day in shown.progress.days_left if day > today(at)]
    return [slot for slot in shown.timetable.slots(row, days, row.venue) if not slot.clashes][:2]
