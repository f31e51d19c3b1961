"""Roles given and taken back on the server: the first accounts, and those that nobody hands out alone."""

import re
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from teams.models import Grant, User
from teams.permissions import Role
from tests.factories.teams import AreaFactory, GrantFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db
PHONE = "19900000101"


def roles() -> list[str]:
    return [scope.role for scope in User.objects.get(phone=PHONE).grants]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.OFFICIAL, Role.AUDITOR])
def test_a_new_account_sets_a_password_with_the_printed_link(client, capsys, role):
    call_command("grant_role", role, "许 文君", "199-0000-0101")
    path = re.search(r"http://[^/]+(/\S+)", capsys.readouterr().out).group(1)
    assert client.get(path, follow=True).status_code == 200
    assert roles() == [role]


def test_somebody_who_signs_in_already_gets_the_role_and_no_link(capsys):
    UserFactory(phone=PHONE, name="许文君", password="set")
    call_command("grant_role", "official", "许文君", PHONE)
    assert (roles(), "http" in capsys.readouterr().out) == ([Role.OFFICIAL], False)


def test_a_role_of_one_place_is_given_by_name_or_address():
    UnitFactory(name="区房管局", slug="fangguan")
    AreaFactory(name="春申坊", slug="chunshen")
    call_command("grant_role", "handler", "许文君", PHONE, unit="区房管局")
    call_command("grant_role", "unit_lead", "许文君", PHONE, unit="fangguan")
    call_command("grant_role", "secretary", "许文君", PHONE, area="chunshen")
    assert sorted(roles()) == ["handler", "secretary", "unit_lead"]


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        (("coordinator", "许文君", "12345"), {}),
        (("handler", "许文君", PHONE), {}),
        (("handler", "许文君", PHONE), {"unit": "没有这个单位"}),
        (("team_lead", "许文君", PHONE), {}),
    ],
)
def test_what_cannot_be_given_is_refused_and_creates_nothing(arguments, places):
    with pytest.raises(CommandError):
        call_command("grant_role", *arguments, **places)
    assert not User.objects.exists()


def test_a_role_is_taken_back_from_its_last_day_on(capsys):
    held = GrantFactory(user__phone=PHONE, role=Role.OFFICIAL)
    call_command("revoke_role", "official", PHONE, last_day=date(2099, 12, 31))
    call_command("revoke_role", "official", "199 0000 0101")
    held.refresh_from_db()
    assert held.until_day is not None
    assert held.until_day < date(2099, 12, 31)


def test_only_a_role_that_is_held_there_is_taken_back():
    other = UnitFactory()
    GrantFactory(user__phone=PHONE, role=Role.HANDLER, unit=UnitFactory())
    with pytest.raises(CommandError):
        call_command("revoke_role", "handler", PHONE, unit=other.name)
    assert Grant.objects.get().until_day is None


def test_the_last_administrator_stays():
    GrantFactory(user__phone=PHONE, role=Role.ADMINISTRATOR)
    with pytest.raises(CommandError):
        call_command("revoke_role", "administrator", PHONE)
    assert roles() == [Role.ADMINISTRATOR]
