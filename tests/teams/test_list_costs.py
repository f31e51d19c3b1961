"""A page costs the same number of queries whether it lists three rows or three hundred."""

from collections.abc import Callable, Iterable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from teams import services
from teams.models import Area, Membership, Pairing, Seat, Team, User
from tests.factories.teams import LONG_AGO, UserFactory
from tests.people import District
from tests.teams.conftest import AT


def grow(district: District, number: int, *, first: int) -> None:
    """So many more teams with area and members, most of them without a lawyer."""
    template, unit, street = district.own.team.template, district.own.unit, district.own.street
    teams = Team.objects.bulk_create(Team(number=first + n, template=template, unit=unit) for n in range(number))
    areas = Area.objects.bulk_create(
        Area(street=street, name=f"望江{first + n}村", slug=f"wangjiang-{first + n}", name_key="x")
        for n in range(number)
    )
    kinds = list(template.seat_kinds.exclude(code="lawyer"))
    lawyers = template.seat_kinds.get(code="lawyer")
    seats = Seat.objects.bulk_create(Seat(team=team, kind=kind) for team in teams for kind in kinds)
    Seat.objects.bulk_create(Seat(team=team, kind=lawyers) for team in teams)
    person = UserFactory()
    Membership.objects.bulk_create(Membership(seat=seat, user=person, from_day=LONG_AGO) for seat in seats)
    half = number // 2
    Pairing.objects.bulk_create(
        Pairing(team=team, area=area, from_day=LONG_AGO) for team, area in zip(teams[:half], areas[:half], strict=True)
    )


PAGES = [
    ("coordinator", "/teams/"),
    ("coordinator", "/teams/?incomplete=1&q=望江&street=chunshen-street"),
    ("coordinator", "/areas/"),
    ("coordinator", "/coverage/"),
    ("coordinator", "/coverage/?view=areas"),
    ("coordinator", "/coverage/?view=teams"),
    ("coordinator", "/units/chunshen-unit/"),
    ("coordinator", "/units/chunshen-street/"),
    ("coordinator", "/teams/?format=csv"),
    ("administrator", "/accounts/"),
]


@pytest.fixture
def cost(as_user: Callable[[User], Client]) -> Callable[[User, str], int]:
    def count(who: User, page: str) -> int:
        client = as_user(who)
        client.get(page)  # what is read once a minute is in the cache now
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(page)
            if answer.streaming:
                b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert answer.status_code == 200
        return len(queries)

    return count


@pytest.mark.parametrize(("who", "page"), PAGES)
def test_a_list_costs_the_same_for_few_and_for_300_rows(
    district: District, cost: Callable[[User, str], int], who: str, page: str
) -> None:
    grow(district, 2, first=1000)
    few = cost(district[who], page)
    grow(district, 298, first=2000)

    assert cost(district[who], page) == few


def test_nominations_cost_the_same_for_1_and_for_many(district: District, cost: Callable[[User, str], int]) -> None:
    def nominate(seats: Iterable[Seat]) -> None:
        for seat in seats:
            facts = {"from_day": date(2026, 8, 1), "reason": "换届", "by": district["organ"], "at": AT}
            services.nominate(seat=seat, user=UserFactory(), **facts)

    grow(district, 20, first=1000)
    lawyers = list(Seat.objects.filter(kind__code="lawyer", team__number__gte=1000))
    nominate(lawyers[:1])
    few = cost(district["coordinator"], "/nominations/")
    nominate(lawyers[1:])

    assert cost(district["coordinator"], "/nominations/") == few


def test_the_team_page_costs_the_same_with_many_areas_and_a_long_past(
    district: District, cost: Callable[[User, str], int]
) -> None:
    few = cost(district["coordinator"], "/teams/118/")
    areas = Area.objects.bulk_create(
        Area(street=district.own.street, name=f"里{n}", slug=f"li-{n}", name_key="x") for n in range(10)
    )
    Pairing.objects.bulk_create(Pairing(team=district.own.team, area=area, from_day=LONG_AGO) for area in areas)
    seat = district.own.team.seats.get(kind__code="lawyer")
    for month in range(1, 10):
        facts = {"from_day": date(2026, month, 1), "reason": "换届", "by": district["coordinator"], "at": AT}
        services.replace_member(seat=seat, user=UserFactory(), **facts)

    assert cost(district["coordinator"], "/teams/118/") == few
