"""One's own side: what may be muted by kind and channel, quiet hours, and one's own lines of the ledger."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.clock import today
from core.events import history_of
from notifications.forecast import Coming, coming_to
from notifications.models import Delivery, Preference, ReminderRule
from notifications.planner import plan
from notifications.wishes import keep_wishes, rule_wishes
from teams.models import User
from tests.notifications.conftest import step
from tests.notifications.things import Post, Shelf

AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
Make = Callable[..., ReminderRule]


@pytest.fixture
def reader(shelf: Shelf) -> User:
    return User.objects.get(pk__in=shelf.people["team"])


@pytest.fixture
def client(reader: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(reader, backend="teams.signing_in.NameOrPhoneBackend")
    return client


def keep(reader: User, silent: set[tuple[str, str]], **values: Any) -> Preference:
    free, _fixed = rule_wishes(reader)
    hours = {"language": "", "quiet_from": None, "quiet_until": None}
    return keep_wishes(by=reader, at=AT, shown=free, silent=silent, **hours | values)


def planned_ways(at: datetime = AT) -> set[str]:
    plan(at=at)
    return set(Delivery.objects.values_list("channel", flat=True))


def test_one_channel_of_a_rule_is_muted_and_the_other_stays(
    shelf: Shelf, rule: Make, reader: User, pager: Post
) -> None:
    shelf.anchors = {1: today(AT)}
    rule(step(0), channels=["post", "pager"])
    wishes = keep(reader, {("thing", "post")})
    assert wishes.muted == ["thing/post"]
    assert planned_ways() == {"in_app", "pager"}


def test_a_rule_muted_on_every_channel_is_muted_as_a_whole(shelf: Shelf, rule: Make, reader: User, pager: Post) -> None:
    shelf.anchors = {1: today(AT)}
    rule(step(0), channels=["post", "pager"])
    assert keep(reader, {("thing", "post"), ("thing", "pager")}).muted == ["thing"]
    assert planned_ways() == {"in_app"}


def test_a_group_hears_whatever_one_of_its_people_has_muted(
    shelf: Shelf, rule: Make, reader: User, pager: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The group's robot says it to everybody in the group; muting is for what reaches oneself alone."""
    monkeypatch.setattr(pager, "is_shared", True, raising=False)
    shelf.anchors = {1: today(AT)}
    rule(step(0), channels=["post", "pager"])
    assert keep(reader, {("thing", "post")}).muted == ["thing"]
    assert planned_ways() == {"in_app", "pager"}
    shelf.anchors = {1: date(2026, 10, 16)}
    assert [line.channels for line in coming_to(reader, AT)] == [["站内消息", "pager"]]


def test_what_is_mandatory_comes_whatever_was_asked(shelf: Shelf, rule: Make, reader: User) -> None:
    shelf.anchors = {1: today(AT)}
    made = rule(step(0), mandatory=True)
    free, fixed = rule_wishes(reader)
    assert (free, [wish.rule for wish in fixed]) == ([], [made])
    hours = {"language": "", "quiet_from": None, "quiet_until": None}
    kept = keep_wishes(by=reader, at=AT, shown=fixed, silent={("thing", "post")}, **hours)  # type: ignore[arg-type]
    assert kept.muted == []
    Preference.objects.update(muted=["thing", "thing/post"])
    assert planned_ways() == {"in_app", "post"}


def test_what_was_muted_of_a_rule_that_is_off_stays_muted(shelf: Shelf, rule: Make, reader: User) -> None:
    rule(step(0))
    Preference.objects.create(user=reader, muted=["other", "thing"])
    assert keep(reader, set()).muted == ["other"]
    assert keep(reader, {("thing", "post")}).muted == ["other", "thing"]


def test_each_choice_is_an_event_of_ones_own(shelf: Shelf, rule: Make, reader: User) -> None:
    rule(step(0))
    wishes = keep(reader, {("thing", "post")}, language="en", quiet_from=time(20), quiet_until=time(7))
    event = history_of(wishes).get()
    assert (event.verb, event.actor_id, event.payload["muted"]) == ("change", reader.pk, ["thing"])


def test_own_quiet_hours_hold_for_what_is_planned(shelf: Shelf, rule: Make, reader: User) -> None:
    shelf.anchors = {1: today(AT)}
    rule(step(0))
    keep(reader, set(), quiet_from=time(9), quiet_until=time(12))
    plan(at=AT)
    assert Delivery.objects.get(channel="post").next_attempt_at == datetime(2026, 10, 8, 4, 0, tzinfo=UTC)


