"""Reminding by hand: who gets it, ten minutes to take it back, never twice."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from core.events import history_of
from core.refusals import RuleBroken
from notifications.by_hand import TIME_TO_UNDO, Wish, preview_by_hand, remind_by_hand, rules_to_send, take_back
from notifications.drain import drain
from notifications.models import Delivery, Message, ReminderRule, SentByHand
from notifications.planner import plan
from teams.models import User
from tests.factories.teams import UserFactory
from tests.notifications.conftest import step
from tests.notifications.things import Post, Shelf

AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
DAY = date(2026, 10, 8)
Make = Callable[..., ReminderRule]


@pytest.fixture
def office(db: None) -> User:
    return UserFactory()


def wish(rule: ReminderRule, *audience: str, first: date | None = None, last: date | None = None) -> Wish:
    return Wish.of(rule, audience or ("team",), first, last, DAY)


def test_what_is_seen_before_is_what_is_planned(shelf: Shelf, rule: Make, office: User) -> None:
    shelf.anchors = {1: date(2026, 10, 20), 2: date(2026, 10, 21)}
    made = rule(step(-7))
    seen = preview_by_hand(wish(made, "team", "office"), AT)
    sent = remind_by_hand(wish=wish(made, "team", "office"), expected=len(seen.people), by=office, at=AT)

    assert (sent.people, sent.things, sent.goes_at) == (2, 2, AT + TIME_TO_UNDO)
    assert set(Delivery.objects.values_list("recipient_id", flat=True)) == seen.people
    assert set(Delivery.objects.values_list("state", "due_at")) == {("due", AT + TIME_TO_UNDO)}
    assert [event.verb for event in history_of(sent)] == ["send_by_hand"]


def test_it_goes_out_after_ten_minutes_and_not_before(shelf: Shelf, rule: Make, office: User, post: Post) -> None:
    shelf.anchors = {1: date(2026, 10, 20)}
    remind_by_hand(wish=wish(rule(step(-7))), expected=1, by=office, at=AT)
    drain(at=AT + TIME_TO_UNDO - timedelta(seconds=1))
    assert (len(post.sent), Message.objects.count()) == (0, 0)
    drain(at=AT + TIME_TO_UNDO)
    assert (len(post.sent), Message.objects.count()) == (1, 1)


def test_taken_back_in_time_nobody_hears_of_it(shelf: Shelf, rule: Make, office: User, post: Post) -> None:
    shelf.anchors = {1: date(2026, 10, 20)}
    sent = remind_by_hand(wish=wish(rule(step(-7))), expected=1, by=office, at=AT)
    assert take_back(sent=sent, by=office, at=AT + timedelta(minutes=9)) == 2
    drain(at=AT + timedelta(hours=1))

    assert (len(post.sent), Message.objects.count()) == (0, 0)
    assert set(Delivery.objects.values_list("state", "reason")) == {("cancelled", "taken_back")}
    assert [event.verb for event in history_of(sent)] == ["take_back", "send_by_hand"]
    with pytest.raises(RuleBroken):
        take_back(sent=sent, by=office, at=AT + timedelta(minutes=9))


def test_after_ten_minutes_it_cannot_be_taken_back(shelf: Shelf, rule: Make, office: User) -> None:
    shelf.anchors = {1: date(2026, 10, 20)}
    sent = remind_by_hand(wish=wish(rule(step(-7))), expected=1, by=office, at=AT)
    with pytest.raises(RuleBroken):
        take_back(sent=sent, by=office, at=AT + TIME_TO_UNDO)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"due"}


def test_a_second_one_is_refused_while_the_first_waits(shelf: Shelf, rule: Make, office: User) -> None:
    shelf.anchors = {1: date(2026, 10, 20)}
    made = rule(step(-7))
    first = remind_by_hand(wish=wish(made), expected=1, by=office, at=AT)
    with pytest.raises(RuleBroken), translation.override("en"):
        remind_by_hand(wish=wish(made), expected=1, by=office, at=AT + timedelta(minutes=1))
    take_back(sent=first, by=office, at=AT + timedelta(minutes=2))
    remind_by_hand(wish=wish(made), expected=1, by=office, at=AT + timedelta(minutes=3))
    assert SentByHand.objects.count() == 2


def test_another_number_of_people_than_was_seen_is_refused(shelf: Shelf, rule: Make, office: User) -> None:
    shelf.anchors = {1: date(2026, 10, 20)}
    with pytest.raises(RuleBroken):
        remind_by_hand(wish=wish(rule(step(-7))), expected=2, by=office, at=AT)
    assert (SentByHand.objects.count(), Delivery.objects.count()) == (0, 0)


def test_nobody_left_is_refused(shelf: Shelf, rule: Make, office: User) -> None:
    with pytest.raises(RuleBroken):
        remind_by_hand(wish=wish(rule(step(-7))), expected=None, by=office, at=AT)


def test_only_things_between_the_days_and_only_the_chosen_people(shelf: Shelf, rule: Make, office: User) -> None:
    shelf.anchors = {1: date(2026, 10, 20), 2: date(2026, 10, 27)}
    found = preview_by_hand(wish(rule(step(-7)), "office", first=date(2026, 10, 20), last=date(2026, 10, 20)), AT)
    assert [line.due.subject.id for line in found.lines] == [1]
    assert found.people == shelf.people["office"]


def test_what_has_been_done_meanwhile_is_not_sent(shelf: Shelf, rule: Make, office: User, post: Post) -> None:
    shelf.anchors = {1: date(2026, 10, 20)}
    remind_by_hand(wish=wish(rule(step(-7))), expected=1, by=office, at=AT)
    shelf.anchors = {}
    drain(at=AT + TIME_TO_UNDO)
    assert (len(post.sent), set(Delivery.objects.values_list("reason", flat=True))) == (0, {"no_longer_true"})


def test_in_quiet_hours_it_waits_for_the_morning_outside_the_app(shelf: Shelf, rule: Make, office: User) -> None:
    shelf.anchors = {1: date(2026, 10, 20)}
    night = datetime(2026, 10, 8, 14, 0, tzinfo=UTC)  # ten in the evening
    remind_by_hand(wish=wish(rule(step(-7))), expected=1, by=office, at=night)
    begins = dict(Delivery.objects.values_list("channel", "next_attempt_at"))
    assert begins == {"in_app": night + TIME_TO_UNDO, "post": datetime(2026, 10, 9, 0, 0, tzinfo=UTC)}


def test_the_planners_own_steps_stay_as_they_are(shelf: Shelf, rule: Make, office: User) -> None:
    shelf.anchors = {1: date(2026, 10, 9)}
    made = rule(step(-1, at="09:00"), step(0), quiet_from="08:00", quiet_until="23:00")
    plan(at=AT)
    remind_by_hand(wish=wish(made), expected=1, by=office, at=AT)
    assert set(Delivery.objects.filter(channel="post").values_list("state", flat=True)) == {"due"}
    assert Delivery.objects.filter(channel="post").count() == 2


def test_a_rule_that_is_off_can_be_sent_by_hand(shelf: Shelf, rule: Make) -> None:
    made = rule(step(-7), is_active=False)
    assert rules_to_send() == [made]
