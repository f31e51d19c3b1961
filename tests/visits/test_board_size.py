"""The board of a whole district stays small: what a browser has to fetch for it, late in the round when all is held."""

import gzip
import re
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from teams.models import Area, OrgUnit, Team, UnitKind, User
from tests.visits.conftest import Plan
from visits.dayparts import DayPart
from visits.models import Visit, VisitStatus

KB = 1000
HASH = 13  # what a published file's name has more than the file's
MOST_HTML, MOST_ASSETS = 60 * KB, 120 * KB
VISITS, STREETS, UNITS = 305, 12, 54
DAYS = [date(2026, 10, 1) + timedelta(days=n) for n in range(10)]

SignIn = Callable[[User], Client]


@pytest.fixture
def district_at_the_end(plan: Plan) -> Plan:
    """307 visits of 13 streets and 56 units, one street with 36 of them; all held, so that each has a picture."""
    streets = [plan.district.own.street]
    streets += OrgUnit.objects.bulk_create(
        OrgUnit(kind=UnitKind.STREET, name=f"康宁新村{n}街道", slug=f"kangningxincun-{n}", position=n)
        for n in range(STREETS)
    )
    units = OrgUnit.objects.bulk_create(
        OrgUnit(kind=UnitKind.ORGAN, name=f"区市场监管局{n}", slug=f"qushichangjianguanju-{n}") for n in range(UNITS)
    )
    template = plan.district.own.team.template
    teams = Team.objects.bulk_create(
        Team(number=1000 + n, template=template, unit=units[n % UNITS]) for n in range(VISITS)
    )
    areas = Area.objects.bulk_create(
        Area(street=streets[0 if n < 35 else n % STREETS + 1], name=f"零陵新村{n}", slug=f"lingling-{n}")
        for n in range(VISITS)
    )
    Visit.objects.bulk_create(
        Visit(
            code=f"{team.number}-2026q4",
            round=plan.round,
            kind=plan.own.kind,
            team=team,
            area=area,
            status=VisitStatus.CLOSED,
            day=DAYS[n % 10],
            starts_at=time(9 + n % 9),
            part=DayPart.of(time(9 + n % 9)),
        )
        for n, (team, area) in enumerate(zip(teams, areas, strict=True))
    )
    return plan


@pytest.mark.parametrize(
    "asked", ["", "?open=chunshen-street", "?by=day&open=2026-10-05", "?by=team&open=qushichangjianguanju-1"]
)
def test_the_page_of_307_visits_is_small(district_at_the_end: Plan, as_user: SignIn, asked: str) -> None:
    office = as_user(district_at_the_end.district["coordinator"])
    page = office.get(f"/rounds/2026q4/board/{asked}")
    text = page.content.decode()
    assert len(page.context["board"].rows) == 307
    assert ('class="chip' in text) == bool(asked)
    assert len(page.content) + HASH * text.count("/static/") < MOST_HTML


def test_styles_and_scripts_of_the_board_are_small(plan: Plan, as_user: SignIn) -> None:
    text = as_user(plan.district["coordinator"]).get("/rounds/2026q4/board/").content.decode()
    files = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', text)
    assert "js/board.js" in files and "css/board.css" in files
    assert sum(map(packed, files)) < MOST_ASSETS


def packed(name: str) -> int:
    path = finders.find(name)
    assert path, name
    return len(gzip.compress(Path(path).read_bytes()))