def test_the_page_keeps_what_is_chosen(shelf: Shelf, rule: Make, reader: User, client: Client) -> None:
    rule(step(0))
    assert b'name="gets-thing-post"' in client.get("/reminders/preferences/").content
    client.post("/reminders/preferences/", {"language": "en", "quiet_from": "20:00", "quiet_until": "07:00"})
    wish = Preference.objects.get(user=reader)
    assert (wish.muted, wish.language, wish.quiet_from) == (["thing"], "en", time(20))
    client.post("/reminders/preferences/", {"gets-thing-post": "on"})
    wish.refresh_from_db()
    assert (wish.muted, wish.language, wish.quiet_from) == ([], "", None)


def test_one_hour_alone_is_refused(shelf: Shelf, rule: Make, client: Client) -> None:
    rule(step(0))
    assert client.post("/reminders/preferences/", {"quiet_from": "20:00"}).status_code == 422
    assert not Preference.objects.exists()


# -- What comes -------------------------------------------------------------------------------


def test_what_comes_is_what_will_be_planned(shelf: Shelf, rule: Make, reader: User) -> None:
    shelf.anchors = {1: date(2026, 10, 16)}
    rule(step(-3), step(0, audience=("office",)), step(1))
    found = coming_to(reader, AT)
    assert [line.at for line in found] == [
        datetime(2026, 10, 13, 1, 0, tzinfo=UTC),
        datetime(2026, 10, 17, 1, 0, tzinfo=UTC),
    ]
    assert [len(line.channels) for line in found] == [2, 2]
    later = datetime(2026, 10, 13, 1, 0, tzinfo=UTC)
    plan(at=later)
    assert Delivery.objects.filter(recipient=reader, due_at=later).exists()


def test_what_is_muted_is_foreseen_in_the_app_only(shelf: Shelf, rule: Make, reader: User) -> None:
    shelf.anchors = {1: date(2026, 10, 16)}
    rule(step(-3))
    Preference.objects.create(user=reader, muted=["thing"])
    assert [len(line.channels) for line in coming_to(reader, AT)] == [1]


def test_a_rule_that_is_off_foresees_nothing(shelf: Shelf, rule: Make, reader: User) -> None:
    shelf.anchors = {1: date(2026, 10, 16)}
    rule(step(-3), is_active=False)
    assert coming_to(reader, AT) == []


def test_it_is_worked_out_once_for_everybody(shelf: Shelf, rule: Make, reader: User) -> None:
    shelf.anchors = {1: date(2026, 10, 16)}
    rule(step(-3))
    other = User.objects.exclude(pk=reader.pk).get(pk__in=shelf.people["office"])
    coming_to(reader, AT)
    asked = shelf.asked
    assert coming_to(other, AT) == []
    assert shelf.asked == asked


# -- My reminders -----------------------------------------------------------------------------


def test_my_page_says_what_the_ledger_says_and_nothing_of_others(
    shelf: Shelf, rule: Make, reader: User, client: Client
) -> None:
    now = timezone.now()
    shelf.anchors = {1: today(now)}
    rule(step(0, at="00:00", audience=("team", "office")))
    plan(at=now)
    Delivery.objects.filter(recipient=reader, channel="post").update(
        state="dead", last_code="550", last_error="no such box"
    )
    page = client.get("/reminders/")
    assert {(row.recipient_id, row.channel, row.state) for row in page.context["page"].rows} == {
        (reader.pk, "in_app", "due"),
        (reader.pk, "post", "dead"),
    }
    assert "550 no such box" in page.content.decode()


def test_my_page_costs_the_same_for_few_and_many(shelf: Shelf, rule: Make, reader: User, client: Client) -> None:
    now = timezone.now()
    rule(step(0, at="00:00"), late_hours=48)
    costs = []
    for n in (2, 40):
        shelf.anchors = dict.fromkeys(range(n), today(now))
        plan(at=now + timedelta(seconds=n))
        client.get("/reminders/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/reminders/")
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_what_comes_is_a_part_for_scripts_and_a_page_without(shelf: Shelf, client: Client) -> None:
    assert b"<html" in client.get("/reminders/coming/").content
    assert b"<html" not in client.get("/reminders/coming/", headers={"hx-request": "true"}).content


def test_the_part_shows_the_beginning_and_leads_to_the_rest(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    coming = [Coming(AT, f"reminder {n}", "", ["mail"]) for n in range(7)]
    monkeypatch.setattr("notifications.views.coming_to", lambda person, at: coming)
    part = client.get("/reminders/coming/", headers={"hx-request": "true"}).content.decode()
    assert (part.count("<b>reminder "), 'href="/reminders/coming/"' in part) == (5, True)
    assert client.get("/reminders/coming/").content.decode().count("<b>reminder ") == 7
