"""An open round in October 2026 for the small district every test knows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

import pytest
from django.test import Client
from django.utils import timezone

from teams.models import User
from tests.factories.visits import RoundFactory, VisitKindFactory, holidays, shanghai
from tests.people import District
from visits import services
from visits.models import Round, Visit
from visits.services import recording

AT = shanghai(2026, 9, 25)
FRIDAY = date(2026, 10, 9)
AFTER = shanghai(2026, 10, 9, 16)


@dataclass
class Plan:
    """`own` and `foreign` are the visits of the two sides."""

    district: District
    round: Round
    own: Visit
    foreign: Visit

    def schedule(self, visit: Visit, day: date = FRIDAY, hour: time = time(14), **fields: object) -> Visit:
        facts = {"venue": "活动室", "by": self.district["coordinator"], "at": AT} | fields
        return services.schedule_visit(visit=visit, day=day, starts_at=hour, **facts)  # type: ignore[arg-type]

    def announce(self, visit: Visit) -> Visit:
        return services.announce_visit(visit=visit, by=self.district["coordinator"], at=AT)

    def record(self, visit: Visit, at: datetime = AFTER, **fields: object) -> Visit:
        facts = {"residents_count": 28, "came": frozenset(self.seats(visit)[:4])} | fields
        by = facts.pop("by", self.district.own["lead"])
        record = services.Record(**facts)  # type: ignore[arg-type]
        return services.record_visit(visit=visit, record=record, by=by, at=at, backfill=True)  # type: ignore[arg-type]

    def seats(self, visit: Visit) -> list[int]:
        return list(visit.team.seats.order_by("kind__position").values_list("pk", flat=True))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """`clock(moment)`: what pages and the database take for now."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)
        monkeypatch.setattr(recording, "database_now", lambda: moment)

    set_to(AT)
    return set_to


@pytest.fixture
def as_user(clock: Callable[[datetime], None]) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def plan(district: District) -> Plan:
    holidays()
    VisitKindFactory()
    round_ = services.open_round(round=RoundFactory(), by=district["coordinator"], at=AT)
    visits = {visit.team_id: visit for visit in round_.visits.select_related("team", "area__street", "round")}
    return Plan(district, round_, visits[district.own.team.pk], visits[district.foreign.team.pk])
