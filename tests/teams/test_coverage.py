from datetime import date, timedelta

import pytest

from teams import coverage
from teams.models import Membership, Pairing, Team
from tests.factories.teams import AreaFactory, TeamFactory, seat_person
from tests.people import District
from tests.teams.conftest import TODAY


def test_a_complete_district_misses_nothing(district: District) -> None:
    assert not coverage.areas_without_team(TODAY).exists()
    assert not coverage.teams_without_area(TODAY).exists()
    assert not coverage.incomplete_seats(TODAY).exists()


def test_an_area_without_a_pairing_is_missing_a_team(district: District) -> None:
    area = AreaFactory()

    assert list(coverage.areas_without_team(TODAY)) == [area]


def test_the_last_day_of_a_pairing_still_counts(district: District) -> None:
    Pairing.objects.filter(area=district.own.area).update(until_day=TODAY)

    assert not coverage.areas_without_team(TODAY).exists()
    assert list(coverage.areas_without_team(TODAY + timedelta(days=1))) == [district.own.area]
    assert list(coverage.teams_without_area(TODAY + timedelta(days=1))) == [district.own.team]


def test_a_closed_team_looks_after_nobody_and_misses_nobody(district: District) -> None:
    Team.objects.filter(pk=district.own.team.pk).update(is_active=False)
    Membership.objects.filter(seat__team=district.own.team).delete()

    assert list(coverage.areas_without_team(TODAY)) == [district.own.area]
    assert not coverage.incomplete_seats(TODAY).exists()


def test_a_pairing_to_come_does_not_cover_today(district: District) -> None:
    area = AreaFactory()
    Pairing.objects.create(team=district.own.team, area=area, from_day=TODAY + timedelta(days=1))

    assert list(coverage.areas_without_team(TODAY)) == [area]


def test_seats_are_incomplete_before_the_first_day_and_after_the_last(district: District) -> None:
    seat = district.own.team.seats.get(kind__code="lawyer")
    seat.memberships.update(from_day=date(2026, 7, 1), until_day=date(2026, 7, 31))

    found = {day: list(coverage.incomplete_seats(day)) for day in (date(2026, 6, 30), TODAY, date(2026, 8, 1))}
    assert found == {date(2026, 6, 30): [seat], TODAY: [], date(2026, 8, 1): [seat]}


def test_a_member_who_cannot_sign_in_leaves_the_seat_incomplete(district: District) -> None:
    lawyer = district.own["lawyer"]
    lawyer.is_active = False
    lawyer.save()

    assert [seat.kind.code for seat in coverage.incomplete_seats(TODAY)] == ["lawyer"]
    assert list(coverage.incomplete_teams(TODAY)) == [district.own.team]


@pytest.mark.parametrize("more", [0, 2, 50])
def test_coverage_costs_one_query_a_list(district: District, more: int, django_assert_num_queries: object) -> None:
    for number in range(more):
        seat_person(
            TeamFactory(number=500 + number, unit=district.own.unit, template=district.own.team.template), "lead"
        )
        AreaFactory(street=district.own.street)
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert len(coverage.areas_without_team(TODAY)) == more
        assert len(coverage.teams_without_area(TODAY)) == more
        assert len(coverage.incomplete_seats(TODAY)) == 4 * more
