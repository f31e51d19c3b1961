from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from core.events import history_of
from core.refusals import RuleBroken
from teams import services
from teams.models import Grant, Membership, User
from teams.permissions import ROLES, Role
from tests.factories.teams import GrantFactory, UserFactory
from tests.people import District
from tests.teams.conftest import AT, TODAY

SEAT_ROLES = [Role.TEAM_LEAD, Role.TEAM_MEMBER, Role.LAWYER]
ALONE = [Role.COORDINATOR, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR]


def place(role: str, district: District) -> dict[str, object]:
    if role == Role.SECRETARY:
        return {"area": district.foreign.area}
    return {"unit": district.own.unit} if role in (Role.HANDLER, Role.UNIT_LEAD, Role.SUPPLYING_ORGAN) else {}


def give(role: str, district: District, user: User | None = None, **changed: object) -> Grant:
    facts = {"from_day": TODAY, "by": None, "at": AT, **place(role, district)} | changed
    return services.grant(user=user or UserFactory(), role=role, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", [role for role in Role if role not in SEAT_ROLES])
def test_an_installation_gives_every_role_that_is_no_seat(district: District, role: Role) -> None:
    given = give(role, district)

    assert [scope.role for scope in User.objects.get(pk=given.user_id).grants] == [role]
    assert history_of(given.user).get().payload["role"] == role


@pytest.mark.parametrize("role", SEAT_ROLES)
def test_seat_roles_are_not_given(district: District, role: Role) -> None:
    with pytest.raises(RuleBroken):
        give(role, district)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.UNIT_LEAD, Role.SUPPLYING_ORGAN, Role.SECRETARY])
def test_the_administrator_gives_roles_of_one_place(district: District, role: Role) -> None:
    assert give(role, district, by=district["administrator"]).granted_by == district["administrator"]


@pytest.mark.parametrize("role", ALONE)
def test_one_person_alone_gives_no_role_over_the_district(district: District, role: Role) -> None:
    with pytest.raises(RuleBroken):
        give(role, district, by=district["administrator"])


def test_nobody_gives_himself_a_role(district: District) -> None:
    with pytest.raises(RuleBroken):
        give(Role.HANDLER, district, district["administrator"], by=district["administrator"])


@pytest.mark.parametrize("who", ["coordinator", "official", "auditor", "organ", "nobody"])
def test_only_the_administrator_gives_roles(district: District, who: str) -> None:
    with pytest.raises(PermissionDenied):
        give(Role.HANDLER, district, by=district[who])


@pytest.mark.parametrize("role", [role for role in Role if role not in (*SEAT_ROLES, Role.AUDITOR)])
def test_an_auditor_gets_no_other_role(district: District, role: Role) -> None:
    with pytest.raises(RuleBroken):
        give(role, district, district["auditor"])


@pytest.mark.parametrize("role", [role for role in Role if role not in (*SEAT_ROLES, Role.AUDITOR)])
def test_whoever_holds_another_role_becomes_no_auditor(district: District, role: Role) -> None:
    busy = give(role, district).user
    with pytest.raises(RuleBroken):
        give(Role.AUDITOR, district, busy)


def test_a_member_of_a_team_becomes_no_auditor(district: District) -> None:
    with pytest.raises(RuleBroken):
        give(Role.AUDITOR, district, district.own["lawyer"])


def test_a_former_member_becomes_auditor(district: District) -> None:
    Membership.objects.filter(user=district.own["lawyer"]).update(until_day=date(2026, 7, 1))

    assert give(Role.AUDITOR, district, district.own["lawyer"]).role == Role.AUDITOR


def test_the_auditors_role_writes_nothing() -> None:
    reading = {"view", "results", "cards"}
    assert {permission.rpartition(".")[2] for permission in ROLES[Role.AUDITOR]} == reading


def test_a_role_is_held_once(district: District) -> None:
    user = UserFactory()
    give(Role.HANDLER, district, user)
    with pytest.raises(RuleBroken):
        give(Role.HANDLER, district, user)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.SECRETARY])
def test_a_role_of_one_place_needs_its_place(district: District, role: Role) -> None:
    with pytest.raises(RuleBroken):
        give(role, district, unit=None, area=None)


def test_a_role_over_the_district_has_no_place(district: District) -> None:
    with pytest.raises(RuleBroken):
        give(Role.OFFICIAL, district, unit=district.own.unit)


def test_a_revoked_role_holds_until_the_end_of_its_last_day(district: District) -> None:
    given = give(Role.HANDLER, district)
    services.revoke(grant=given, last_day=TODAY, by=district["administrator"], at=AT)

    assert Grant.objects.on(TODAY).contains(given)
    assert not Grant.objects.on(date(2026, 7, 7)).contains(given)


def test_a_role_is_not_revoked_before_it_began(district: District) -> None:
    given = give(Role.HANDLER, district)
    with pytest.raises(RuleBroken):
        services.revoke(grant=given, last_day=date(2026, 7, 1), by=None, at=AT)


def test_an_end_that_was_set_comes_earlier_but_never_later_whatever_the_caller_read_before(district: District) -> None:
    given = give(Role.HANDLER, district)
    read_before = Grant.objects.get(pk=given.pk)
    services.revoke(grant=given, last_day=date(2026, 7, 20), by=None, at=AT)

    assert services.revoke(grant=read_before, last_day=TODAY, by=None, at=AT).until_day == TODAY
    with pytest.raises(RuleBroken):
        services.revoke(grant=read_before, last_day=date(2026, 7, 20), by=None, at=AT)
    assert Grant.objects.get(pk=given.pk).until_day == TODAY


def test_a_role_that_is_over_is_left_as_it_was(district: District) -> None:
    given = give(Role.HANDLER, district, from_day=date(2026, 6, 1), until_day=date(2026, 6, 30))
    with pytest.raises(RuleBroken):
        services.revoke(grant=given, last_day=date(2026, 6, 15), by=None, at=AT)


def test_a_closed_account_gets_no_role(district: District) -> None:
    with pytest.raises(RuleBroken):
        give(Role.HANDLER, district, UserFactory(is_active=False))


def test_a_successor_whose_role_begins_the_day_after_is_enough(district: District) -> None:
    last = district["auditor"].role_grants.get()
    successor = GrantFactory(role=Role.AUDITOR, from_day=date(2026, 7, 8))
    with pytest.raises(RuleBroken):
        services.revoke(grant=last, last_day=TODAY, by=None, at=AT)
    services.revoke(grant=last, last_day=date(2026, 7, 7), by=None, at=AT)
    with pytest.raises(RuleBroken):
        services.revoke(grant=successor, last_day=date(2026, 12, 31), by=None, at=AT)


def test_somebody_whose_own_end_is_set_does_not_stand_in_for_the_last_one(district: District) -> None:
    leaving = give(Role.ADMINISTRATOR, district)
    services.revoke(grant=leaving, last_day=date(2026, 7, 20), by=None, at=AT)
    with pytest.raises(RuleBroken):
        services.revoke(grant=district["administrator"].role_grants.get(), last_day=TODAY, by=None, at=AT)
    with pytest.raises(RuleBroken):
        services.deactivate_person(user=district["administrator"], by=None, at=AT)


def test_the_last_auditor_stays(district: District) -> None:
    last = district["auditor"].role_grants.get()
    with pytest.raises(RuleBroken):
        services.revoke(grant=last, last_day=TODAY, by=None, at=AT)
    GrantFactory(role=Role.AUDITOR)
    assert services.revoke(grant=last, last_day=TODAY, by=None, at=AT).until_day == TODAY
