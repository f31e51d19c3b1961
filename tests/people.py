"""The people every test knows. Each has a place in one small district and a twin somewhere else.

`district` builds two streets; own: street 长堤, area 春申坊, team 118 of 区房管局; foreign: street 荷塘, area 荷塘里,
team 262 of 区民政局. `district.person["own"]["secretary"]` and `district.person["foreign"]["secretary"]` are different people.
"""

from dataclasses import dataclass, field

import pytest

from teams.models import Area, OrgUnit, Team, UnitKind, User
from teams.permissions import Role
from tests.factories.teams import (
    AreaFactory,
    GrantFactory,
    ProgrammeFactory,
    StreetFactory,
    TeamFactory,
    UnitFactory,
    UserFactory,
    pair,
    seat_person,
)

TEAM_SEATS = ("lead", "party_delegate", "npc_deputy", "cppcc_member", "lawyer")


@dataclass
class Side:
    """One half of the district and the people who work there."""

    street: OrgUnit
    area: Area
    unit: OrgUnit
    department: OrgUnit
    team: Team
    people: dict[str, User] = field(default_factory=dict)

    def __getitem__(self, who: str) -> User:
        return self.people[who]


@dataclass
class District:
    office: OrgUnit
    own: Side
    foreign: Side
    people: dict[str, User]

    def __getitem__(self, who: str) -> User:
        """coordinator, official, official2, auditor, administrator, organ, nobody."""
        return self.people[who]


def build_side(name: str, number: int, slug: str, unit: str, department: str) -> Side:
    street = StreetFactory(name=f"{name}街道", slug=f"{slug}-street")
    area = AreaFactory(street=street, name=f"{name}坊", slug=slug)
    pairing_unit = UnitFactory(name=unit, slug=f"{slug}-unit")
    responsible = UnitFactory(name=department, slug=f"{slug}-department")
    team = TeamFactory(number=number, unit=pairing_unit)
    pair(team, area)
    side = Side(street, area, pairing_unit, responsible, team)
    for seat in TEAM_SEATS:
        side.people[seat] = seat_person(side.team, seat, name=f"{name}{seat}")
    side.people["secretary"] = GrantFactory(user__name=f"{name}书记", role=Role.SECRETARY, area=area).user
    for who, at in (("street", street), ("department", side.department), ("pairing_unit", side.unit)):
        side.people[who] = GrantFactory(user__name=f"{name}{who}", role=Role.HANDLER, unit=at).user
        side.people[f"{who}_lead"] = GrantFactory(user__name=f"{name}{who}负责人", role=Role.UNIT_LEAD, unit=at).user
    return side


@pytest.fixture
def district(db: None) -> District:
    return build_district()


def build_district() -> District:
    ProgrammeFactory()
    office = UnitFactory(name="领导小组办公室", slug="office", kind=UnitKind.OFFICE)
    organ = UnitFactory(name="区司法局", slug="justice-bureau")
    own = build_side("春申", 118, "chunshen", "区房管局", "区城管执法局")
    foreign = build_side("荷塘", 262, "hetang", "区民政局", "区绿容局")
    own.team.template.seat_kinds.filter(code="lawyer").update(supplied_by=organ)
    people = {"coordinator": GrantFactory(user__name="许文君", user__unit=office, role=Role.COORDINATOR).user}
    GrantFactory(user=people["coordinator"], role=Role.HANDLER, unit=office)
    people["official"] = GrantFactory(user__name="陈立", role=Role.OFFICIAL).user
    people["official2"] = GrantFactory(user__name="方远", role=Role.OFFICIAL).user
    people["auditor"] = GrantFactory(user__name="审计员", role=Role.AUDITOR).user
    people["administrator"] = GrantFactory(user__name="管理员", role=Role.ADMINISTRATOR).user
    people["organ"] = GrantFactory(user__name="司法局联系人", role=Role.SUPPLYING_ORGAN, unit=organ).user
    people["nobody"] = UserFactory(name="无角色")
    return District(office, own, foreign, people)
