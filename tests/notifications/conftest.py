"""Reminders of things in memory, and a channel one can look into."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from notifications.channels import channels
from notifications.models import ReminderRule
from notifications.sources import sources
from tests.factories.teams import UserFactory
from tests.notifications import things


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
def rule(shelf: things.Shelf) -> Callable[..., ReminderRule]:
    """`rule(step(-7), step(-1))`: a rule about things, in the app and by post."""

    def make(*steps: dict[str, Any], **fields: Any) -> ReminderRule:
        values = {"kind": "visit-coming", "source": "thing", "channels": ["post"], "late_hours": 24, **fields}
        return ReminderRule.objects.create(code=values.pop("code", "thing"), steps=list(steps), **values)

    return make


def step(days: int, at: str = "09:00", audience: tuple[str, ...] = ("team",), **more: Any) -> dict[str, Any]:
    return {"code": more.pop("code", f"T{days:+d}"), "days": days, "at": at, "audience": list(audience), **more}
