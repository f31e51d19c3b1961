"""The administrator gives roles of one place on the page of the account, and takes them back."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.clock import today
from teams.models import Area, Grant, OrgUnit, User
from teams.permissions import Role
from tests.factories.teams import GrantFactory, UserFactory
from tests.people import District

SignIn = Callable[[User], Client]


@pytest.fixture
def client(district: District, as_user: SignIn) -> Client:
    return as_user(district["administrator"])


def give(client: Client, person: User, role: str, place: OrgUnit | Area | None = None, day: str = "") -> Any:
    name = f"{'area' if isinstance(place, Area) else 'unit'}-{place.pk}" if place else ""
    typed = {"role": role, "place": name, "from_day": day or today(timezone.now()).isoformat()}
    return client.post(f"/accounts/{person.pk}/roles/", typed)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.UNIT_LEAD, Role.SUPPLYING_ORGAN, Role.SECRETARY])
def test_a_role_of_one_place_is_given_and_stands_on_the_account(district: District, client: Client, role: str) -> None:
    place = district.own.area if role == Role.SECRETARY else district.own.unit
    page = client.get(give(client, district["nobody"], role, place)["Location"])

    assert [scope.role for scope in User.objects.get(pk=district["nobody"].pk).grants] == [role]
    assert [(row.label, row.place) for row in page.context["rows"]] == [(Role(role).label, place)]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR, Role.TEAM_LEAD])
def test_other_roles_are_not_offered(district: District, client: Client, role: str) -> None:
    assert give(client, district["nobody"], role, district.own.unit).status_code == 422
    assert not district["nobody"].role_grants.exists()


def test_a_place_that_does_not_fit_the_role_is_asked_for_again(district: District, client: Client) -> None:
    wrong = [("handler", None), ("handler", district.own.area), ("secretary", district.own.unit)]
    answers = [give(client, district["nobody"], role, place) for role, place in wrong]
    assert [(answer.status_code, list(answer.context["form"].errors)) for answer in answers] == [(422, ["place"])] * 3


def test_the_administrator_cannot_give_himself_a_role(district: District, client: Client) -> None:
    me = district["administrator"]
    assert give(client, me, "handler", district.own.unit).status_code == 422
    assert "Give a role" not in client.get(f"/accounts/{me.pk}/").content.decode()


def test_a_closed_account_gets_no_role(district: District, client: Client) -> None:
    person = UserFactory(is_active=False)
    assert give(client, person, "handler", district.own.unit).status_code == 422


def test_a_case_handler_who_changes_job_holds_the_role_until_the_last_day(district: District, client: Client) -> None:
    person, day = district.own["department"], today(timezone.now())
    page = client.get(f"/accounts/{person.pk}/").content.decode()
    path = re.search(r"/accounts/roles/\d+/end/", page)
    assert path
    answer = client.post(path[0], {"last_day": (day - timedelta(days=1)).isoformat()})

    assert answer["Location"] == f"/accounts/{person.pk}/"
    assert User.objects.get(pk=person.pk).grants == []
    assert client.get(answer["Location"]).context["rows"] == []


def test_a_role_to_come_is_shown(district: District, client: Client) -> None:
    person, later = district["nobody"], today(timezone.now()) + timedelta(days=7)
    give(client, person, "handler", district.own.unit, later.isoformat())
    assert [row.from_day for row in client.get(f"/accounts/{person.pk}/").context["rows"]] == [later]


def test_roles_nobody_takes_back_alone_have_no_link_and_no_door(district: District, client: Client) -> None:
    held = GrantFactory(role=Role.AUDITOR)
    assert [row.grant_to_end for row in client.get(f"/accounts/{held.user_id}/").context["rows"]] == [None]
    answer = client.post(f"/accounts/roles/{held.pk}/end/", {"last_day": today(timezone.now()).isoformat()})
    assert (answer.status_code, Grant.objects.get(pk=held.pk).until_day) == (422, None)


def test_the_page_of_an_account_costs_the_same_however_many_roles(district: District, client: Client) -> None:
    person, costs = district["nobody"], []
    for unit in (district.own.unit, district.own.street, district.foreign.unit):
        GrantFactory(user=person, role=Role.HANDLER, unit=unit)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/accounts/{person.pk}/")
        costs.append(len(queries))
    assert costs[1] == costs[2]
