"""What breaks, hangs or fails keeps nothing else waiting: sources, channels, providers."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from notifications import leases, pauses
from notifications.channels import ANSWER_LOST, NOT_SENT, Outcome, Outgoing, Result
from notifications.drain import drain
from notifications.models import ChannelPause, Delivery
from notifications.pulse import tick
from tests.notifications.conftest import AT, the
from tests.notifications.things import Post, Shelf

Due = Callable[..., list[Delivery]]
MINUTE = timedelta(minutes=1)
TEMPORARY = Outcome(Result.TEMPORARY, "451", "try later")
SILENCES = [Outcome(Result.TEMPORARY, NOT_SENT, "refused"), Outcome(Result.UNKNOWN, ANSWER_LOST, "timed out")]


# -- Providers that fail ----------------------------------------------------------------------------


@pytest.fixture(params=SILENCES, ids=lambda silence: silence.code)
def silence(request: pytest.FixtureRequest) -> Outcome:
    return request.param


def test_ten_failures_in_a_minute_give_the_provider_a_rest_and_then_one_try(due: Due, post: Post) -> None:
    due(30)
    post.answers = [TEMPORARY] * 30
    assert drain(at=AT, only=["post"]).counts == {"temporary": pauses.FAILURES}
    assert drain(at=AT + 2 * MINUTE, only=["post"]).counts == {}
    later = AT + pauses.REST + MINUTE
    post.answers = [TEMPORARY]
    assert drain(at=later, only=["post"]).counts == {"temporary": 1}
    post.answers = []
    assert drain(at=later + pauses.REST, only=["post"]).sent == 30
    assert not ChannelPause.objects.exists()


def test_three_times_no_answer_at_all_give_the_provider_a_rest(due: Due, post: Post, silence: Outcome) -> None:
    """Whoever waits for an answer keeps the others waiting: ten of these would take minutes."""
    due(30)
    post.answers = [silence] * 30
    assert drain(at=AT, only=["post"]).counts == {silence.result: 3}
    assert drain(at=AT + MINUTE, only=["post"]).counts == {}


@pytest.mark.parametrize("answer", [Outcome(Result.ACCEPTED), TEMPORARY])
def test_any_answer_between_two_silences_is_a_sign_of_life(
    due: Due, post: Post, silence: Outcome, answer: Outcome
) -> None:
    due(6)
    post.answers = [silence, silence, answer, silence, silence]
    assert drain(at=AT, only=["post"]).counts.total() == 6


# -- Time -----------------------------------------------------------------------------------------


class Clock:
    """Takes the place of the module `time`."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Seconds pass only when a test says so."""
    clock = Clock()
    monkeypatch.setattr("notifications.drain.time", clock)
    return clock


def test_time_runs_out_and_the_rest_goes_back(
    due: Due, post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = due(3)
    takes(10, post, clock, monkeypatch)
    drain(at=AT, only=["post"], seconds=15)
    assert [(the(row).state, the(row).attempts) for row in rows] == [("sent", 1), ("sent", 1), ("due", 0)]
    assert leases.claim(post, limit=20, at=AT)[1] == [rows[2].pk]


def test_a_slow_channel_uses_its_share_of_the_time_and_then_what_is_left(
    due: Due, post: Post, pager: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(8, channels=["post", "pager"])
    sent = takes(10, post, clock, monkeypatch)
    takes(0, pager, clock, monkeypatch, sent)
    drain(at=AT, seconds=50)
    assert sent == ["post"] * 3 + ["pager"] * 8 + ["post"] * 3


def takes(
    seconds: float, channel: Post, clock: Clock, patch: pytest.MonkeyPatch, sent: list[str] | None = None
) -> list[str]:
    """Sending by this channel takes so long. The list it fills says who sent, in turn."""
    sent = [] if sent is None else sent

    def send(message: Outgoing) -> Outcome:
        clock.now += seconds
        sent.append(channel.name)
        return Outcome(Result.ACCEPTED)

    patch.setattr(channel, "send", send)
    return sent


# -- Breaking -------------------------------------------------------------------------------------


def test_a_source_that_breaks_stops_no_other(
    due: Due, parcel: Callable[..., None], shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    parcel()
    due()
    shelf.has_a_hole = True
    said = tick(at=AT)
    of_post = Delivery.objects.filter(channel="post").order_by("occurrence__rule__source")
    columns = ["occurrence__rule__source", "state", "attempts", "next_attempt_at"]
    waits = AT + 5 * MINUTE
    assert list(of_post.values_list(*columns)) == [("parcel", "due", 0, waits), ("thing", "sent", 1, AT)]
    assert said["drain"] == "2 accepted, 2 put off" and "reconcile" in said
    assert "the source parcel" in caplog.text and "the shelf has a hole" in caplog.text
    shelf.has_a_hole = False
    drain(at=waits)
    assert set(of_post.values_list("state", "attempts")) == {("sent", 1)}


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_channel_that_breaks_stops_no_other(
    due: Due,
    post: Post,
    pager: Post,
    is_shared: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whom it reaches is its own code, and where groups share an address that of the app that knows them."""
    rows = due(2, channels=["post", "pager"])
    monkeypatch.setattr(post, "is_shared", is_shared, raising=False)
    monkeypatch.setattr(post, "addresses", lambda people: people["nobody"])
    drain(at=AT)
    assert [(the(row).state, the(row).attempts) for row in rows] == [("due", 0)] * 2
    assert len(pager.sent) == 2
    assert "nothing can be sent by post" in caplog.text
    monkeypatch.undo()
    drain(at=AT + 5 * MINUTE)
    assert {the(row).state for row in rows} == {"sent"}
