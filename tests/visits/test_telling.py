"""Announcing, cancelling, taking up again, handing over: who hears of it."""

import pytest

from core.events import history_of
from core.refusals import RuleBroken
from notifications.kinds import Kind
from notifications.models import Message
from tests.factories.teams import UserFactory
from tests.visits.conftest import AT, FRIDAY, Plan
from visits import services
from visits.handover import hand_over_visits
from visits.models import Visit, VisitStatus


def recipients() -> set[str]:
    return set(Message.objects.values_list("recipient__name", flat=True))


def test_announcing_reaches_the_team_of_the_day_and_the_secretary(plan: Plan) -> None:
    visit = plan.announce(plan.schedule(plan.own))
    own = plan.district.own
    team = {own[who].name for who in ("lead", "party_delegate", "npc_deputy", "cppcc_member", "lawyer")}
    assert visit.status == VisitStatus.ANNOUNCED
    assert recipients() == team | {own["secretary"].name}


def test_a_visit_without_a_venue_is_not_announced(plan: Plan) -> None:
    visit = plan.schedule(plan.own, venue="")
    with pytest.raises(RuleBroken):
        plan.announce(visit)


def test_announcing_all_takes_those_that_are_ready_in_few_queries(plan: Plan, django_assert_max_num_queries) -> None:
    plan.schedule(plan.own)
    plan.schedule(plan.foreign, venue="")
    by = plan.district["coordinator"]
    assert by.grants
    with django_assert_max_num_queries(20):
        told = services.announce_many(visits=[plan.own, plan.foreign], by=by, at=AT)

    assert [visit.pk for visit in told] == [plan.own.pk]
    assert history_of(plan.own).first().verb == "announce"  # type: ignore[union-attr]
    assert len(recipients()) == 6


def test_announcing_twice_tells_once(plan: Plan) -> None:
    visit = plan.announce(plan.schedule(plan.own))
    assert services.announce_many(visits=[visit], by=plan.district["coordinator"], at=AT) == []
    with pytest.raises(RuleBroken):
        plan.announce(visit)
    assert Message.objects.count() == 6


def test_cancelling_an_announced_visit_tells_why(plan: Plan) -> None:
    plan.announce(plan.schedule(plan.own))
    Message.objects.all().delete()
    visit = services.cancel_visit(visit=plan.own, note=" 台风 ", by=plan.district["coordinator"], at=AT)

    message = Message.objects.first()
    assert message and (message.kind, message.facts["note"]) == (Kind.VISIT_CANCELLED, "台风")
    assert history_of(visit).first().payload["note"] == "台风"  # type: ignore[union-attr]
    assert visit.day == FRIDAY


def test_cancelling_what_nobody_knew_tells_nobody(plan: Plan) -> None:
    services.cancel_visit(visit=plan.schedule(plan.own), note="台风", by=plan.district["coordinator"], at=AT)
    assert not Message.objects.exists()


def test_a_visit_taken_up_again_has_no_place(plan: Plan) -> None:
    by = plan.district["coordinator"]
    services.cancel_visit(visit=plan.schedule(plan.own), note="台风", by=by, at=AT)
    visit = services.reinstate_visit(visit=plan.own, by=by, at=AT)
    assert (visit.status, visit.day, visit.starts_at, visit.part) == (VisitStatus.UNSCHEDULED, None, None, "")
    assert plan.schedule(visit).status == VisitStatus.SCHEDULED


def test_a_new_member_hears_of_announced_visits_and_what_was_held_stays_with_the_old_one(plan: Plan) -> None:
    plan.announce(plan.schedule(plan.own))
    plan.schedule(plan.foreign)
    plan.record(plan.foreign, by=plan.district.foreign["lead"])
    Message.objects.all().delete()
    seat, new = plan.own.team.seats.get(kind__code="lawyer"), UserFactory(name="新律师")

    happened = hand_over_visits(
        seat=seat, old=plan.district.own["lawyer"], new=new, day=FRIDAY, by=plan.district["coordinator"], at=AT
    )

    assert happened == []
    assert [(message.recipient, message.kind) for message in Message.objects.all()] == [(new, Kind.VISIT_ANNOUNCED)]
    assert not Visit.objects.filter(attendances__user=new).exists()
