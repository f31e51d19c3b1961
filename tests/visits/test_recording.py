"""Held, recorded, closed: on the day or later, by the database's clock, with what other apps still ask for."""

from datetime import date, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from tests.factories.teams import UserFactory
from tests.factories.visits import shanghai
from tests.visits.conftest import AFTER, AT, FRIDAY, Plan
from visits import services
from visits.models import Visit, VisitStatus

CHECKS = "tests.visits.test_recording.one_thing_left"


def one_thing_left(visit: Visit) -> list[str]:
    return [f"{visit.area}还有1个问题没有提交"]


def nothing_left(visit: Visit) -> list[str]:
    return []


def close(plan: Plan, visit: Visit) -> Visit:
    return services.close_visit(visit=visit, by=plan.district.own["lead"], at=AFTER)


def test_a_visit_is_not_held_before_its_day(plan: Plan) -> None:
    plan.schedule(plan.own)
    lead = plan.district.own["lead"]
    with pytest.raises(RuleBroken):
        services.hold_visit(visit=plan.own, by=lead, at=shanghai(2026, 10, 8, 23, 59, 59))
    assert services.hold_visit(visit=plan.own, by=lead, at=shanghai(2026, 10, 9, 0)).status == VisitStatus.HELD


def test_a_record_is_not_handed_in_before_the_day(plan: Plan) -> None:
    plan.schedule(plan.own)
    with pytest.raises(RuleBroken):
        plan.record(plan.own, at=shanghai(2026, 10, 8, 23, 59, 59))


def test_the_record_keeps_attendance_by_seat(plan: Plan) -> None:
    plan.announce(plan.schedule(plan.own))
    visit = plan.record(
        plan.own, summary="停车难", policy_talk="医保", policy_speaker_id=plan.district.own["lawyer"].pk
    )

    came = [(row.seat.kind.code, row.user, row.came) for row in visit.attendances.select_related("seat__kind", "user")]
    own = plan.district.own
    assert came == [
        ("lead", own["lead"], True),
        ("party_delegate", own["party_delegate"], True),
        ("npc_deputy", own["npc_deputy"], True),
        ("cppcc_member", own["cppcc_member"], True),
        ("lawyer", own["lawyer"], False),
    ]
    assert (visit.status, visit.residents_count, visit.policy_speaker) == (VisitStatus.RECORDED, 28, own["lawyer"])
    assert "停车难" not in str(history_of(visit).first().payload)  # type: ignore[union-attr]


def test_attendance_is_of_whoever_sat_there_on_the_day(plan: Plan) -> None:
    seat, new = plan.own.team.seats.get(kind__code="lawyer"), UserFactory(name="新律师")
    seat.memberships.update(until_day=FRIDAY)
    seat.memberships.create(user=new, from_day=FRIDAY + timedelta(days=1))
    plan.schedule(plan.own)
    visit = plan.record(plan.own, at=shanghai(2026, 10, 10))
    assert visit.attendances.get(seat=seat).user == plan.district.own["lawyer"]


def test_a_correction_overwrites_but_keeps_when_it_first_came_in(plan: Plan) -> None:
    plan.schedule(plan.own)
    first = plan.record(plan.own)
    again = plan.record(plan.own, at=shanghai(2026, 10, 20), residents_count=31, came=frozenset(plan.seats(plan.own)))
    assert (again.residents_count, again.recorded_at, again.is_late) == (31, first.recorded_at, False)
    assert (again.attendances.count(), again.attendances.filter(came=True).count()) == (5, 5)


def test_when_a_record_came_in_is_the_database_s_word(plan: Plan) -> None:
    plan.schedule(plan.own)
    before = timezone.now() - timedelta(minutes=1)
    record = services.Record(residents_count=20, late_reason="手机坏了")
    visit = services.record_visit(visit=plan.own, record=record, by=plan.district.own["lead"], at=shanghai(2099, 1, 1))
    assert visit.recorded_at is not None
    assert before < visit.recorded_at < timezone.now() + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("at", "late"),
    [
        (shanghai(2026, 10, 9, 15), False),
        (shanghai(2026, 10, 12, 23, 59, 59), False),
        (shanghai(2026, 10, 13, 0, 0, 0), True),
        (shanghai(2027, 1, 1), True),
    ],
)
def test_a_record_after_the_days_of_grace_is_late(plan: Plan, at, late: bool) -> None:
    plan.schedule(plan.own)
    visit = plan.record(plan.own, at=at)
    assert (visit.record_due, visit.is_late) == (date(2026, 10, 12), late)


@pytest.mark.parametrize("count", [-1, 501])
def test_numbers_nobody_can_count_are_refused(plan: Plan, count: int) -> None:
    plan.schedule(plan.own)
    with pytest.raises(RuleBroken):
        plan.record(plan.own, residents_count=count)


def test_only_people_of_the_team_came_or_spoke(plan: Plan) -> None:
    plan.schedule(plan.own)
    foreign = plan.foreign.team.seats.first()
    assert foreign is not None
    with pytest.raises(RuleBroken):
        plan.record(plan.own, came=frozenset({foreign.pk}))
    with pytest.raises(RuleBroken):
        plan.record(plan.own, policy_speaker_id=plan.district.foreign["lead"].pk)


def test_two_people_recording_the_second_gets_a_conflict(plan: Plan) -> None:
    seen = plan.schedule(plan.own).version
    plan.record(plan.own)
    with pytest.raises(Conflict):
        services.record_visit(
            visit=plan.own,
            record=services.Record(residents_count=1),
            by=plan.district.own["lawyer"],
            at=AFTER,
            version=seen,
        )


@override_settings(VISIT_CLOSING_CHECKS=["tests.visits.test_recording.nothing_left", CHECKS])
def test_closing_is_refused_with_what_other_apps_still_ask_for(plan: Plan) -> None:
    plan.schedule(plan.own)
    with pytest.raises(RuleBroken, match="还有1个问题没有提交"):
        close(plan, plan.record(plan.own))


@override_settings(VISIT_CLOSING_CHECKS=["tests.visits.test_recording.nothing_left"])
def test_a_closed_visit_stays_as_it_is(plan: Plan) -> None:
    plan.schedule(plan.own)
    visit = close(plan, plan.record(plan.own))
    assert (visit.status, visit.closed_by) == (VisitStatus.CLOSED, plan.district.own["lead"])
    with pytest.raises(RuleBroken):
        plan.record(plan.own)


def test_a_visit_is_not_closed_without_its_record(plan: Plan) -> None:
    visit = plan.schedule(plan.own, at=AT)
    with pytest.raises(RuleBroken):
        close(plan, visit)
