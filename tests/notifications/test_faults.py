"""Short forms of `make faults`: workers killed, frozen and doubled, and each safeguard missed when it is gone."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings

from faults import scenarios
from faults.sabotage import put_the_keys_back
from faults.sink import Sink
from faults.stand import Stand
from notifications import leases
from notifications.channels import channels
from notifications.database_time import database_now
from notifications.drain import drain
from notifications.models import Delivery, Heartbeat, Restore
from notifications.planner import plan
from notifications.pulse import tick
from notifications.restored import STAMP
from notifications.sources import sources

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@dataclass
class Numbers:
    lost: int
    rows: int
    messages: int


@pytest.fixture
def stand(process_env: dict[str, str], settings: Any, tmp_path: Path) -> Iterator[Stand]:
    """This test's database, a mail server that counts, and other processes that work on both."""
    with Sink() as sink:
        settings.VAR_DIR = tmp_path
        settings.REMINDER_SOURCES = ["faults.sources.sources"]
        settings.REMINDER_CHANNELS = ["notifications.channels.in_app.InApp", "faults.channels.QuickMail"]
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        sources.cache_clear()
        channels.cache_clear()
        own = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(sink.port), "VAR_DIR": str(tmp_path)}
        yield Stand({**process_env, **own, "DJANGO_SETTINGS_MODULE": "faults.settings"}, sink)
        sources.cache_clear()
        channels.cache_clear()


def test_workers_killed_while_they_send_lose_nothing(stand: Stand) -> None:
    line = scenarios.kills(stand, 150, 5, workers=2)
    assert (line.kills, line.lost, line.rows) == (5, 0, 0)
    assert line.messages <= line.kills


def test_marking_before_sending_would_lose(stand: Stand) -> None:
    """The negative twin: the count has to notice."""
    line = scenarios.killed_at_random(stand, 200, 8, broken="send, then mark", name="R9c")
    assert line.lost > 0


def test_two_frozen_workers_wake_up_and_send_nothing(stand: Stand) -> None:
    assert counts(scenarios.frozen(stand, 60, seconds=7)) == Numbers(0, 0, 0)


def test_without_the_re_check_they_would(stand: Stand) -> None:
    line = scenarios.frozen(stand, 60, seconds=7, broken="lease re-check", name="R9b")
    assert line.messages > 0


def test_four_planners_at_once_plan_everything_once(stand: Stand) -> None:
    assert counts(scenarios.two_planners(stand, 200)) == Numbers(0, 0, 0)


def test_thirty_hours_of_silence_end_with_one_message_each(stand: Stand) -> None:
    assert counts(scenarios.downtime(stand, 20)) == Numbers(0, 0, 0)


def test_jumps_of_the_clock_send_nothing_twice(stand: Stand) -> None:
    assert counts(scenarios.jumps(stand, 20)) == Numbers(0, 0, 0)


def test_a_database_from_yesterday_sends_nothing_again(stand: Stand) -> None:
    assert counts(scenarios.restore(stand, 20)) == Numbers(0, 0, 0)


def counts(line: Any) -> Numbers:
    return Numbers(line.lost, line.rows, line.messages)


def test_it_notices_by_itself_that_the_database_is_older_than_the_machine(stand: Stand) -> None:
    """A file beside the database remembers when reminders were sent last."""
    stand.people(3)
    stand.rule()
    tick()
    Heartbeat.objects.filter(name="drain").update(last_ok="2026-01-01T00:00:00Z")
    Delivery.objects.filter(channel="mail").update(state="due", sent_at=None)
    tick()
    assert Restore.objects.count() == 1
    assert set(Delivery.objects.filter(channel="mail").values_list("state", flat=True)) == {"held"}
    assert (site_settings.VAR_DIR / STAMP).exists()


@pytest.mark.skipif(os.environ.get("TEST_DATABASE") != "postgresql", reason="SQLite cannot drop a constraint")
def test_without_the_keys_planners_at_once_would_double(stand: Stand) -> None:
    try:
        line = scenarios.two_planners(stand, 200, keys=False, name="R9a")
        assert line.rows > 0
    finally:
        Delivery.objects.all().delete()
        put_the_keys_back()


def test_everything_goes_on_without_redis(stand: Stand, settings: Any) -> None:
    """Redis only rings the bell: the tick of cron needs none."""
    settings.REDIS_URL = "unix:///nowhere"
    stand.people(3)
    stand.rule()
    tick()
    assert stand.sink.taken == 3


def test_a_mail_server_that_is_away_is_tried_again(stand: Stand, settings: Any) -> None:
    stand.people(2)
    stand.rule()
    plan(at=database_now())
    settings.EMAIL_PORT = 1
    assert drain(only=["mail"]).counts == {"temporary": 2}
    settings.EMAIL_PORT = stand.sink.port
    Delivery.objects.filter(channel="mail").update(next_attempt_at=database_now())
    assert drain(only=["mail"]).counts == {"accepted": 2}


def test_the_lease_outlasts_every_sending() -> None:
    assert all(leases.LEASE.total_seconds() > 2 * channel.seconds for channel in channels().values())
