"""Short forms of `make faults`: workers killed, frozen and doubled, and each safeguard missed when it is gone."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.utils import timezone

from faults import hours, restores, scenarios
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
from notifications.restored import STAMP, leave_stamp
from notifications.sources import sources
from tools.redis import RedisServer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
POSTGRESQL = os.environ.get("TEST_DATABASE") == "postgresql"
on_postgresql = pytest.mark.skipif(
    not POSTGRESQL, reason="on SQLite only the claim differs: kills and test_drain show it"
)


class MachineZone(tzinfo):
    """The zone of the machine, which the rules must not ask for."""

    def _zone(self) -> tzinfo:
        return timezone.get_default_timezone()

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return moment and moment.replace(tzinfo=self._zone()).utcoffset()

    def dst(self, moment: datetime | None) -> timedelta | None:
        return moment and moment.replace(tzinfo=self._zone()).dst()

    def tzname(self, moment: datetime | None) -> str | None:
        return None


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
    line = scenarios.kills(stand, 150, 5, workers=2, thinks=0.02, pause=0.05)
    assert (line.kills, line.lost, line.rows) == (5, 0, 0)
    assert line.messages <= line.kills


@on_postgresql
def test_marking_before_sending_would_lose(stand: Stand) -> None:
    """The negative twin: the count has to notice."""
    line = scenarios.marked_too_early(stand, 30)
    assert (line.kills, line.lost) == (1, 1)


@on_postgresql
def test_two_frozen_workers_wake_up_and_send_nothing(stand: Stand) -> None:
    line = scenarios.frozen(stand, 60)
    assert (line.kills, counts(line)) == (2, Numbers(0, 0, 0))


@on_postgresql
def test_without_the_re_check_they_would(stand: Stand) -> None:
    line = scenarios.frozen(stand, 60, broken="lease re-check", name="R9b")
    assert (line.kills, line.lost) == (2, 0)
    assert line.messages > 0


@on_postgresql
def test_four_planners_at_once_plan_everything_once(stand: Stand) -> None:
    assert counts(scenarios.four_planners(stand, 40)) == Numbers(0, 0, 0)


def test_thirty_hours_of_silence_end_with_one_message_each(stand: Stand) -> None:
    assert counts(hours.downtime(stand, 20)) == Numbers(0, 0, 0)


@on_postgresql
def test_workers_that_were_stopped_for_thirty_hours_send_one_message_each(stand: Stand) -> None:
    assert counts(hours.downtime_of_workers(stand, 20)) == Numbers(0, 0, 0)


@on_postgresql
def test_workers_whose_clock_jumps_by_a_day_lose_nothing(stand: Stand) -> None:
    line = hours.jumps_under_workers(stand, 40, seconds=0.5)
    assert (line.kills, line.lost, line.rows) == (3, 0, 0)
    assert line.messages <= line.kills


def test_summer_time_elsewhere_changes_no_reminder(stand: Stand) -> None:
    stand.people(2)
    stand.rule()
    assert hours.different_in("Europe/London") == 0


def test_dates_counted_in_another_zone_would_differ(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative twin: with the machine's own zone in the rules the comparison notices."""
    stand.people(2)
    stand.rule()
    monkeypatch.setattr("notifications.rules.SHANGHAI", MachineZone())
    assert hours.different_in("Europe/London") > 0


def test_jumps_of_the_clock_send_nothing_twice(stand: Stand) -> None:
    assert counts(hours.jumps(stand, 20)) == Numbers(0, 0, 0)


def test_a_database_from_yesterday_sends_nothing_again(stand: Stand) -> None:
    assert counts(restores.restore(stand, 20)) == Numbers(0, 0, 0)


@on_postgresql
def test_a_dump_of_yesterday_sends_nothing_until_somebody_has_looked(stand: Stand) -> None:
    assert counts(restores.restore_of_a_dump(stand, 30)) == Numbers(0, 0, 0)


@on_postgresql
def test_schedulers_workers_and_cron_send_everything_once_and_lose_nothing_when_redis_breaks(stand: Stand) -> None:
    """Two of each, and in the end their Redis is emptied, killed, asleep and silent. Celery takes long to begin."""
    with RedisServer(debug=True) as redis:
        stand.env["REDIS_URL"] = redis.url
        with scenarios.ringing(stand, workers=2, schedulers=2, cron=4) as bells:
            assert counts(scenarios.many_bells(stand, 40, seconds=3)) == Numbers(0, 0, 0)
            line = scenarios.redis_breaks(stand, 40, bells, redis, each=1, pause=1, seconds=6)
    assert (line.kills, line.lost, line.rows) == (4, 0, 0)
    assert line.messages <= line.kills


def counts(line: Any) -> Numbers:
    return Numbers(line.lost, line.rows, line.messages)


@pytest.fixture
def yesterdays(stand: Stand) -> None:
    """The database has forgotten that it sent these."""
    stand.people(3)
    stand.rule()
    tick()
    Heartbeat.objects.filter(name="drain").update(last_ok="2026-01-01T00:00:00Z")
    Delivery.objects.filter(channel="mail").update(state="due", sent_at=None)


def test_it_notices_by_itself_that_the_database_is_older_than_the_machine(stand: Stand, yesterdays: None) -> None:
    """A file beside the database remembers when reminders were sent last."""
    tick()
    assert Restore.objects.count() == 1
    assert set(Delivery.objects.filter(channel="mail").values_list("state", flat=True)) == {"held"}
    assert (stand.sink.doubles, (site_settings.VAR_DIR / STAMP).exists()) == (0, True)


def test_without_the_stamp_beside_the_database_it_would_not(stand: Stand, yesterdays: None) -> None:
    """The negative twin: on another machine, that remembers nothing, the copy sends what was sent."""
    (site_settings.VAR_DIR / STAMP).unlink()
    tick()
    assert (Restore.objects.count(), stand.sink.doubles) == (0, 3)


def test_a_clock_that_was_put_back_is_not_taken_for_a_backup(stand: Stand) -> None:
    """Two workers share the file: one has noted yesterday's moment in the database, the other not yet in the file."""
    leave_stamp(database_now() + timedelta(days=1))
    Heartbeat.objects.create(name="drain", last_started=database_now(), last_ok=database_now())
    tick()
    assert not Restore.objects.exists()


@pytest.mark.skipif(not POSTGRESQL, reason="SQLite cannot drop a constraint")
def test_without_the_keys_planners_at_once_would_double(stand: Stand) -> None:
    try:
        line = scenarios.four_planners(stand, 40, keys=False)
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
    Delivery.objects.filter(channel="mail").update(next_attempt_at=database_now() - timedelta(seconds=1))
    assert drain(only=["mail"]).counts == {"accepted": 2}


def test_the_lease_outlasts_every_sending() -> None:
    assert all(leases.LEASE.total_seconds() > 2 * channel.seconds for channel in channels().values())
