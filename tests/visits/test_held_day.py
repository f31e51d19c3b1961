"""A meeting on another day than planned: which days can be stated, and what is kept of the plan."""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from core.events import history_of
from core.refusals import RuleBroken
from tests.factories.visits import shanghai
from tests.visits.conftest import AFTER, FRIDAY, Plan
from tests.visits.test_pages import OWN, SetClock, SignIn, report, words
from visits import services
from visits.models import Visit, VisitStatus

THURSDAY = date(2026, 10, 8)


def hold(plan: Plan, day: date, at: datetime = AFTER, note: str = "") -> Visit:
    return services.hold_visit(visit=plan.own, held_on=day, note=note, by=plan.district.own["lawyer"], at=at)


def test_the_real_day_replaces_the_planned_one_and_the_event_says_both(plan: Plan) -> None:
    plan.schedule(plan.own)
    visit = hold(plan, THURSDAY, note="居委会提前了一天")
    assert (visit.status, visit.day) == (VisitStatus.HELD, THURSDAY)
    event = history_of(visit).first()
    assert event and (event.verb, event.payload["day"], event.payload["note"]) == (
        "hold",
        "2026-10-08",
        "居委会提前了一天",
    )
    assert event.payload["before"] == {"day": "2026-10-09", "starts_at": "14:00", "venue": "活动室"}


@pytest.mark.parametrize("day", [date(2026, 9, 30), date(2026, 10, 10)])
def test_a_meeting_was_not_before_the_window_nor_in_the_future(plan: Plan, day: date) -> None:
    plan.schedule(plan.own)
    with pytest.raises(RuleBroken):
        hold(plan, day)
    plan.own.refresh_from_db()
    assert (plan.own.day, plan.own.status) == (FRIDAY, VisitStatus.SCHEDULED)


@pytest.mark.parametrize("day", [date(2026, 10, 1), THURSDAY])
def test_the_window_s_first_day_and_a_day_before_the_plan_can_be_stated(plan: Plan, day: date) -> None:
    plan.schedule(plan.own)
    assert hold(plan, day, at=shanghai(2026, 10, 8, 12)).day == day


def test_a_day_after_the_window_needs_a_reason_that_stays_on_the_visit(plan: Plan) -> None:
    plan.schedule(plan.own)
    later, at = date(2026, 10, 12), shanghai(2026, 10, 13)
    with pytest.raises(RuleBroken, match="窗口"):
        hold(plan, later, at=at)
    assert hold(plan, later, at=at, note="台风").outside_reason == "台风"


def test_the_planned_day_needs_no_word(plan: Plan) -> None:
    plan.schedule(plan.own)
    event = history_of(hold(plan, FRIDAY)).first()
    assert event and set(event.payload) == {"from", "status"}


def test_the_record_corrects_the_day_and_asks_who_sat_there_then(plan: Plan) -> None:
    seat = plan.own.team.seats.get(kind__code="lawyer")
    seat.memberships.update(until_day=THURSDAY)  # on Friday the seat is vacant
    plan.schedule(plan.own)
    plan.record(plan.own, came=frozenset())
    assert not plan.own.attendances.filter(seat=seat).exists()
    visit = plan.record(plan.own, held_on=THURSDAY, came=frozenset([seat.pk]))
    assert visit.day == THURSDAY
    assert visit.attendances.get(seat=seat).user == plan.district.own["lawyer"]
    plan.record(plan.own, held_on=FRIDAY, came=frozenset())
    assert not plan.own.attendances.filter(seat=seat).exists()


# -- Pages ----------------------------------------------------------------------------------------


def test_the_team_states_the_day_and_reads_it_beside_the_plan(plan: Plan, as_user: SignIn, clock: SetClock) -> None:
    plan.schedule(plan.own)
    clock(AFTER)
    lead = as_user(plan.district.own["lead"])
    assert 'value="2026-10-09"' in words(lead.get(f"{OWN}hold/"))
    sent = {"version": 2, "held_on": "2026-10-08", "day_note": ""}
    assert lead.post(f"{OWN}hold/", sent).status_code == 302
    assert lead.post(f"{OWN}record/", report(plan, plan.own, held_on="2026-10-08")).status_code == 302
    page = words(lead.get(OWN))
    assert "原定10月9日（周五）" in page
    assert "座谈会是10月8日（周四）开的，原定10月9日（周五）。" in page


@pytest.mark.parametrize("page", ["hold", "record"])
@pytest.mark.parametrize("day", ["2026-09-30", "2026-10-10", "gestern"])
def test_a_day_that_cannot_be_is_asked_again(plan: Plan, as_user: SignIn, clock: SetClock, page: str, day: str) -> None:
    plan.schedule(plan.own)
    clock(AFTER)
    answer = as_user(plan.district.own["lead"]).post(f"{OWN}{page}/", report(plan, plan.own, held_on=day))
    assert answer.status_code == 422
    plan.own.refresh_from_db()
    assert plan.own.status == VisitStatus.SCHEDULED


@pytest.mark.parametrize(("at", "offered"), [(shanghai(2026, 9, 30), False), (shanghai(2026, 10, 8), True)])
def test_a_meeting_before_its_day_can_be_stated_once_the_window_has_begun(
    plan: Plan, as_user: SignIn, clock: SetClock, at: datetime, offered: bool
) -> None:
    plan.schedule(plan.own)
    clock(at)
    lead: Client = as_user(plan.district.own["lead"])
    assert (f"{OWN}hold/" in words(lead.get(OWN))) is offered
    answers: dict[str, Any] = {page: lead.get(f"{OWN}{page}/").status_code for page in ("hold", "record")}
    assert answers == dict.fromkeys(("hold", "record"), 200 if offered else 422)
