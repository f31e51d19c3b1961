"""A frozen day, the small district, and a hand-over that only remembers what it was asked."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from core.events import Happened
from teams.models import Seat, User
from tests.people import District, district

__all__ = ["district"]

AT = datetime(2026, 7, 6, 2, 0, tzinfo=UTC)
TODAY = date(2026, 7, 6)
handed_over: list[dict[str, Any]] = []


def remember(**facts: Any) -> list[Happened]:
    handed_over.append(facts)
    return [Happened(facts["seat"].team, "handed_over", facts["by"], facts["at"])]


@pytest.fixture(autouse=True)
def hand_over(settings: Any) -> list[dict[str, Any]]:
    settings.HANDOVER_PARTS = ["tests.teams.conftest.remember"]
    handed_over.clear()
    return handed_over


@pytest.fixture
def lawyer_seat(district: District) -> Seat:
    """Supplied by the organ of `district["organ"]`, taken by `district.own["lawyer"]`."""
    return district.own.team.seats.get(kind__code="lawyer")


@pytest.fixture
def as_user(db: None) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(user, backend="teams.signing_in.NameOrPhoneBackend")
        return client

    return sign_in
