from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from teams import services
from teams.models import Area, Pairing, Team
from tests.factories.teams import LONG_AGO, AreaFactory
from tests.people import District
from tests.teams.conftest import AT

AUGUST = date(2026, 8, 1)


def test_pairing_ends_the_pairing_before_and_keeps_it(district: District) -> None:
    area, office = district.own.area, district["coordinator"]
    services.pair(team=district.foreign.team, area=area, from_day=AUGUST, by=office, at=AT)

    terms = list(area.pairings.order_by("from_day").values_list("team__number", "from_day", "until_day"))
    assert terms == [(118, LONG_AGO, date(2026, 7, 31)), (262, AUGUST, None)]


def test_a_team_may_have_several_areas(district: District) -> None:
    area = AreaFactory(street=district.own.street)
    services.pair(team=district.own.team, area=area, from_day=AUGUST, by=district["coordinator"], at=AT)

    assert district.own.team.pairings.open_ended().count() == 2


def test_pairing_is_written_on_the_area_and_on_the_team(district: District) -> None:
    area = AreaFactory()
    services.pair(team=district.own.team, area=area, from_day=AUGUST, by=district["coordinator"], at=AT)

    assert [history_of(thing).get().verb for thing in (area, district.own.team)] == ["pair", "pair"]


def test_the_same_team_is_not_paired_twice(district: District) -> None:
    with pytest.raises(RuleBroken):
        services.pair(
            team=district.own.team, area=district.own.area, from_day=AUGUST, by=district["coordinator"], at=AT
        )


def test_a_first_day_before_the_last_pairing_is_refused(district: District) -> None:
    with pytest.raises(RuleBroken):
        services.pair(
            team=district.foreign.team, area=district.own.area, from_day=LONG_AGO, by=district["coordinator"], at=AT
        )


def test_a_closed_team_gets_no_area(district: District) -> None:
    Team.objects.filter(number=262).update(is_active=False)
    team = Team.objects.get(number=262)
    with pytest.raises(RuleBroken):
        services.pair(team=team, area=AreaFactory(), from_day=AUGUST, by=district["coordinator"], at=AT)


@pytest.mark.parametrize("who", ["official", "auditor", "organ", "administrator", "nobody"])
def test_only_the_office_pairs(district: District, who: str) -> None:
    with pytest.raises(PermissionDenied):
        services.pair(team=district.own.team, area=AreaFactory(), from_day=AUGUST, by=district[who], at=AT)


def test_an_older_version_of_the_area_is_refused(district: District) -> None:
    area, office = district.own.area, district["coordinator"]
    seen = area.version
    services.pair(team=district.foreign.team, area=area, from_day=AUGUST, by=office, at=AT, version=seen)

    with pytest.raises(Conflict):
        services.pair(team=district.own.team, area=area, from_day=date(2026, 9, 1), by=office, at=AT, version=seen)


def test_an_ended_pairing_leaves_the_area_without_a_team_the_next_day(district: District) -> None:
    pairing = district.own.area.pairings.get()
    services.end_pairing(pairing=pairing, last_day=date(2026, 7, 31), by=district["coordinator"], at=AT)

    assert Pairing.objects.on(date(2026, 7, 31)).filter(area=district.own.area).exists()
    assert not Pairing.objects.on(AUGUST).filter(area=district.own.area).exists()


def test_a_pairing_ends_once_and_not_before_it_began(district: District) -> None:
    pairing, office = district.own.area.pairings.get(), district["coordinator"]
    with pytest.raises(RuleBroken):
        services.end_pairing(pairing=pairing, last_day=date(2019, 1, 1), by=office, at=AT)
    services.end_pairing(pairing=pairing, last_day=date(2026, 7, 31), by=office, at=AT)
    with pytest.raises(RuleBroken):
        services.end_pairing(pairing=pairing, last_day=date(2026, 8, 31), by=office, at=AT)


def test_the_secretary_of_the_area_sees_the_new_team_and_no_longer_the_old_one(district: District) -> None:
    services.pair(
        team=district.foreign.team,
        area=district.own.area,
        from_day=date(2020, 2, 1),
        by=district["coordinator"],
        at=AT,
    )

    assert list(Team.objects.visible_to(district.own["secretary"])) == [district.foreign.team]
    assert list(Area.objects.visible_to(district.own["lead"])) == []
