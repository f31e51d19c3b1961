"""Dull rows for rounds, visits and the calendar they run in."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from core.clock import SHANGHAI
from tests.factories.teams import LONG_AGO, AreaFactory, TeamFactory, UserFactory
from visits.dayparts import DayPart
from visits.models import (
    BriefingContent,
    BriefingDocument,
    BriefingItem,
    BriefingKind,
    CalendarDay,
    DayKind,
    Doer,
    PreparationStep,
    ResidentKind,
    Round,
    RoundStatus,
    StepKind,
    Visit,
    VisitKind,
    VisitRequest,
    VisitStatus,
)

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


class VisitRequestFactory(DjangoModelFactory):
    """The area's secretary asks."""

    class Meta:
        model = VisitRequest

    area = factory.SubFactory(AreaFactory)
    source = "area"
    topic = "电动自行车充电"
    words = "楼道里充电的越来越多，想请团队来看看。"
    created_at = factory.LazyFunction(timezone.now)


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


class PreparationStepFactory(DjangoModelFactory):
    """Something the secretary ticks three working days before the visit."""

    class Meta:
        model = PreparationStep

    code = "confirmed"
    name_zh = "确认时间和会场"
    name_en = "Confirm time and venue"
    who = Doer.SECRETARY
    days_before = 3
    from_day = LONG_AGO


def steps_of_preparation() -> list[PreparationStep]:
    """One of each kind, in the order in which they are due, and two kinds of residents."""
    for code, name_zh, name_en in (
        ("stair-head", "楼组长", "Building group leaders"),
        ("volunteer", "社区志愿者", "Volunteers"),
    ):
        ResidentKind.objects.get_or_create(code=code, defaults={"name_zh": name_zh, "name_en": name_en})
    return [
        PreparationStepFactory(
            code="street", name_zh="联系街道", name_en="Call the street", who=Doer.LEAD, days_before=7
        ),
        PreparationStepFactory(days_before=6, position=1),
        PreparationStepFactory(
            code="topics", kind=StepKind.TOPICS, name_zh="收集居民想说的问题", name_en="Collect topics", position=2
        ),
        PreparationStepFactory(
            code="guests",
            kind=StepKind.INVITATIONS,
            name_zh="请居民代表参加",
            name_en="Invite residents",
            least=25,
            most=35,
            position=3,
        ),
        PreparationStepFactory(
            code="notice", kind=StepKind.NOTICE, name_zh="张贴走访告示", name_en="Put up the notice", position=4
        ),
    ]


class BriefingItemFactory(DjangoModelFactory):
    class Meta:
        model = BriefingItem

    round = factory.SubFactory(OpenRoundFactory)
    kind = BriefingKind.TALKING_POINT
    text = "加装电梯的补贴标准"
    by = factory.SubFactory(UserFactory)
    at = shanghai(2026, 9, 21)


def briefing_document(round_: Round) -> BriefingDocument:
    row = BriefingDocument.objects.create(
        round=round_,
        title="宣讲提纲",
        name="宣讲提纲.pdf",
        media_type="application/pdf",
        size=9,
        digest="0" * 64,
        by=UserFactory(),
        at=shanghai(2026, 9, 21),
    )
    BriefingContent.objects.create(document=row, data=b"%PDF-1.7\n")
    return row
