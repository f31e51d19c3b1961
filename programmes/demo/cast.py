"""Who plays in the demonstration: people of the workbooks, and those who are in no workbook."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password

from core.clock import today
from teams import services
from teams.models import Grant, Membership, OrgUnit, Team, UnitKind, User
from teams.permissions import Role

PASSWORD = "manyi-2026"
STREET, AREA, DEPARTMENT, ORGAN = "长堤街道", "春申一村", "区房管局", "区政协办"


@dataclass(frozen=True)
class Newcomer:
    name: str
    phone: str
    role: Role
    title: str
    unit: str = ""


COORDINATOR = Newcomer("许文君", "19900000101", Role.COORDINATOR, "副主任")
OFFICIAL = Newcomer("陈立", "19900000102", Role.OFFICIAL, "领导小组副组长")
OFFICIAL_TOO = Newcomer("方远", "19900000103", Role.OFFICIAL, "领导小组成员")
STREET_LEAD = Newcomer("沈佳", "19900000104", Role.UNIT_LEAD, "街道办事处副主任", STREET)
DEPARTMENT_LEAD = Newcomer("陆一鸣", "19900000105", Role.UNIT_LEAD, "副局长", DEPARTMENT)
ORGAN_DESK = Newcomer("钱卫民", "19900000106", Role.SUPPLYING_ORGAN, "联络员", ORGAN)
AUDITOR = Newcomer("顾清", "19900000107", Role.AUDITOR, "审计员")
ADMINISTRATOR = Newcomer("苏航", "19900000108", Role.ADMINISTRATOR, "系统管理员")
NEWCOMERS = (COORDINATOR, OFFICIAL, OFFICIAL_TOO, STREET_LEAD, DEPARTMENT_LEAD, ORGAN_DESK, AUDITOR, ADMINISTRATOR)


class Cast:
    """Everybody who acts, each read once: what a person may do is remembered with the person."""

    def __init__(self, begins: datetime) -> None:
        day = today(begins)
        self._people = {user.pk: user for user in User.objects.select_related("unit")}
        self._by_phone = {user.phone: user for user in self._people.values()}
        self.handlers: dict[int, list[User]] = {}
        self.secretaries: dict[int, User] = {}
        self.seats: dict[int, dict[str, tuple[int, User]]] = {}
        for grant in Grant.objects.on(day).filter(role__in=[Role.HANDLER, Role.SECRETARY]).order_by("pk"):
            if grant.area_id:
                self.secretaries[grant.area_id] = self._people[grant.user_id]
            elif grant.unit_id:
                self.handlers.setdefault(grant.unit_id, []).append(self._people[grant.user_id])
        for row in Membership.objects.on(day).select_related("seat__kind").order_by("seat__kind__position"):
            seats = self.seats.setdefault(row.seat.team_id, {})
            seats[row.seat.kind.code] = (row.seat_id, self._people[row.user_id])

    def __getitem__(self, who: Newcomer) -> User:
        return self._by_phone[who.phone]

    @property
    def coordinator(self) -> User:
        return self[COORDINATOR]

    def lead(self, team_id: int) -> User:
        return self.seats[team_id]["lead"][1]

    def members(self, team_id: int) -> list[User]:
        return [user for _seat, user in self.seats[team_id].values()]

    def handler(self, unit_id: int | None) -> User | None:
        """The first case handler of a unit; the office's is the coordinator."""
        return next(iter(self.handlers.get(unit_id or 0, [])), None)


def arrive(begins: datetime) -> Cast:
    """Give the newcomers their accounts and roles, and let everybody who is shown sign in."""
    units = {unit.name: unit for unit in OrgUnit.objects.all()}
    office = OrgUnit.objects.get(kind=UnitKind.OFFICE)
    day = today(begins)
    for one in NEWCOMERS:
        unit = units.get(one.unit)
        home = unit or (office if one is COORDINATOR else None)
        user = services.create_person(phone=one.phone, name=one.name, title=one.title, unit=home, by=None, at=begins)
        services.grant(user=user, role=one.role, unit=unit, from_day=day, by=None, at=begins)
    coordinator = User.objects.get(phone=COORDINATOR.phone)
    services.grant(user=coordinator, role=Role.HANDLER, unit=office, from_day=day, by=None, at=begins)
    _let_in(user for _words, user in shown())
    return Cast(begins)


def shown() -> list[tuple[str, User]]:
    """The people to try, with the seat or desk that makes them worth it. Whoever has left it since is left out."""
    by_phone = {user.phone: user for user in User.objects.filter(phone__in=[one.phone for one in NEWCOMERS])}
    team = Team.objects.filter(pairings__area__name=AREA, pairings__until_day=None).select_related("unit").first()
    seats = _seats(team) if team else {}
    found = [
        ("coordinator", by_phone.get(COORDINATOR.phone)),
        ("official", by_phone.get(OFFICIAL.phone)),
        ("official, the second", by_phone.get(OFFICIAL_TOO.phone)),
        ("team lead", seats.get("lead")),
        ("team member", seats.get("npc_deputy")),
        ("lawyer", seats.get("lawyer")),
        ("secretary", _who(Role.SECRETARY, area__name=AREA)),
        ("street handler", _who(Role.HANDLER, unit__name=STREET)),
        ("street leader", by_phone.get(STREET_LEAD.phone)),
        ("department handler", _who(Role.HANDLER, unit__name=DEPARTMENT)),
        ("department leader", by_phone.get(DEPARTMENT_LEAD.phone)),
        ("pairing unit handler", _who(Role.HANDLER, unit=team.unit) if team else None),
        ("supplying organ", by_phone.get(ORGAN_DESK.phone)),
        ("auditor", by_phone.get(AUDITOR.phone)),
        ("administrator", by_phone.get(ADMINISTRATOR.phone)),
    ]
    return [(words, user) for words, user in found if user is not None and user.is_active]


def _seats(team: Team) -> dict[str, User]:
    rows = Membership.objects.open_ended().filter(seat__team=team).select_related("seat__kind", "user")
    return {row.seat.kind.code: row.user for row in rows}


def _who(role: Role, **where: Any) -> User | None:
    grant = Grant.objects.open_ended().filter(role=role, **where).select_related("user").order_by("user_id").first()
    return grant.user if grant else None


def _let_in(people: Iterable[User]) -> None:
    """One password for all: it stands on the screen anyway, and hashing it once keeps the start short."""
    User.objects.filter(pk__in=[user.pk for user in people]).update(password=make_password(PASSWORD))
