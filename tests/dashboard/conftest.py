"""A quarter with issues in every status on both sides of the district, some of them overdue, and its round."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core.clock import quarter_code, today
from issues.models import Issue, IssueStatus
from teams.models import User
from tests.factories.issues import CategoryFactory, Journey
from tests.factories.visits import OpenRoundFactory, VisitFactory, VisitKindFactory
from tests.people import District
from visits.dayparts import DayPart
from visits.models import Round, Visit, VisitStatus

SignIn = Callable[[User], Client]
NOW = timezone.now()
SUBMITTED = NOW - timedelta(
    days=75
)  # about 50 working days: all but the fourth level, which has 60, are overdue by now


@pytest.fixture
def sign_in() -> SignIn:
    def as_(user: User) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(user, backend="teams.signing_in.NameOrPhoneBackend")
        return client

    return as_


@dataclass
class Busy:
    """The world of these tests; every issue was submitted in `quarter`."""

    district: District
    round: Round
    quarter: str
    issues: list[Issue]

    @property
    def address(self) -> str:
        return f"/dashboards/20{self.quarter.lower()}/"


def visit(round_: Round, side: object, status: str, at: datetime = SUBMITTED) -> Visit:
    placed = status != VisitStatus.UNSCHEDULED
    fields = {"day": today(at), "starts_at": time(14), "part": DayPart.AFTERNOON, "venue": "活动室"} if placed else {}
    done = status in VisitStatus.done
    return VisitFactory(
        round=round_,
        team=side.team,  # type: ignore[attr-defined]
        area=side.area,  # type: ignore[attr-defined]
        status=status,
        residents_count=27 if done else None,
        **fields,
    )


@pytest.fixture
def busy(district: District) -> Busy:
    day = today(SUBMITTED)
    round_ = OpenRoundFactory(
        year=day.year, quarter=(day.month - 1) // 3 + 1, window_start=day, window_end=day + timedelta(days=9)
    )
    VisitKindFactory()
    visit(round_, district.own, VisitStatus.CLOSED)
    visit(round_, district.foreign, VisitStatus.SCHEDULED)
    parking, trees = CategoryFactory(), CategoryFactory(code="trees", name_zh="绿化", name_en="Greenery")
    own, foreign = Journey(district, at=SUBMITTED), Journey(district, "foreign", at=SUBMITTED)
    issues = [own.to(status, category=parking) for status in IssueStatus.values if status != IssueStatus.DRAFT]
    issues += [own.submitted(level, category=trees) for level in (1, 3, 4)]
    issues += [foreign.to(status, category=trees) for status in (IssueStatus.RESOLVED, IssueStatus.IN_PROGRESS)]
    own.draft(category=parking)
    return Busy(district, round_, quarter_code(day), issues)
