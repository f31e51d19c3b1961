"""What people do to deliveries that did not arrive, and to those held after a restore."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.events import history_of
from core.models import Event
from core.refusals import RuleBroken
from notifications.channels import Outcome, Result
from notifications.drain import drain
from notifications.mending import say_arrived, try_again
from notifications.models import Delivery, ReminderRule, Restore
from notifications.planner import plan
from notifications.restored import hold_after_restore, release_after_restore
from teams.models import User
from tests.factories.teams import UserFactory
from tests.notifications.conftest import step
from tests.notifications.things import Post, Shelf

AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)


@pytest.fixture
def office(db: None) -> User:
    return UserFactory()


@pytest.fixture
def failed(shelf: Shelf, rule: Callable[..., ReminderRule], post: Post) -> Delivery:
    shelf.anchors = {1: date(2026, 10, 8)}
    rule(step(0))
    post.answers = [Outcome(Result.PERMANENT, "550", "no such box")]
    plan(at=AT)
    drain(at=AT)
    post.sent.clear()
    return Delivery.objects.get(state="dead")


def again(delivery: Delivery, **how: Any) -> int:
    return try_again(deliveries=Delivery.objects.filter(pk=delivery.pk), **how)


def test_what_failed_goes_out_when_it_is_tried_again(failed: Delivery, office: User, post: Post) -> None:
    later = AT + timedelta(days=3)
    assert again(failed, by=office, at=later) == 1
    drain(at=later)
    failed.refresh_from_db()
    assert (failed.state, len(post.sent), failed.attempts) == ("sent", 1, 1)
    assert [(event.verb, event.payload["was"]) for event in history_of(failed)] == [("try_again", "dead")]


def test_what_was_sent_is_not_tried_again(failed: Delivery, office: User, post: Post) -> None:
    again(failed, by=office, at=AT)
    drain(at=AT)
    with pytest.raises(RuleBroken):
        again(failed, by=office, at=AT)
    assert len(post.sent) == 1


def test_what_is_no_longer_true_is_not_sent_by_trying_again(
    failed: Delivery, office: User, post: Post, shelf: Shelf
) -> None:
    shelf.anchors = {}
    again(failed, by=office, at=AT)
    drain(at=AT)
    failed.refresh_from_db()
    assert (failed.state, failed.reason, post.sent) == ("cancelled", "no_longer_true", [])


def test_only_what_nobody_knows_of_can_be_said_to_have_arrived(failed: Delivery, office: User) -> None:
    with pytest.raises(RuleBroken):
        say_arrived(delivery=failed, by=office, at=AT)
    Delivery.objects.filter(pk=failed.pk).update(state="unknown", reason="answer_lost")
    say_arrived(delivery=failed, by=office, at=AT)
    failed.refresh_from_db()
    assert (failed.state, failed.delivered_at, failed.sent_at) == ("delivered", AT, AT)
    with pytest.raises(RuleBroken):
        again(failed, by=office, at=AT)


@pytest.mark.parametrize(("send", "state"), [(True, "due"), (False, "cancelled")])
def test_a_release_says_who_and_when_and_leaves_an_event(
    failed: Delivery, office: User, send: bool, state: str
) -> None:
    again(failed, by=office, at=AT)
    hold_after_restore(at=AT)
    assert release_after_restore(by=office, at=AT, send=send) == 1
    restore = Restore.objects.get()
    failed.refresh_from_db()
    assert (failed.state, restore.released_by, restore.released_at) == (state, office, AT)
    assert Event.objects.get(verb="release").payload == {"deliveries": 1, "sent": send}
