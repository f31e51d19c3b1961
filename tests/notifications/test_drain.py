"""Claiming, sending and marking: nothing twice, nothing lost, every answer written down."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import leases
from notifications.channels import Outcome, Repeats, Result
from notifications.drain import drain
from notifications.leases import LEASE
from notifications.marks import Marker, Sent
from notifications.models import Attempt, Delivery, Message, Occurrence, ReminderRule
from notifications.planner import plan
from notifications.reconcile import reconcile
from tests.factories.teams import UserFactory
from tests.notifications.conftest import AT, step, the
from tests.notifications.things import Post, Shelf

Rule = Callable[..., ReminderRule]
MINUTE = timedelta(minutes=1)
TEMPORARY = Outcome(Result.TEMPORARY, "451", "try later")


def test_what_is_due_is_sent_once_and_marked(due: Callable[..., list[Delivery]], post: Post) -> None:
    (delivery,) = due()
    assert drain(at=AT).counts == {"accepted": 2}
    assert drain(at=AT + MINUTE).counts == {}
    sent = the(delivery)
    assert (sent.state, sent.sent_at, sent.provider_ref, sent.attempts) == ("sent", AT, f"r{delivery.pk}", 1)
    assert [message.message_id for message in post.sent] == [delivery.message_id]
    assert post.sent[0].address == f"door {delivery.recipient_id}" and len(sent.address_hash) == 64
    assert list(Attempt.objects.values_list("delivery", "n", "outcome", "code")) == [(delivery.pk, 1, "accepted", "ok")]


def test_the_inbox_gets_one_message_with_kind_and_facts(due: Callable[..., list[Delivery]], shelf: Shelf) -> None:
    due()
    drain(at=AT)
    drain(at=AT)
    message = Message.objects.get()
    assert (message.kind, message.url, message.facts["area"]) == ("visit-coming", "/visits/1/", "春申坊")
    assert message.delivery.state == "sent"


def test_nothing_is_sent_before_it_may(due: Callable[..., list[Delivery]]) -> None:
    due()
    assert drain(at=AT - MINUTE).counts == {}


def test_what_is_no_longer_true_is_cancelled(due: Callable[..., list[Delivery]], shelf: Shelf, post: Post) -> None:
    first, second = due(2)
    shelf.anchors = {2: date(2026, 10, 9)}
    drain(at=AT)
    assert [(the(first).state, the(first).reason), the(second).state] == [("cancelled", "no_longer_true"), "sent"]
    assert len(post.sent) == 1


def test_what_has_moved_to_another_day_is_cancelled(due: Callable[..., list[Delivery]], shelf: Shelf) -> None:
    (delivery,) = due()
    shelf.anchors = {1: date(2026, 10, 12)}
    drain(at=AT)
    assert the(delivery).state == "cancelled"


@pytest.mark.parametrize(
    ("answer", "state", "outcome"),
    [
        (Outcome(Result.ACCEPTED), "sent", "accepted"),
        (TEMPORARY, "due", "temporary"),
        (Outcome(Result.PERMANENT, "550", "no such user"), "dead", "permanent"),
        (Outcome(Result.UNKNOWN, "timeout"), "due", "unknown"),
        (RuntimeError("a template with a hole"), "due", "temporary"),
    ],
)
def test_every_answer_has_its_state(
    due: Callable[..., list[Delivery]], post: Post, answer: Any, state: str, outcome: str
) -> None:
    (delivery,) = due()
    post.answers = [answer]
    drain(at=AT)
    assert (the(delivery).state, Attempt.objects.get().outcome) == (state, outcome)
    assert (the(delivery).sent_at is not None) == (state == "sent")


def test_a_lost_answer_is_unknown_where_nothing_may_be_repeated(
    due: Callable[..., list[Delivery]], post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Post, "repeats", Repeats.NEVER)
    (delivery,) = due()
    post.answers = [Outcome(Result.UNKNOWN, "timeout")]
    drain(at=AT)
    drain(at=AT + timedelta(hours=5))
    assert the(delivery).state == "unknown"
    assert Attempt.objects.count() == 1


def test_it_is_tried_again_later_and_later(due: Callable[..., list[Delivery]], post: Post) -> None:
    (delivery,) = due(late_hours=300)
    post.answers = [TEMPORARY] * 6
    waits, moment = [], AT
    for _try in range(6):
        drain(at=moment)
        next_at = the(delivery).next_attempt_at
        waits.append((next_at - moment).total_seconds() / 60)
        moment = next_at
    for wait, wanted in zip(waits, [1, 5, 15, 60, 180, 180], strict=True):
        assert wanted * 0.8 <= wait <= wanted * 1.2


def test_the_provider_says_when_to_come_back(due: Callable[..., list[Delivery]], post: Post) -> None:
    (delivery,) = due()
    post.answers = [Outcome(Result.TEMPORARY, "45009", "too fast", retry_after=timedelta(seconds=77))]
    drain(at=AT)
    assert the(delivery).next_attempt_at == AT + timedelta(seconds=77)


def test_a_poisoned_row_is_given_up_after_three_and_others_go_on(
    due: Callable[..., list[Delivery]], post: Post
) -> None:
    first, second = due(2)
    post.answers = [RuntimeError("hole")]
    drain(at=AT)
    assert the(second).state == "sent"
    for n in (1, 2):
        post.answers = [RuntimeError("hole")]
        drain(at=AT + timedelta(hours=n))
    assert (the(first).state, the(first).last_code) == ("dead", "broken")


def test_nobody_takes_what_another_has_until_the_lease_ends(due: Callable[..., list[Delivery]], post: Post) -> None:
    (delivery,) = due()
    _token, ids = leases.claim(post, limit=20, at=AT)
    assert ids == [delivery.pk]
    assert leases.claim(post, limit=20, at=AT + LEASE - MINUTE / 60)[1] == []
    assert leases.claim(post, limit=20, at=AT + LEASE)[1] == ids


def test_a_worker_that_wakes_up_late_neither_sends_nor_marks(due: Callable[..., list[Delivery]], post: Post) -> None:
    (delivery,) = due()
    old, _ids = leases.claim(post, limit=20, at=AT)
    later = AT + LEASE + MINUTE
    assert not leases.renew(post, delivery.pk, old, at=later)
    new, _ids = leases.claim(post, limit=20, at=later)
    assert not leases.renew(post, delivery.pk, old, at=later)
    assert leases.renew(post, delivery.pk, new, at=later)
    with connection.cursor() as cursor:
        Marker(post, old, cursor, at=later).mark(Sent(delivery.pk, 1, Outcome(Result.PERMANENT), "", AT))
    assert (the(delivery).state, the(delivery).lease_token) == ("claimed", new)
    assert Attempt.objects.count() == 1


def test_a_lease_too_short_for_one_sending_is_given_up(due: Callable[..., list[Delivery]], post: Post) -> None:
    (delivery,) = due()
    token, _ids = leases.claim(post, limit=20, at=AT)
    almost = AT + LEASE - timedelta(seconds=post.seconds)
    assert leases.renew(post, delivery.pk, token, at=almost - timedelta(seconds=1))
    assert not leases.renew(post, delivery.pk, token, at=almost - timedelta(seconds=1 + post.seconds) + LEASE)


def test_a_crash_between_sending_and_marking_costs_one_double_with_the_same_id(
    due: Callable[..., list[Delivery]], post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    (delivery,) = due()
    with monkeypatch.context() as patch:
        patch.setattr("notifications.marks.Marker.mark", _die)
        with pytest.raises(SystemExit):
            drain(at=AT, only=["post"])
    assert drain(at=AT + MINUTE, only=["post"]).counts == {}
    drain(at=AT + LEASE + MINUTE, only=["post"])
    assert [message.message_id for message in post.sent] == [delivery.message_id] * 2
    assert the(delivery).state == "sent"


def test_a_crash_where_nothing_may_be_repeated_leaves_it_to_a_person(
    due: Callable[..., list[Delivery]], post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Post, "repeats", Repeats.NEVER)
    (delivery,) = due()
    with monkeypatch.context() as patch:
        patch.setattr("notifications.marks.Marker.mark", _die)
        with pytest.raises(SystemExit):
            drain(at=AT, only=["post"])
    later = AT + LEASE + MINUTE
    drain(at=later, only=["post"])
    assert reconcile(at=later) == {"unknown": 1}
    assert (the(delivery).state, len(post.sent)) == ("unknown", 1)


def _die(*_args: Any, **_kwargs: Any) -> None:
    raise SystemExit


def test_a_crash_while_the_inbox_is_written_leaves_nothing_half(
    due: Callable[..., list[Delivery]], monkeypatch: pytest.MonkeyPatch
) -> None:
    due(3)
    with monkeypatch.context() as patch:
        patch.setattr("notifications.channels.in_app.Message.objects.bulk_create", _die)
        with pytest.raises(SystemExit):
            drain(at=AT, only=["in_app"])
    assert set(Delivery.objects.filter(channel="in_app").values_list("state", flat=True)) == {"claimed"}
    drain(at=AT + LEASE + MINUTE, only=["in_app"])
    assert Message.objects.count() == 3


def test_what_is_too_late_expires_and_is_not_sent(due: Callable[..., list[Delivery]], post: Post) -> None:
    (delivery,) = due(late_hours=2)
    assert drain(at=AT + timedelta(hours=3), only=["post"]).counts == {}
    reconcile(at=AT + timedelta(hours=3))
    assert (the(delivery).state, post.sent) == ("expired", [])


def test_a_row_that_kills_every_worker_is_given_up(due: Callable[..., list[Delivery]], post: Post) -> None:
    (delivery,) = due(late_hours=300)
    Delivery.objects.update(attempts=19)
    leases.claim(post, limit=20, at=AT)
    reconcile(at=AT + LEASE + MINUTE)
    assert (the(delivery).state, the(delivery).reason) == ("dead", "tries_used")


def test_what_is_given_back_keeps_its_turn(due: Callable[..., list[Delivery]], post: Post) -> None:
    """Also when it was taken by a clock that had jumped ahead and has come back."""
    due(2)
    token, ids = leases.claim(post, limit=20, at=AT + timedelta(hours=12))
    leases.give_back(ids, token, at=AT + timedelta(hours=12))
    assert leases.claim(post, limit=20, at=AT)[1] == ids


def test_a_stranger_gives_nothing_back(due: Callable[..., list[Delivery]], post: Post) -> None:
    (delivery,) = due()
    leases.claim(post, limit=20, at=AT)
    leases.give_back([delivery.pk], uuid4(), at=AT)
    assert the(delivery).state == "claimed"


def test_somebody_without_an_address_is_not_told_by_that_channel(
    due: Callable[..., list[Delivery]], post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    (delivery,) = due()
    monkeypatch.setattr(Post, "addresses", lambda self, people: {})
    drain(at=AT)
    assert (the(delivery).state, the(delivery).last_code) == ("dead", "no_address")


# -- Several for one person ---------------------------------------------------------------------


@pytest.fixture
def gathering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Post, "gathers", True)


def test_what_is_due_at_once_to_one_person_is_one_message(
    gathering: None, due: Callable[..., list[Delivery]], post: Post
) -> None:
    rows = due(5)
    drain(at=AT)
    (message,) = post.sent
    assert (len(message.lines), message.subject) == (5, "5条提醒")
    assert {the(row).state for row in rows} == {"sent"}
    assert {the(row).provider_ref for row in rows} == {f"r{rows[0].pk}"}


def test_one_that_is_no_longer_true_does_not_travel_along(
    gathering: None, due: Callable[..., list[Delivery]], post: Post, shelf: Shelf
) -> None:
    rows = due(3)
    del shelf.anchors[2]
    drain(at=AT)
    assert [the(row).state for row in rows] == ["sent", "cancelled", "sent"]
    assert len(post.sent[0].lines) == 2


def test_companions_of_one_that_fell_away_go_on_without_it(
    gathering: None, due: Callable[..., list[Delivery]], post: Post, shelf: Shelf
) -> None:
    rows = due(3)
    del shelf.anchors[1]
    drain(at=AT)
    assert reconcile(at=AT) == {"left behind": 2}
    drain(at=AT)
    assert [the(row).state for row in rows] == ["cancelled", "sent", "sent"]
    assert [len(message.lines) for message in post.sent] == [2]


def test_one_that_falls_away_while_the_batch_is_sent_is_not_sent_for_its_companions(
    gathering: None, due: Callable[..., list[Delivery]], post: Post, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer of the batch's beginning is old when its turn comes."""
    monkeypatch.setattr("notifications.drain.STILL_GOOD", -1)
    rows = due(3)
    monkeypatch.setattr(Post, "addresses", lambda self, people: shelf.anchors.pop(1) and dict.fromkeys(people, "door"))
    drain(at=AT, only=["post"])
    assert (the(rows[0]).state, post.sent) == ("cancelled", [])


