"""A made-up round as rows of an empty database: teams and their people, areas, busy times, what was held before."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from bench.round_plan import AT
from bench.rounds import FIRST, LAST, OCTOBER, SEATS
from teams.models import Area, Grant, Membership, OrgUnit, Seat, SeatKind, Team, TeamTemplate, UnitKind, User
from teams.permissions import Role
from visits.models import BusyTime, CalendarDay, DayKind, DayPart, Round, RoundStatus, Visit, VisitKind, VisitStatus
from visits.scheduling.model import STARTS, Problem

ROLES = (Role.TEAM_LEAD, *[Role.TEAM_MEMBER] * (SEATS - 2), Role.LAWYER)
LONG_AGO, JULY = date(2026, 1, 1), date(2026, 7, 6)


@transaction.atomic
def write_round(problem: Problem) -> None:
    """One visit without a day for each need; what it prefers is when the team's visit was in the round before."""
    office = User.objects.create(name="许文君", phone="19900000101")
    Grant.objects.create(user=office, role=Role.COORDINATOR, from_day=LONG_AGO)
    days = [(day, DayKind.OFF) for day in OCTOBER.off] + [(day, DayKind.WORK) for day in OCTOBER.worked]
    write(CalendarDay(day=day, kind=kind) for day, kind in days)
    people, areas, teams = write_people(problem), write_areas(problem), write_teams(problem)
    seats = iter(Seat.objects.order_by("team__number", "kind__position"))
    write(
        Membership(seat=next(seats), user=people[person], from_day=LONG_AGO)
        for need in problem.needs
        for person in sorted(need.people)
    )
    write(BusyTime(user=people[person], day=day, part=part) for person, day, part in sorted(problem.busy))
    write(visits(problem, office, teams, areas))


def write_people(problem: Problem) -> dict[int, User]:
    """Whoever has a seat, by number; each area's secretary as well."""
    numbers = sorted({person for need in problem.needs for person in need.people})
    return dict(zip(numbers, write(User(name=f"队员{n}", phone=f"18{n:09d}") for n in numbers), strict=True))


def write_areas(problem: Problem) -> list[Area]:
    numbers = range(max(need.street for need in problem.needs) + 1)
    streets = write(OrgUnit(kind=UnitKind.STREET, name=f"第{n}街道", slug=f"street-{n}") for n in numbers)
    areas = write(
        Area(street=streets[need.street], name=f"新村{n}", slug=f"area-{n}", venue=need.venue)
        for n, need in enumerate(problem.needs)
    )
    people = write(User(name=f"书记{n}", phone=f"17{n:09d}") for n in range(len(areas)))
    write(
        Grant(user=user, role=Role.SECRETARY, area=area, from_day=LONG_AGO)
        for user, area in zip(people, areas, strict=True)
    )
    return areas


def write_teams(problem: Problem) -> list[Team]:
    template = TeamTemplate.objects.create(code="team", name_zh="团队", name_en="Team")
    kinds = write(
        SeatKind(template=template, code=f"seat-{n}", position=n, role=role, name_zh=f"席位{n}", name_en=f"Seat {n}")
        for n, role in enumerate(ROLES)
    )
    unit = OrgUnit.objects.create(kind=UnitKind.ORGAN, name="区民政局", slug="unit")
    teams = write(Team(number=n, template=template, unit=unit) for n in range(1, len(problem.needs) + 1))
    write(Seat(team=team, kind=kind) for team in teams for kind in kinds)
    return teams


def visits(problem: Problem, office: User, teams: list[Team], areas: list[Area]) -> Iterator[Visit]:
    opened = {"status": RoundStatus.OPEN, "opened_at": AT, "opened_by": office, "year": 2026}
    before = Round.objects.create(code="2026q3", quarter=3, window_start=JULY, window_end=JULY, **opened)
    now = Round.objects.create(code="2026q4", quarter=4, window_start=FIRST, window_end=LAST, **opened)
    kind = VisitKind.objects.create(code="concentrated", name_zh="集中走访", name_en="Visit", in_round=True)
    for n, (need, team, area) in enumerate(zip(problem.needs, teams, areas, strict=True)):
        yield Visit(code=f"{n}-2026q4", round=now, kind=kind, team=team, area=area)
        for part in need.parts:
            place = {"day": JULY + timedelta(days=n % 5), "part": DayPart(part), "starts_at": STARTS[part]}
            yield Visit(
                code=f"{n}-2026q3", round=before, kind=kind, team=team, area=area, status=VisitStatus.CLOSED, **place
            )


def write(rows: Iterable[Any]) -> list[Any]:
    found = list(rows)
    return found[0]._meta.default_manager.bulk_create(found, batch_size=1000) if found else []
