"""October 2026 as it is: 307 teams, their busy times, three working days. The plan is proven, and releasing it places everybody."""

from datetime import date, datetime
from typing import Any

import pytest

from core.clock import SHANGHAI
from core.events import verify
from programmes.demo.build import WORKBOOKS
from programmes.demo.cast import arrive
from programmes.imports.run import File, run
from programmes.load import load
from visits import services
from visits.computing import compute
from visits.models import BusyTime, DayPart, Keep, PlanLine, PlanRun, Round, Visit
from visits.planning import Wish
from visits.timetable import Timetable, rules_of

AT = datetime(2026, 9, 21, 9, tzinfo=SHANGHAI)
ILL = 10
FRIDAY = date(2026, 10, 9)


@pytest.fixture
def round_(db: None) -> Round:
    load("xuhui", at=AT)
    report = run([File(path.name, path.read_bytes()) for path in sorted(WORKBOOKS.iterdir())], by=None, at=AT)
    assert report.is_fine
    by = arrive(AT).coordinator
    made = services.create_round(
        year=2026, quarter=4, window_start=date(2026, 10, 1), window_end=date(2026, 10, 10), by=by, at=AT
    )
    return services.open_round(round=made, by=by, at=AT)


def computed(round_: Round) -> PlanRun:
    """Announced visits may move too: it is planned again after everybody was told."""
    asked = services.ask_for_plan(round=round_, wish=Wish(keep=Keep.NOTHING), by=round_.opened_by, at=AT)
    done = compute(asked, now=lambda: AT)
    assert done is not None
    return done


@pytest.mark.slow
def test_307_visits_in_october_are_planned_released_and_planned_again_when_people_fall_ill(round_: Round) -> None:
    by = round_.opened_by
    run_ = computed(round_)
    assert (run_.measure["proven"], run_.lines.count()) == (True, 307)
    line = run_.lines.unplaced().get()  # nobody could do better: one lawyer is away on all three days
    line = services.place_line(line=line, by=by, at=AT, **first_repair(line))
    done = services.release_plan(run=line.run, announce=True, by=by, at=AT)
    assert (done.new, done.moved) == (307, 0)
    assert not Visit.objects.filter(day=None).exists()
    assert Timetable.load(date(2026, 10, 1), date(2026, 10, 17), rules=rules_of(round_)).conflicts() == []
    assert verify() is None

    concerned = call_away(people_on(FRIDAY, round_)[::40][:ILL], round_)
    again = computed(round_)
    assert again.measure["proven"]
    moved = set(again.lines.moved().values_list("visit_id", flat=True))
    moved |= set(again.lines.unplaced().values_list("visit_id", flat=True))
    assert concerned <= moved
    assert len(moved) == again.measure["moved"] == len(concerned)


def first_repair(line: PlanLine) -> dict[str, Any]:
    repair = next(one for one in line.repairs if one["fix"] in ("evening", "substitute"))
    day, part = repair["half_day"]
    stand_in = (repair["person"], repair["by"]) if "by" in repair else None
    return {"day": date.fromisoformat(day), "part": part, "stand_in": stand_in}


def call_away(people: list[int], round_: Round) -> set[int]:
    """These fall ill for Friday; the visits that cannot stay where they are."""
    rows = [BusyTime(user_id=person, day=FRIDAY, part=part) for person in people for part in DayPart]
    BusyTime.objects.bulk_create(rows, ignore_conflicts=True)
    table = Timetable.load(FRIDAY, FRIDAY, rules=rules_of(round_))
    return {visit for clash in table.conflicts() for visit in clash.visits}


def people_on(day: date, round_: Round) -> list[int]:
    table = Timetable.load(day, day, rules=rules_of(round_))
    return sorted({person for booking in table.bookings() for person in booking.people})