@pytest.mark.parametrize("code", ["a-parcel", "z-parcel"])
def test_one_that_nobody_can_ask_about_neither_travels_nor_holds_the_others_up(
    gathering: None,
    due: Callable[..., list[Delivery]],
    parcel: Callable[..., None],
    post: Post,
    shelf: Shelf,
    code: str,
) -> None:
    """Whether the others would travel with it, because it was planned first, or it with them."""
    parcel(code)
    due(2)
    shelf.has_a_hole = True
    for _tick in range(2):
        drain(at=AT, only=["post"])
        reconcile(at=AT)
    assert [len(message.lines) for message in post.sent] == [2]
    left = Delivery.objects.exclude(state="sent").get(channel="post")
    assert (left.state, left.lead, left.attempts, left.next_attempt_at) == ("due", None, 0, AT + 5 * MINUTE)


def test_a_refused_message_takes_nobody_with_it(
    gathering: None, due: Callable[..., list[Delivery]], post: Post
) -> None:
    rows = due(2)
    post.answers = [Outcome(Result.PERMANENT, "550")]
    drain(at=AT)
    reconcile(at=AT)
    assert [the(row).state for row in rows] == ["dead", "due"]


def test_draining_asks_once_a_batch_whether_it_is_still_true(shelf: Shelf, rule: Rule, post: Post) -> None:
    rule(step(-1))
    shelf.people["team"] = {user.pk for user in UserFactory.create_batch(10)}
    shelf.anchors = {pk: date(2026, 10, 9) for pk in range(1, 5)}
    plan(at=AT)
    shelf.asked = 0
    with CaptureQueriesContext(connection) as queries:
        drain(at=AT, only=["post"])
    assert shelf.asked == 2  # forty deliveries, twenty to a batch
    per_message = 5 if connection.vendor == "sqlite" else 1  # SQLite marks in a transaction of three statements
    assert len(queries) <= 40 * per_message + 25
    assert Occurrence.objects.count() == 4
