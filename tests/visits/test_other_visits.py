"""Visits besides the rounds: planned, asked for, accepted or refused."""

from datetime import date, time

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from notifications.kinds import Kind
from notifications.models import Message
from teams.models import User
from teams.permissions import Role
from tests.factories.teams import GrantFactory
from tests.factories.visits import VisitFactory, VisitKindFactory, VisitRequestFactory, shanghai
from tests.people import District
from visits import services
from visits.models import Purpose, RequestStatus, Visit, VisitKind, VisitRequest, VisitStatus
from visits.transitions import REQUEST

AT = shanghai(2026, 11, 2)


@pytest.fixture
def topical(db: None) -> VisitKind:
    return VisitKindFactory(code="topical", in_round=False, purpose=Purpose.TOPICAL, name_zh="专题走访")


@pytest.fixture
def requested(db: None) -> VisitKind:
    return VisitKindFactory(code="requested", in_round=False, purpose=Purpose.REQUESTED, name_zh="应约走访")


def plan(district: District, kind: VisitKind, who: str = "lead", **facts: object) -> Visit:
    fields = {
        "team": district.own.team,
        "area": district.own.area,
        "topic": "充电",
        "by": person(district, who),
    } | facts
    return services.new_visit(kind=kind, at=AT, **fields)  # type: ignore[arg-type]


def person(district: District, who: str):
    return district[who] if who in district.people else district.own[who]


def ask(district: District, who: str = "secretary", **facts: object) -> VisitRequest:
    fields = {
        "area": district.own.area,
        "source": "area",
        "topic": "充电",
        "words": "请来看看",
        "by": person(district, who),
    }
    return services.ask_for_visit(at=AT, **(fields | facts))  # type: ignore[arg-type]


def accept(district: District, asked: VisitRequest, **facts: object) -> Visit:
    fields = {"team": district.own.team, "by": district["coordinator"], "version": asked.version} | facts
    return services.accept_request(request=asked, at=AT, **fields)  # type: ignore[arg-type]


def told(kind: Kind) -> set[str]:
    return set(Message.objects.filter(kind=kind).values_list("recipient__name", flat=True))


# -- planned ----------------------------------------------------------------------------------------


def test_a_topical_visit_waits_for_its_day_under_a_number_of_the_year(district: District, topical: VisitKind) -> None:
    first, second = plan(district, topical), plan(district, topical)
    assert [first.code, second.code] == ["118-2026-1", "118-2026-2"]
    assert (first.status, first.round, first.topic) == (VisitStatus.UNSCHEDULED, None, "充电")
    assert [event.verb for event in history_of(first)] == ["create"]


def test_it_can_be_placed_on_any_day_and_knows_the_clashes_of_the_round(district: District, topical: VisitKind) -> None:
    first, second = plan(district, topical), plan(district, topical)
    place = {"day": date(2026, 11, 20), "starts_at": time(14), "venue": "活动室", "by": district.own["lead"], "at": AT}
    assert services.schedule_visit(visit=first, **place).outside_reason == ""
    with pytest.raises(services.ClashFound):
        services.schedule_visit(visit=second, **place)


def test_a_topical_visit_needs_its_topic(district: District, topical: VisitKind) -> None:
    with pytest.raises(RuleBroken, match="主题"):
        plan(district, topical, topic=" ")
    assert not Visit.objects.exists()


def test_visits_of_a_round_come_from_the_round(district: District) -> None:
    with pytest.raises(RuleBroken, match="集中走访"):
        plan(district, VisitKindFactory())


def test_a_team_visits_the_areas_it_is_paired_with(district: District, topical: VisitKind) -> None:
    with pytest.raises(RuleBroken, match="没有与"):
        plan(district, topical, "coordinator", area=district.foreign.area)


@pytest.mark.parametrize("who", ["secretary", "lawyer", "street", "official"])
def test_only_the_lead_and_the_office_plan_visits(district: District, topical: VisitKind, who: str) -> None:
    with pytest.raises(PermissionDenied):
        plan(district, topical, who)


# -- asked for --------------------------------------------------------------------------------------


def test_a_request_reaches_the_office(district: District) -> None:
    asked = ask(district)
    assert asked.state == RequestStatus.WAITING
    assert told(Kind.VISIT_REQUESTED) == {district["coordinator"].name}


def test_an_area_and_its_street_may_ask_and_nobody_else(district: District) -> None:
    assert ask(district, "street")
    for who in ("lead", "department", "official"):
        with pytest.raises(PermissionDenied):
            ask(district, who)
    with pytest.raises(PermissionDenied):
        ask(district, area=district.foreign.area)


