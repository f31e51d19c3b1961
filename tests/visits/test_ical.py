"""What calendar programs get, read with a parser (vobject) that is not the library that writes it."""

from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Any

import pytest
import vobject
from django.test import Client

from core.sealing import unseal
from tests.factories.visits import placed_visit
from tests.visits.conftest import AT, FRIDAY
from visits import services
from visits.ical import feed_of, file_of_visit
from visits.models import CalendarFeed, Visit, VisitStatus
from visits.services import calendars


def parsed(content: bytes) -> Any:
    return vobject.readOne(content.decode())


def event_of(visit: Visit) -> Any:
    fresh = Visit.objects.select_related("area__street", "team", "round", "kind").get(pk=visit.pk)
    return parsed(file_of_visit(fresh).content).vevent


def events(person: Any, at: datetime = AT) -> list[Any]:
    return parsed(feed_of(person, at).content).contents.get("vevent", [])


@pytest.fixture
def announced(plan):
    return plan.announce(plan.schedule(plan.own))


def test_a_visit_with_everything_a_calendar_needs(plan, announced, settings):
    settings.SITE_URL = "https://visits.example.cn"
    event = event_of(announced)
    assert event.dtstart.value == datetime(2026, 10, 9, 6, tzinfo=UTC)  # 14:00 in Shanghai
    assert event.dtend.value - event.dtstart.value == timedelta(minutes=90)
    assert event.uid.value == "118-2026q4@visits.manyi"
    assert event.summary.value == "走访春申坊"
    assert event.location.value == "活动室，春申街道"
    assert event.url.value == "https://visits.example.cn/visits/118-2026q4/"
    assert event.status.value == "CONFIRMED"
    assert event.organizer.value == "mailto:no-reply@visits.example.cn"
    assert event.dtstamp.value.tzinfo and event.last_modified.value.tzinfo


def test_what_is_not_announced_is_tentative(plan):
    assert event_of(plan.schedule(plan.own)).status.value == "TENTATIVE"


def test_the_round_says_how_long_a_visit_takes(plan, announced):
    services.change_window(
        round=plan.round,
        window_start=plan.round.window_start,
        window_end=plan.round.window_end,
        rules={"visit_minutes": 120},
        note="时间不够",
        by=plan.district["coordinator"],
        at=AT,
    )
    event = event_of(announced)
    assert event.dtend.value - event.dtstart.value == timedelta(minutes=120)


def test_a_move_keeps_the_uid_and_raises_the_sequence(plan, announced):
    before = event_of(announced)
    services.move_visit(
        visit=announced, day=FRIDAY, starts_at=time(9, 30), by=plan.district["coordinator"], at=AT + timedelta(hours=1)
    )
    after = event_of(announced)
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.dtstart.value == datetime(2026, 10, 9, 1, 30, tzinfo=UTC)


def test_every_change_raises_the_sequence(plan):
    """Scheduled, announced, moved, the round's rules, cancelled, taken up again, scheduled again."""
    office, seen = plan.district["coordinator"], []
    visit = plan.schedule(plan.own)
    seen.append(event_of(visit))
    plan.announce(visit)
    seen.append(event_of(visit))
    services.move_visit(visit=visit, day=FRIDAY, starts_at=time(9, 30), by=office, at=AT)
    seen.append(event_of(visit))
    first, last = plan.round.window_start, plan.round.window_end
    services.change_window(
        round=plan.round, window_start=first, window_end=last, rules={"visit_minutes": 100}, note="x", by=office, at=AT
    )
    seen.append(event_of(visit))
    services.cancel_visit(visit=visit, note="下雨", by=office, at=AT)
    seen.append(event_of(visit))
    services.reinstate_visit(visit=visit, by=office, at=AT)
    plan.schedule(Visit.objects.get(pk=visit.pk))
    seen.append(event_of(visit))
    numbers = [int(event.sequence.value) for event in seen]
    assert all(one < two for one, two in pairwise(numbers)), numbers
    assert len({event.uid.value for event in seen}) == 1


