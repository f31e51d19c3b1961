"""Which unit an issue goes to, as the district's rules stand on a day."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from issues.routing import DEPARTMENT, DISTRICT, PAIRING_UNIT, STREET
from issues.rulebook import Rulebook
from teams.models import OrgUnit
from tests.factories.issues import Journey, ResponsibilityFactory
from tests.people import District

DAY = date(2026, 11, 2)


def unit_at(level: int, district: District, *, category: int | None = None) -> OrgUnit | None:
    own = district.own
    return Rulebook(DAY).unit(level, area=own.area, team=own.team, category_id=category)


def test_each_level_has_its_unit(district: District) -> None:
    entry = ResponsibilityFactory(unit=district.own.department)
    found = [unit_at(level, district, category=entry.category_id) for level in (1, 2, 3, 4)]
    assert found == [district.own.unit, district.own.street, district.own.department, district.office]


def test_department_of_a_category_that_is_not_on_the_list_has_to_be_chosen(district: District) -> None:
    entry = ResponsibilityFactory(unit=district.own.department, until_day=date(2026, 11, 1))
    assert unit_at(DEPARTMENT, district, category=entry.category_id) is None


def test_area_without_a_team_has_no_pairing_unit(district: District) -> None:
    assert Rulebook(DAY).unit(PAIRING_UNIT, area=district.own.area, team=None, category_id=None) is None


@pytest.mark.parametrize(("level", "queries"), [(PAIRING_UNIT, 0), (STREET, 0), (DEPARTMENT, 1), (DISTRICT, 1)])
def test_only_what_a_level_needs_is_read_and_that_once(
    district: District, django_assert_num_queries: DjangoAssertNumQueries, level: int, queries: int
) -> None:
    draft, rules = Journey(district).draft(level), Rulebook(DAY)
    with django_assert_num_queries(queries):
        assert rules.unit_of(draft, level) == rules.unit_of(draft, level)
