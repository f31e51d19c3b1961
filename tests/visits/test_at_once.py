"""Several people plan in the same moment: no person and no visit is given away twice."""

from collections.abc import Callable
from datetime import time

import pytest

from core.events import verify
from teams.models import User
from tests.at_once import at_once
from tests.factories.teams import AreaFactory, TeamFactory, pair, seat_person
from tests.factories.visits import RoundFactory, VisitKindFactory, holidays
from tests.people import build_district
from tests.visits.conftest import AT, FRIDAY
from visits import services
from visits.models import Round, Visit, VisitStatus

PEOPLE = 5


def types_of(act: Callable[[int], object]) -> list[type]:
    """What became of PEOPLE calls that start together: the types of their results or refusals."""
    return [type(outcome) for outcome in at_once(PEOPLE, act)]


def open_round() -> tuple[Round, int]:
    holidays()
    VisitKindFactory()
    coordinator = build_district()["coordinator"]
    return services.open_round(round=RoundFactory(), by=coordinator, at=AT), coordinator.pk


@pytest.mark.django_db(transaction=True)
def test_one_lawyer_s_hour_is_given_away_once() -> None:
    round_, coordinator = open_round()
    lawyer = None
    for n in range(PEOPLE):
        team = TeamFactory(number=1000 + n)
        lawyer = seat_person(team, "lawyer", user=lawyer, name="陆一鸣")
        pair(team, AreaFactory())
    services.add_missing_visits(round=round_, by=User.objects.get(pk=coordinator), at=AT)
    codes = list(round_.visits.filter(team__number__gte=1000).values_list("code", flat=True))

    def schedule(n: int) -> Visit:
        visit, by = Visit.objects.get(code=codes[n]), User.objects.get(pk=coordinator)
        return services.schedule_visit(visit=visit, day=FRIDAY, starts_at=time(14), venue=f"{n}室", by=by, at=AT)

    outcomes = types_of(schedule)

    assert sorted(outcome.__name__ for outcome in outcomes) == ["ClashFound"] * (PEOPLE - 1) + ["Visit"]
    assert Visit.objects.filter(status=VisitStatus.SCHEDULED).count() == 1
    assert verify() is None


@pytest.mark.django_db(transaction=True)
def test_one_visit_is_scheduled_once() -> None:
    round_, coordinator = open_round()
    code = round_.visits.values_list("code", flat=True)[0]

    def schedule(n: int) -> Visit:
        visit, by = Visit.objects.get(code=code), User.objects.get(pk=coordinator)
        return services.schedule_visit(visit=visit, day=FRIDAY, starts_at=time(9 + n), by=by, at=AT, version=1)

    outcomes = types_of(schedule)

    assert outcomes.count(Visit) == 1
    assert Visit.objects.get(code=code).version == 2
    assert verify() is None
