"""Subscribing to one's own calendar: what is kept of it, what becomes of failures, who sees its address."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from config.celery import app
from core.events import history_of
from core.models import Event
from core.refusals import RuleBroken
from core.sealing import unseal
from notifications.models import Message
from tests.visits.conftest import AT, FRIDAY
from tests.visits.outside.conftest import answers
from tests.visits.outside.test_expand import calendar as ics
from tests.visits.outside.test_expand import event
from visits.busy import HalfDay
from visits.models import BusyTime, CalendarHost, OutsideCalendar
from visits.outside import reading
from visits.outside.reading import read_calendar
from visits.outside.trouble import Trouble
from visits.services import add_busy_times, calendars
from visits.services.calendar_hosts import allow_host, forbid_host

MORNING = event(":20261009T010000Z", ":20261009T020000Z", "CLASS:PRIVATE")
EVENING = event(":20261010T110000Z", ":20261010T120000Z")
LATER = AT + timedelta(hours=1)


@pytest.fixture
def lead(district):
    return district.own["lead"]


@pytest.fixture
def subscribed(server, lead):
    return calendars.subscribe(user=lead, url=server.url("/secret-token.ics"), at=AT)


def halves(lead):
    return {(row.day, row.part) for row in lead.busy_times.all()}


def test_the_half_days_of_a_calendar_are_kept_and_nothing_else(server, lead, subscribed):
    server.act = answers(ics(MORNING, EVENING))
    assert read_calendar(subscribed, at=AT, door=server.door) is None
    assert halves(lead) == {(FRIDAY, "morning"), (FRIDAY + timedelta(days=1), "evening")}
    assert set(lead.busy_times.values_list("reason", flat=True)) == {""}
    everything = str([list(model.objects.values()) for model in (BusyTime, OutsideCalendar, Event)])
    assert "秘密会议" not in everything and "secret-token" not in everything


def test_reading_again_follows_the_calendar_and_says_nothing_when_nothing_changed(server, lead, subscribed):
    server.act = answers(ics(MORNING))
    read_calendar(subscribed, at=AT, door=server.door)
    read_calendar(subscribed, at=LATER, door=server.door)
    assert [item.verb for item in history_of(subscribed)] == ["read_calendar", "subscribe"]
    server.act = answers(ics(EVENING))
    read_calendar(subscribed, at=LATER, door=server.door)
    assert halves(lead) == {(FRIDAY + timedelta(days=1), "evening")}
    assert history_of(subscribed).first().payload == {"added": 1, "removed": 1}


def test_a_failure_keeps_what_was_read_and_says_why(server, lead, subscribed):
    server.act = answers(ics(MORNING))
    read_calendar(subscribed, at=AT, door=server.door)
    server.act = answers(b"", 404)
    read_calendar(subscribed, at=LATER, door=server.door)
    subscribed.refresh_from_db()
    assert (subscribed.trouble, subscribed.succeeded_at, subscribed.tried_at) == ("status", AT, LATER)
    assert "已经停止共享" in subscribed.trouble_words or "no longer shared" in subscribed.trouble_words
    assert halves(lead) == {(FRIDAY, "morning")}


def test_what_somebody_entered_stays_theirs(server, lead, subscribed):
    add_busy_times(person=lead, halves=[HalfDay(FRIDAY, "morning")], reason="体检", by=lead, at=AT)
    server.act = answers(ics(MORNING))
    read_calendar(subscribed, at=AT, door=server.door)
    calendars.unsubscribe(user=lead, at=LATER)
    assert lead.busy_times.get().reason == "体检"


def test_unsubscribing_removes_what_was_read(server, lead, subscribed):
    server.act = answers(ics(MORNING))
    read_calendar(subscribed, at=AT, door=server.door)
    calendars.unsubscribe(user=lead, at=LATER)
    assert not lead.busy_times.exists() and not OutsideCalendar.objects.exists()


def test_what_comes_back_after_the_subscription_has_gone_is_forgotten(server, lead, subscribed):
    server.act = answers(ics(MORNING))
    calendars.unsubscribe(user=lead, at=AT)
    read_calendar(subscribed, at=AT, door=server.door)
    assert not lead.busy_times.exists()


def test_a_server_taken_off_the_list_is_not_asked_again(server, lead, subscribed, settings):
    settings.CALENDAR_HOSTS = []
    assert read_calendar(subscribed, at=AT, door=server.door) == "host"
    assert server.asked == []


def test_a_calendar_on_a_server_the_administrator_allows_is_read_until_it_is_not(server, lead, district, monkeypatch):
    administrator, url = district["administrator"], "https://cal.example.org/a.ics"
    with pytest.raises(RuleBroken):
        calendars.subscribe(user=lead, url=url, at=AT)
    host = allow_host(name=url, by=administrator, at=AT)
    subscribed = calendars.subscribe(user=lead, url=url, at=AT)
    door = replace(server.door, seconds=0.2, look_up=lambda host, port: [])
    assert read_calendar(subscribed, at=AT, door=door) == "unreachable"
    forbid_host(host=host, by=administrator, at=AT)
    assert read_calendar(subscribed, at=AT, door=door) == "host"
    allow_host(name="cal.example.org", by=administrator, at=LATER)
    assert [event.verb for event in history_of(host)] == ["allow", "forbid", "allow"]


@pytest.mark.parametrize("name", ["localhost", "10.0.0.1", "cal.example.org", "calendar.example.cn"])
def test_what_is_no_server_or_allowed_already_is_refused(district, settings, name):
    settings.CALENDAR_HOSTS = ["calendar.example.cn"]
    CalendarHost.objects.create(name="cal.example.org")
    with pytest.raises(RuleBroken):
        allow_host(name=name, by=district["administrator"], at=AT)
    with pytest.raises(PermissionDenied):
        allow_host(name="other.example.org", by=district["coordinator"], at=AT)


def test_the_third_failure_in_a_row_is_told_once(server, lead, subscribed):
    server.act = answers(b"", 404)
    for day in range(5):
        read_calendar(subscribed, at=AT + timedelta(days=day), door=server.door)
        assert Message.objects.count() == (day >= 2)
    subscribed.refresh_from_db()
    assert (subscribed.failures, subscribed.failing_since) == (5, AT)
    message = Message.objects.get()
    assert (message.recipient, message.kind) == (lead, "calendar-not-read")
    assert message.facts == {"host": "localhost", "since": AT.date().isoformat()}


def test_a_success_ends_the_row_of_failures(server, lead, subscribed):
    for n, body in enumerate((b"", b"", ics(MORNING), b"", b"")):
        server.act = answers(body)
        read_calendar(subscribed, at=AT + timedelta(days=n), door=server.door)
    subscribed.refresh_from_db()
    assert (subscribed.failures, subscribed.failing_since) == (2, AT + timedelta(days=3))
    assert not Message.objects.exists()


def test_the_owner_reads_since_when_why_and_what_to_do(server, lead, as_user, subscribed):
    server.act = answers(b"no calendar")
    read_calendar(subscribed, at=AT, door=server.door)
    page = as_user(lead).get("/me/calendar/").content.decode()
    assert subscribed.__class__.objects.get().advice in page
    assert 'name="url"' in page  # another address can be entered
    assert "/me/calendar/" in as_user(lead).get(f"/people/{lead.pk}/availability/").content.decode()


@pytest.mark.parametrize("trouble", [trouble for trouble in Trouble if trouble != Trouble.KEY])
def test_every_trouble_says_what_to_do(trouble):
    assert str(trouble.advice)


def test_a_lost_key_asks_for_the_address_again(server, subscribed, settings):
    settings.VAULT_KEYS = ["dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Y="]
    assert read_calendar(subscribed, at=AT, door=server.door) == "key"


def test_a_host_that_is_not_allowed_is_refused_with_its_sentence(lead, server):
    with pytest.raises(RuleBroken) as refused:
        calendars.subscribe(user=lead, url="https://evil.example.cn/a.ics", at=AT)
    assert refused.value.sentence == "办公室没有允许读取这个服务器的日历。" or "allow" in str(refused.value.sentence)
    assert not OutsideCalendar.objects.exists()


def test_past_days_stay_as_they_were(server, lead, subscribed):
    BusyTime.objects.create(user=lead, day=date(2026, 9, 1), part="morning", calendar=subscribed)
    server.act = answers(ics())
    read_calendar(subscribed, at=AT, door=server.door)
    assert halves(lead) == {(date(2026, 9, 1), "morning")}


def test_the_night_reads_every_calendar_of_those_who_still_work_here(server, lead, subscribed, district, monkeypatch):
    other = district.foreign["lead"]
    calendars.subscribe(user=other, url=server.url(), at=AT)
    other.is_active = False
    other.save()
    asked = []
    monkeypatch.setattr(reading.read_one, "delay", asked.append)
    assert reading.read_all(AT) == "1 calendars to read"
    assert asked == [subscribed.pk]


def test_a_worker_knows_the_task():
    app.loader.import_default_modules()
    assert "visits.outside.reading.read_one" in app.tasks


# -- The page --------------------------------------------------------------------------------------


@pytest.fixture
def eager(server, monkeypatch):
    """No worker: what is asked for is done at once, through the test's door."""
    monkeypatch.setattr(reading, "DOOR", server.door)
    monkeypatch.setattr(reading.read_one, "delay", reading.read_one.run)


