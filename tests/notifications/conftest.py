"""Reminders of things in memory, and a channel one can look into."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from core.clock import SHANGHAI
from notifications.channels import channels
from notifications.models import Delivery, ReminderRule
from notifications.planner import plan
from notifications.sources import sources
from tests.factories.teams import UserFactory
from tests.notifications import things

AT = datetime(2026, 10, 8, 9, tzinfo=SHANGHAI)


def forget() -> None:
    sources.cache_clear()
    channels.cache_clear()


@pytest.fixture
def shelf(db: None, settings: Any, tmp_path: Path) -> Iterator[things.Shelf]:
    """Two people, and nothing to remind of yet; the rules of this test look here."""
    settings.VAR_DIR = tmp_path
    settings.REMINDER_SOURCES = ["tests.notifications.things.sources"]
    settings.REMINDER_CHANNELS = ["notifications.channels.in_app.InApp", "tests.notifications.things.Post"]
    settings.WORKING_DAYS = "tests.notifications.things.working_days"
    forget()
    things.shelf.__init__()  # type: ignore[misc]
    first, second = UserFactory.create_batch(2)
    things.shelf.people = {"team": {first.pk}, "office": {second.pk}}
    yield things.shelf
    forget()


@pytest.fixture
def post(shelf: things.Shelf) -> things.Post:
    return channels()["post"]  # type: ignore[return-value]


@pytest.fixture
def pager(shelf: things.Shelf) -> things.Post:
    """A second channel beside the post."""
    second = things.Post()
    second.name = second.label = "pager"  # type: ignore[misc]
    channels()["pager"] = second
    return second


@pytest.fixture
def rule(shelf: things.Shelf) -> Callable[..., ReminderRule]:
    """`rule(step(-7), step(-1))`: a rule about things, in the app and by post."""

    def make(*steps: dict[str, Any], **fields: Any) -> ReminderRule:
        values = {"kind": "visit-coming", "source": "thing", "channels": ["post"], "late_hours": 24, **fields}
        return ReminderRule.objects.create(code=values.pop("code", "thing"), steps=list(steps), **values)

    return make


@pytest.fixture
def due(shelf: things.Shelf, rule: Callable[..., ReminderRule]) -> Callable[..., list[Delivery]]:
    """`due(3)`: three things whose reminder has just been planned for one person; their deliveries by post."""

    def make(n: int = 1, **fields: Any) -> list[Delivery]:
        rule(step(-1), **fields)
        shelf.anchors = {pk: date(2026, 10, 9) for pk in range(1, n + 1)}
        plan(at=AT)
        return list(Delivery.objects.filter(channel="post").order_by("pk"))

    return make


@pytest.fixture
def parcel(shelf: things.Shelf, rule: Callable[..., ReminderRule]) -> Callable[..., None]:
    """`parcel()`: a reminder of another source for the same person, planned together with the things."""

    def make(code: str = "parcel") -> None:
        rule(step(-1), code=code, source="parcel")
        shelf.parcels = {1: date(2026, 10, 9)}

    return make


def the(delivery: Delivery) -> Delivery:
    """As the database has it now."""
    return Delivery.objects.get(pk=delivery.pk)


def step(days: int, at: str = "09:00", audience: tuple[str, ...] = ("team",), **more: Any) -> dict[str, Any]:
    return {"code": more.pop("code", f"T{days:+d}"), "days": days, "at": at, "audience": list(audience), **more}
