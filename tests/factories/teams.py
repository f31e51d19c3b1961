"""Dull rows for people, units, areas and teams."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from teams.models import (
    Area,
    Grant,
    Membership,
    OrgUnit,
    Pairing,
    Programme,
    Seat,
    SeatKind,
    Team,
    TeamTemplate,
    UnitKind,
    User,
)
from teams.names import name_key
from teams.permissions import Role

LONG_AGO = date(2020, 1, 1)


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme
        django_get_or_create = ["id"]

    id = 1
    code = "xuhui"
    name_zh = "满意在汇宁·服务在基层"
    name_en = "Satisfied in Huining"
    district_zh = "汇宁区"
    district_en = "Huining District"


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = OrgUnit

    kind = UnitKind.ORGAN
    name = factory.Sequence(lambda n: f"区第{n}局")
    slug = factory.Sequence(lambda n: f"unit-{n}")


class StreetFactory(UnitFactory):
    kind = UnitKind.STREET
    name = factory.Sequence(lambda n: f"第{n}街道")
    slug = factory.Sequence(lambda n: f"street-{n}")


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = Area

    street = factory.SubFactory(StreetFactory)
    name = factory.Sequence(lambda n: f"春申{n}坊")
    slug = factory.Sequence(lambda n: f"area-{n}")
    name_key = factory.LazyAttribute(lambda area: name_key(area.name))
    households = 1500
    venue = factory.LazyAttribute(lambda area: f"{area.name}活动室")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    phone = factory.Sequence(lambda n: f"199{n:08d}")
    name = factory.Sequence(lambda n: f"成员{n}")
    password = "!"


class GrantFactory(DjangoModelFactory):
    class Meta:
        model = Grant

    user = factory.SubFactory(UserFactory)
    role = Role.COORDINATOR
    from_day = LONG_AGO


SEATS = [
    ("lead", "带队领导", "Lead cadre", Role.TEAM_LEAD),
    ("party_delegate", "党代表", "Party congress delegate", Role.TEAM_MEMBER),
    ("npc_deputy", "人大代表", "People's congress deputy", Role.TEAM_MEMBER),
    ("cppcc_member", "政协委员", "CPPCC member", Role.TEAM_MEMBER),
    ("lawyer", "律师", "Lawyer", Role.LAWYER),
]


def one_three_one() -> TeamTemplate:
    """The template “1+3+1” with its five kinds of seats."""
    template, created = TeamTemplate.objects.get_or_create(
        code="1-3-1", defaults={"name_zh": "1+3+1", "name_en": "1+3+1"}
    )
    if created:
        for position, (code, name_zh, name_en, role) in enumerate(SEATS, start=1):
            SeatKind.objects.create(
                template=template, code=code, name_zh=name_zh, name_en=name_en, role=role, position=position
            )
    return template


class TeamFactory(DjangoModelFactory):
    """A team with its five seats, all vacant."""

    class Meta:
        model = Team
        skip_postgeneration_save = True

    number = factory.Sequence(lambda n: 100 + n)
    template = factory.LazyFunction(one_three_one)
    unit = factory.SubFactory(UnitFactory)

    @factory.post_generation
    def seats(self, create: bool, extracted: object, **kwargs: object) -> None:
        Seat.objects.bulk_create(Seat(team=self, kind=kind) for kind in self.template.seat_kinds.all())


def seat_person(team: Team, code: str, user: User | None = None, **fields: object) -> User:
    """Put somebody on a team's seat since long ago."""
    user = user or UserFactory(**fields)
    Membership.objects.create(seat=team.seats.get(kind__code=code), user=user, from_day=LONG_AGO)
    return user


def pair(team: Team, area: Area) -> Pairing:
    return Pairing.objects.create(team=team, area=area, from_day=LONG_AGO)