def test_a_cancelled_visit_takes_itself_out_of_the_calendar(plan, announced):
    cancelled = services.cancel_visit(visit=announced, note="下雨", by=plan.district["coordinator"], at=AT)
    found = parsed(file_of_visit(cancelled).content)
    assert (found.method.value, found.vevent.status.value) == ("CANCEL", "CANCELLED")
    assert found.vevent.summary.value == "已取消：走访春申坊"


def test_the_feed_says_that_a_visit_was_cancelled(plan, announced):
    services.cancel_visit(visit=announced, note="下雨", by=plan.district["coordinator"], at=AT)
    (event,) = events(plan.district.own["lawyer"])
    assert event.status.value == "CANCELLED"
    assert parsed(feed_of(plan.district.own["lawyer"], AT).content).method.value == "PUBLISH"


@pytest.mark.parametrize("who", ["lead", "lawyer", "secretary"])
def test_the_feed_holds_ones_own_visits(plan, announced, who):
    plan.schedule(plan.foreign)
    assert [event.uid.value for event in events(plan.district.own[who])] == ["118-2026q4@visits.manyi"]


def test_whoever_leaves_the_seat_before_the_visit_no_longer_has_it(plan, announced):
    lawyer = plan.district.own["lawyer"]
    lawyer.memberships.update(until_day=FRIDAY - timedelta(days=1))
    assert events(lawyer) == []


def test_a_visit_taken_up_again_waits_for_its_new_day(plan, announced):
    services.cancel_visit(visit=announced, note="下雨", by=plan.district["coordinator"], at=AT)
    services.reinstate_visit(visit=announced, by=plan.district["coordinator"], at=AT)
    assert events(plan.district.own["lead"]) == []


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2027, 1, 1)])
def test_the_turn_of_the_year_is_shanghais(plan, day):
    visit = placed_visit(day=day, starts_at=time(0, 30), team=plan.own.team, round=None, code="night")
    assert event_of(visit).dtstart.value == datetime.combine(day, time(0, 30), UTC) - timedelta(hours=8)


def test_long_chinese_lines_are_folded_and_come_back_whole(plan):
    venue = "春申坊居民区党群服务中心二楼多功能活动室,东门;上楼右转" * 2
    visit = placed_visit(venue=venue[:60], team=plan.own.team, round=None, code="long")
    content = file_of_visit(visit).content
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert all(not line.endswith(b"\r") for line in content.split(b"\r\n"))
    assert event_of(visit).location.value.startswith(venue[:60])


def test_nothing_of_the_record_or_of_residents_is_in_it(plan, announced):
    Visit.objects.filter(pk=announced.pk).update(summary="王阿姨说楼道堆物", residents_count=487)
    content = feed_of(plan.district.own["lead"], AT).content.decode()
    described = [line for line in content.splitlines() if line.startswith(("SUMMARY", "DESCRIPTION", "LOCATION"))]
    assert "王阿姨" not in content and "487" not in "".join(described)


def test_the_feed_costs_the_same_for_many_visits(plan, announced, django_assert_num_queries):
    lead = plan.district.own["lead"]
    with django_assert_num_queries(4):
        feed_of(lead, AT)
    for n in range(20):
        placed_visit(day=FRIDAY + timedelta(days=n), team=plan.own.team, round=None, code=f"more-{n}")
    with django_assert_num_queries(4):
        assert feed_of(lead, AT).content.count(b"BEGIN:VEVENT") == 21


# -- Addresses -----------------------------------------------------------------------------------


@pytest.fixture
def feed(plan, announced):
    lead = plan.district.own["lead"]
    return f"/calendar/{unseal(calendars.make_feed(user=lead, at=AT).secret_sealed)}.ics"


