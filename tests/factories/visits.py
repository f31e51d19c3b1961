"""Dull rows for rounds, visits and the calendar they run in."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

import factory
from factory.django import DjangoModelFactory

from core.clock import SHANGHAI
from tests.factories.teams import AreaFactory, TeamFactory
from visits.dayparts import DayPart
from visits.models import CalendarDay, DayKind, Round, RoundStatus, Visit, VisitKind, VisitStatus

# China's calendar around October 2026: the holiday week, and two weekend days that are worked for it.
OCTOBER_2026_OFF = [date(2026, 10, day) for day in range(1, 8)]
OCTOBER_2026_WORKED = [date(2026, 9, 20), date(2026, 10, 10)]


def shanghai(year: int, month: int, day: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """A moment on Shanghai's clock, stored as the database does."""
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI).astimezone(UTC)


def holidays(off: Iterable[date] = OCTOBER_2026_OFF, worked: Iterable[date] = OCTOBER_2026_WORKED) -> None:
    CalendarDay.objects.bulk_create(
        [CalendarDay(day=day, kind=DayKind.OFF) for day in off]
        + [CalendarDay(day=day, kind=DayKind.WORK) for day in worked]
    )


class VisitKindFactory(DjangoModelFactory):
    class Meta:
        model = VisitKind
        django_get_or_create = ["code"]

    code = "concentrated"
    name_zh = "集中走访"
    name_en = "Concentrated visit"
    in_round = True


class RoundFactory(DjangoModelFactory):
    """October 2026, still being prepared."""

    class Meta:
        model = Round
        django_get_or_create = ["code"]

    code = factory.LazyAttribute(lambda round_: f"{round_.year}q{round_.quarter}")
    year = 2026
    quarter = 4
    window_start = date(2026, 10, 1)
    window_end = date(2026, 10, 10)
    status = RoundStatus.DRAFT


class OpenRoundFactory(RoundFactory):
    status = RoundStatus.OPEN


class VisitFactory(DjangoModelFactory):
    """A visit of an open round that has no day yet."""

    class Meta:
        model = Visit

    round = factory.SubFactory(OpenRoundFactory)
    kind = factory.SubFactory(VisitKindFactory)
    team = factory.SubFactory(TeamFactory)
    area = factory.SubFactory(AreaFactory)
    code = factory.LazyAttribute(lambda visit: f"{visit.team.number}-{visit.round.code}")


def placed_visit(
    day: date = date(2026, 10, 9), starts_at: time = time(14), status: str = VisitStatus.SCHEDULED, **fields: Any
) -> Visit:
    """A visit with a day and an hour, without going through the services."""
    fields.setdefault("venue", "活动室")
    return VisitFactory(day=day, starts_at=starts_at, part=DayPart.of(starts_at), status=status, **fields)