def test_an_accepted_request_becomes_a_visit_to_schedule(district: District, requested: VisitKind) -> None:
    visit = accept(district, ask(district))
    asked = VisitRequest.objects.get()
    assert (asked.state, asked.visit, asked.decided_by) == (RequestStatus.ACCEPTED, visit, district["coordinator"])
    assert (visit.kind, visit.status, visit.topic) == (requested, VisitStatus.UNSCHEDULED, "充电")
    assert told(Kind.REQUEST_DECIDED) == {district.own["secretary"].name}


def test_a_refusal_needs_a_reason_which_the_asker_reads(district: District) -> None:
    asked, office = ask(district), district["coordinator"]
    with pytest.raises(RuleBroken, match="原因"):
        services.refuse_request(request=asked, note=" ", by=office, at=AT, version=asked.version)
    services.refuse_request(request=asked, note="本月已有集中走访", by=office, at=AT, version=asked.version)
    assert VisitRequest.objects.get().answer == "本月已有集中走访"
    assert told(Kind.REQUEST_DECIDED) == {district.own["secretary"].name}


def test_of_two_who_decide_at_once_one_wins(district: District, requested: VisitKind) -> None:
    asked = ask(district)
    accept(district, asked)
    with pytest.raises(Conflict):
        services.refuse_request(request=asked, note="晚了", by=district["coordinator"], at=AT, version=asked.version)
    with pytest.raises(RuleBroken):
        accept(district, asked, version=None)
    assert Visit.objects.count() == 1


def test_only_the_office_decides(district: District, requested: VisitKind) -> None:
    asked = ask(district)
    for who in ("secretary", "lead", "official"):
        with pytest.raises(PermissionDenied):
            accept(district, asked, by=person(district, who))


def test_one_issue_has_one_waiting_request(district: District) -> None:
    ask(district, by=None, source="resident", issue_code="26Q4-0001")
    with pytest.raises(RuleBroken, match="已经约请"):
        ask(district, by=None, source="resident", issue_code="26Q4-0001")
    assert VisitRequest.objects.count() == 1


def test_the_database_refuses_a_second_waiting_request_of_an_issue(district: District) -> None:
    VisitRequestFactory(area=district.own.area, issue_code="26Q4-0001")
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitRequestFactory(area=district.own.area, issue_code="26Q4-0001")


def test_requests_are_seen_by_the_area_its_street_and_its_team(district: District) -> None:
    asked = ask(district)
    for who in ("secretary", "street", "lead", "lawyer", "coordinator", "official"):
        assert list(VisitRequest.objects.visible_to(person(district, who))) == [asked], who
    for who in ("secretary", "street", "lead"):
        assert not VisitRequest.objects.visible_to(district.foreign[who])


def test_a_role_that_reads_no_visits_lends_its_unit_to_none(district: District) -> None:
    """Who looks after the seats an organ fills, and is a secretary too, reads visits as the secretary only."""
    secretary = district.foreign["secretary"]
    GrantFactory(user=secretary, role=Role.SUPPLYING_ORGAN, unit=district.own.unit)
    GrantFactory(user=secretary, role=Role.SUPPLYING_ORGAN, unit=district.own.street)
    asked, visit = ask(district), VisitFactory(team=district.own.team, area=district.own.area)
    own = VisitFactory(team=district.foreign.team, area=district.foreign.area)
    person = User.objects.get(pk=secretary.pk)
    assert list(Visit.objects.visible_to(person)) == [own]
    assert not VisitRequest.objects.visible_to(person).filter(pk=asked.pk)
    assert list(Visit.objects.visible_to(district.own["pairing_unit"])) == [visit]


def test_a_visit_of_the_round_after_its_window_is_a_make_up_visit(district: District) -> None:
    visit = VisitFactory(round__window_end=date(2026, 10, 10), day=date(2026, 10, 11))
    assert visit.is_makeup
    visit.day = date(2026, 10, 10)
    assert not visit.is_makeup


# -- the table ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [move.name for move in REQUEST])
@pytest.mark.parametrize("status", RequestStatus)
def test_a_request_is_decided_exactly_from_the_statuses_of_the_table(
    district: District, requested: VisitKind, status: str, name: str
) -> None:
    asked, office = VisitRequestFactory(area=district.own.area), district["coordinator"]
    visit = plan(district, requested) if status == RequestStatus.ACCEPTED else None
    VisitRequest.objects.update(status=status, visit=visit)
    asked.refresh_from_db()
    decide = {
        "accept": lambda: accept(district, asked),
        "refuse": lambda: services.refuse_request(request=asked, note="不行", by=office, at=AT, version=asked.version),
    }[name]
    if status in REQUEST.find(name).sources:
        decide()
        assert VisitRequest.objects.get().status == REQUEST.find(name).target
    else:
        with pytest.raises(RuleBroken):
            decide()
        assert VisitRequest.objects.get().status == status