def test_subscribing_on_the_page_reads_at_once_and_hides_the_address(
    server, lead, as_user, eager, django_capture_on_commit_callbacks
):
    server.act = answers(ics(MORNING))
    client = as_user(lead)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/me/calendar/subscribe/", {"url": server.url("/secret-token.ics")})
    assert answer.status_code == 302
    page = client.get("/me/calendar/").content.decode()
    assert "https://localhost/••••" in page and "secret-token" not in page
    assert "9月25日" in page
    assert halves(lead) == {(FRIDAY, "morning")}
    assert unseal(lead.outside_calendar.url_sealed).endswith("/secret-token.ics")


def test_a_refused_address_is_shown_with_its_sentence(server, lead, as_user):
    answer = as_user(lead).post("/me/calendar/subscribe/", {"url": "https://127.0.0.1/a.ics"})
    assert answer.status_code == 422
    assert "办公室没有允许读取这个服务器的日历。" in answer.content.decode()


def test_the_page_waits_while_the_calendar_is_read_and_then_says_what_came(server, lead, as_user, subscribed):
    client = as_user(lead)
    assert "正在读取日历" in client.get("/me/calendar/state/").content.decode()
    server.act = answers(b"x" * 1_000_001)
    read_calendar(subscribed, at=AT, door=server.door)
    state = client.get("/me/calendar/state/").content.decode()
    assert "日历超过1MB。" in state and "hx-get" not in state


def test_a_reading_that_got_lost_may_be_asked_for_again(lead, subscribed):
    assert calendars.ask_for_reading(user=lead, at=AT + timedelta(minutes=1)) is None
    assert calendars.ask_for_reading(user=lead, at=AT + timedelta(minutes=3)) is not None


def test_colleagues_see_half_days_of_a_calendar_as_busy(server, lead, as_user, subscribed, district):
    server.act = answers(ics(MORNING))
    read_calendar(subscribed, at=AT, door=server.door)
    page = as_user(district.own["lawyer"]).get(f"/people/{lead.pk}/availability/").content.decode()
    assert "没空" in page
