"""/healthz: well, degraded when what runs by itself falls silent, and never a word nobody outside should read."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from notifications.beats import EVERY_MINUTE
from notifications.models import Heartbeat
from pages.health import examine

AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)


@pytest.fixture
def running(db: None) -> None:
    for name in EVERY_MINUTE:
        Heartbeat.objects.create(name=name, last_started=AT, last_ok=AT, note="3 sent to 13900001234")


def test_everything_that_runs_is_well(running: None) -> None:
    health = examine(AT + timedelta(seconds=30))
    assert (health.status, health.seconds_ago) == ("ok", dict.fromkeys(EVERY_MINUTE, 30))


@pytest.mark.parametrize("name", EVERY_MINUTE)
def test_one_that_falls_silent_degrades_it(running: None, name: str) -> None:
    Heartbeat.objects.exclude(name=name).update(last_ok=AT + timedelta(minutes=5))
    health = examine(AT + timedelta(minutes=5))
    assert (health.status, health.parts[name]) == ("degraded", "silent since 2026-10-08T02:00Z")
    assert health.ok


def test_what_has_never_run_is_said(db: None) -> None:
    health = examine(AT)
    assert (health.status, health.parts["drain"]) == ("degraded", "not started yet")


def test_the_page_asks_two_things_and_says_nothing_of_the_work(
    running: None, client: Client, django_assert_num_queries: object
) -> None:
    Heartbeat.objects.update(last_ok=timezone.now())
    with django_assert_num_queries(2):  # type: ignore[operator]
        answer = client.get("/healthz")
    assert answer.json()["status"] == "ok"
    assert "13900001234" not in answer.content.decode()
