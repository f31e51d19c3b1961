"""Several people press the button in the same moment: one wins, the others are told, nothing is torn."""

from collections.abc import Callable
from datetime import date

import pytest

from core.events import history_of, verify
from core.refusals import Conflict, RuleBroken
from teams import services
from teams.models import Grant, Membership, Nomination, Pairing, Seat, User
from teams.permissions import Role
from tests.at_once import at_once
from tests.factories.teams import GrantFactory, UserFactory
from tests.people import build_district
from tests.teams.conftest import AT

AUGUST = date(2026, 8, 1)
PEOPLE = 6


def types_of(act: Callable[[int], object]) -> list[type]:
    """What became of PEOPLE calls that start together: the types of their results or refusals."""
    return [type(outcome) for outcome in at_once(PEOPLE, act)]


@pytest.mark.django_db(transaction=True)
def test_of_several_nominations_at_once_one_is_made() -> None:
    district = build_district()
    seat = district.own.team.seats.get(kind__code="lawyer")
    people = UserFactory.create_batch(PEOPLE)

    def nominate(n: int) -> Nomination:
        mine = Seat.objects.get(pk=seat.pk)
        organ = User.objects.get(pk=district["organ"].pk)
        return services.nominate(seat=mine, user=people[n], from_day=AUGUST, reason="换届", by=organ, at=AT)

    outcomes = types_of(nominate)

    assert outcomes.count(Nomination) == 1
    assert Nomination.objects.count() == 1
    assert history_of(seat).count() == 1
    assert verify() is None


@pytest.mark.django_db(transaction=True)
def test_of_an_approval_and_a_refusal_at_once_one_counts() -> None:
    district = build_district()
    seat = district.own.team.seats.get(kind__code="lawyer")
    nomination = services.nominate(
        seat=seat, user=UserFactory(), from_day=AUGUST, reason="换届", by=district["organ"], at=AT
    )

    def decide(n: int) -> object:
        office = User.objects.get(pk=district["coordinator"].pk)
        mine = Nomination.objects.get(pk=nomination.pk)
        if n % 2:
            return services.approve_nomination(nomination=mine, by=office, at=AT)
        return services.decline_nomination(nomination=mine, by=office, at=AT, note="资格不符")

    outcomes = types_of(decide)

    nomination.refresh_from_db()
    approved = nomination.status == "approved"
    assert len([outcome for outcome in outcomes if outcome in (Membership, Nomination)]) == 1
    assert seat.memberships.filter(user=nomination.user).exists() is approved
    assert verify() is None


@pytest.mark.django_db(transaction=True)
def test_replacements_at_once_from_one_page_leave_one_successor() -> None:
    district = build_district()
    seat = district.own.team.seats.get(kind__code="lawyer")
    people = UserFactory.create_batch(PEOPLE)

    def replace(n: int) -> Membership:
        office = User.objects.get(pk=district["coordinator"].pk)
        return services.replace_member(
            seat=seat, user=people[n], from_day=AUGUST, reason="换届", by=office, at=AT, version=seat.version
        )

    assert sorted(types_of(replace), key=str) == sorted([Membership] + [Conflict] * (PEOPLE - 1), key=str)
    assert seat.memberships.count() == 2


@pytest.mark.django_db(transaction=True)
def test_pairings_at_once_never_give_an_area_two_teams() -> None:
    district = build_district()
    area = district.own.area

    def pair(n: int) -> Pairing:
        office = User.objects.get(pk=district["coordinator"].pk)
        return services.pair(team=district.foreign.team, area=area, from_day=AUGUST, by=office, at=AT)

    outcomes = types_of(pair)

    assert outcomes.count(Pairing) == 1
    assert outcomes.count(RuleBroken) == PEOPLE - 1
    assert Pairing.objects.on(AUGUST).filter(area=area).count() == 1


def administrators_left(end: Callable[[Grant], object]) -> int:
    """How many still hold the role after every one of them was ended in the same moment."""
    grants = [GrantFactory(role=Role.ADMINISTRATOR) for _n in range(PEOPLE)]
    at_once(PEOPLE, lambda n: end(Grant.objects.select_related("user").get(pk=grants[n].pk)))
    return Grant.objects.filter(role=Role.ADMINISTRATOR, until_day=None, user__is_active=True).count()


@pytest.mark.django_db(transaction=True)
def test_of_administrators_closed_at_once_one_stays() -> None:
    assert administrators_left(lambda one: services.deactivate_person(user=one.user, by=None, at=AT)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_administrators_whose_roles_end_at_once_one_stays() -> None:
    assert administrators_left(lambda one: services.revoke(grant=one, last_day=AUGUST, by=None, at=AT)) == 1