def test_a_calendar_program_needs_nothing_but_the_address(feed, clock):
    answer = Client().get(feed)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert parsed(answer.content).vevent.summary.value == "走访春申坊"
    assert "private" in answer["Cache-Control"]
    assert parsed(Client().get(f"{feed}?lang=en").content).vevent.summary.value == "Visit to 春申坊"


def test_what_has_not_changed_is_not_sent_again(plan, feed, clock):
    first = Client().get(feed)
    assert Client().get(feed, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert Client().get(feed, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    assert parsedate_to_datetime(first["Last-Modified"]).tzinfo
    services.move_visit(visit=plan.own, day=FRIDAY, starts_at=time(9, 30), by=plan.district["coordinator"], at=AT)
    again = Client().get(feed, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200 and again["ETag"] != first["ETag"]


def test_the_secret_is_kept_sealed_and_hashed_only(feed):
    secret = feed.removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) >= 32
    assert secret not in str(list(CalendarFeed.objects.values()))


def test_a_new_address_makes_the_old_one_void(plan, feed, clock):
    calendars.make_feed(user=plan.district.own["lead"], at=AT)
    assert Client().get(feed).status_code == 404


def test_a_feed_that_is_switched_off_leads_nowhere(plan, feed, clock):
    calendars.switch_feed_off(user=plan.district.own["lead"], at=AT)
    assert Client().get(feed).status_code == 404


def test_the_feed_of_a_closed_account_leads_nowhere(plan, feed, clock):
    lead = plan.district.own["lead"]
    lead.is_active = False
    lead.save()
    assert Client().get(feed).status_code == 404


def test_guessing_comes_to_an_end(feed, clock):
    client = Client()
    statuses = {client.get(f"/calendar/{'x' * 30}{n}.ics").status_code for n in range(30)}
    assert statuses == {404}
    assert client.get("/calendar/wrong.ics").status_code == 429
    assert client.get(feed).status_code == 200


def test_reading_a_feed_all_the_time_comes_to_an_end(feed, clock):
    statuses = [Client().get(feed).status_code for _n in range(61)]
    assert statuses == [200] * 60 + [429]


def test_the_page_shows_the_address_again_and_makes_a_new_one(plan, as_user):
    client = as_user(plan.district.own["lead"])
    assert "data-copy" not in client.get("/me/calendar/").content.decode()
    client.post("/me/calendar/feed/")
    first = client.get("/me/calendar/").context["address"]
    assert client.get("/me/calendar/").context["address"] == first
    assert client.get("/me/calendar/", headers={"HX-Request": "true"}).content.decode().count(first) == 2
    client.post("/me/calendar/feed/")
    assert client.get("/me/calendar/").context["address"] != first
    client.post("/me/calendar/feed/off/")
    assert client.get("/me/calendar/").context["address"] == ""


def test_the_address_leads_to_this_site_whatever_host_was_asked(plan, as_user, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://visits.example.cn", ["*"]
    client = as_user(plan.district.own["lead"])
    client.post("/me/calendar/feed/")
    shown = client.get("/me/calendar/", headers={"host": "elsewhere.example"}).context
    assert shown["address"].startswith("https://visits.example.cn/calendar/")
    assert shown["webcal"].startswith("webcal://visits.example.cn/calendar/")


def test_a_visit_is_downloaded_by_whoever_may_see_it(plan, announced, as_user):
    answer = as_user(plan.district.own["lawyer"]).get("/visits/118-2026q4/calendar.ics")
    assert answer["Content-Disposition"] == 'attachment; filename="118-2026q4.ics"'
    assert parsed(answer.content).vevent.uid.value == "118-2026q4@visits.manyi"
    assert as_user(plan.district.foreign["lawyer"]).get("/visits/118-2026q4/calendar.ics").status_code == 404


def test_a_visit_without_a_day_is_no_file(plan, as_user):
    assert plan.own.status == VisitStatus.UNSCHEDULED
    assert as_user(plan.district.own["lawyer"]).get("/visits/118-2026q4/calendar.ics").status_code == 404
