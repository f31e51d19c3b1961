"""Group robots: one message for all that is due to a group, no more than twenty a minute, signed where a secret is set."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.sealing import seal
from notifications.allowances import take
from notifications.channels import Outgoing, Result, channels
from notifications.channels.words import MOST_BYTES, digest
from notifications.drain import drain
from notifications.models import Attempt, ChannelSetup, Delivery, Preference
from notifications.reconcile import reconcile
from tests.factories.teams import UserFactory
from tests.notifications.channels.conftest import AT, SECRET, setup_of
from tests.notifications.channels.provider import Provider, Reply
from tests.notifications.things import Shelf

Due = Callable[..., list[Delivery]]
OK = Reply({"errcode": 0, "errmsg": "ok"})
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def robot(provider: Provider, shelf: Shelf) -> ChannelSetup:
    provider.says("/send", OK)
    return setup_of("wecom_robot", provider.url)


def states() -> set[str]:
    return set(Delivery.objects.exclude(channel="in_app").values_list("state", flat=True))


def test_thirty_reminders_to_one_group_are_one_message_with_the_number_and_the_first_few(
    robot: ChannelSetup, provider: Provider, due: Due, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.notifications.things.FACTS", {"area": "春申坊", "day": "2026-10-09", "starts_at": "9"})
    assert len(due("wecom_robot", 30)) == 30
    assert drain(at=AT, only=["wecom_robot"]).counts == {"accepted": 1}
    (request,) = provider.asked_at("/send")
    text = request.body["text"]["content"]
    assert text.startswith("满意走访：30条提醒\n1. ")
    assert text.count("/visits/") == 5 and "另有25条" in text
    assert states() == {"sent"}


def test_a_group_hears_once_what_several_of_its_people_are_told(
    robot: ChannelSetup, provider: Provider, due: Due, shelf: Shelf
) -> None:
    shelf.people["team"] |= {user.pk for user in UserFactory.create_batch(4)}
    assert len(due("wecom_robot", 2)) == 10
    drain(at=AT, only=["wecom_robot"])
    (request,) = provider.asked_at("/send")
    assert "2条提醒" in request.body["text"]["content"]
    assert states() == {"sent"}


def test_a_group_is_written_to_in_the_language_of_the_installation(
    robot: ChannelSetup, provider: Provider, due: Due, shelf: Shelf
) -> None:
    other = UserFactory()
    Preference.objects.create(user=other, language="en")
    shelf.people["team"].add(other.pk)
    due("wecom_robot")
    drain(at=AT, only=["wecom_robot"])
    assert "1." not in provider.asked_at("/send")[0].body["text"]["content"]
    assert set(Delivery.objects.filter(channel="wecom_robot").values_list("language", flat=True)) == {"zh-hans"}


def test_each_group_has_its_own_robot_and_the_nearest_one_is_taken(
    robot: ChannelSetup, provider: Provider, due: Due
) -> None:
    provider.says("/unit", OK)
    other = setup_of("wecom_robot", provider.url, group="unit:1")
    ChannelSetup.objects.filter(pk=other.pk).update(sealed={"webhook": seal(f"{provider.url}/unit?key=1")})
    due("wecom_robot")
    drain(at=AT, only=["wecom_robot"])
    assert (len(provider.asked_at("/unit")), len(provider.asked_at("/send"))) == (1, 0)


def test_what_could_not_be_said_goes_with_the_next_message(
    robot: ChannelSetup, provider: Provider, due: Due, shelf: Shelf
) -> None:
    provider.says("/send", Reply({"errcode": 45009}), OK)
    due("wecom_robot", 3)
    drain(at=AT, only=["wecom_robot"])
    assert states() == {"due", "gathered"}
    reconcile(at=AT)
    drain(at=AT + 61 * SECOND, only=["wecom_robot"])
    assert [request.body["text"]["content"].split("\n")[0] for request in provider.asked_at("/send")] == [
        "满意走访：3条提醒"
    ] * 2
    assert states() == {"sent"}


@pytest.mark.parametrize(
    ("answer", "state"), [(Reply("garbage"), "unknown"), (Reply({"errcode": 93000, "errmsg": "gone"}), "dead")]
)
def test_all_of_a_message_share_its_fate(
    robot: ChannelSetup, provider: Provider, due: Due, answer: Reply, state: str
) -> None:
    provider.says("/send", answer)
    due("wecom_robot", 3)
    for hour in range(3):
        drain(at=AT + hour * HOUR, only=["wecom_robot"])
        reconcile(at=AT + hour * HOUR)
    assert states() == {state}
    assert len(provider.asked_at("/send")) == 1


def test_a_crash_after_sending_leaves_the_whole_message_to_a_person(
    robot: ChannelSetup, provider: Provider, due: Due, monkeypatch: pytest.MonkeyPatch
) -> None:
    due("wecom_robot", 3)
    with monkeypatch.context() as patch:
        patch.setattr("notifications.marks.Marker.mark", _die)
        with pytest.raises(SystemExit):
            drain(at=AT, only=["wecom_robot"])
    for hour in (1, 2):
        reconcile(at=AT + hour * HOUR)
        drain(at=AT + hour * HOUR, only=["wecom_robot"])
    assert states() == {"unknown"}
    assert len(provider.asked_at("/send")) == 1


def _die(*_args: Any, **_kwargs: Any) -> None:
    raise SystemExit


# -- Twenty a minute -------------------------------------------------------------------------------


def outgoing(setup: ChannelSetup, at: Any) -> Outgoing:
    return Outgoing(1, "<1@x>", 1, str(setup.pk), "zh-hans", "走访", (("走访", "/visits/1/"),), "rule", False, at)


def test_the_twenty_first_message_of_a_minute_waits_until_the_first_is_a_minute_old(
    robot: ChannelSetup, provider: Provider
) -> None:
    channel = channels()["wecom_robot"]
    results = [channel.send(outgoing(robot, AT + n * SECOND)) for n in range(21)]
    assert [outcome.result for outcome in results] == [Result.ACCEPTED] * 20 + [Result.NOT_YET]
    assert results[-1].retry_after == 40 * SECOND
    assert channel.send(outgoing(robot, AT + 60 * SECOND)).result == Result.ACCEPTED
    assert channel.send(outgoing(robot, AT + 60 * SECOND)).result == Result.NOT_YET
    assert len(provider.asked_at("/send")) == 21


def test_without_the_pace_the_twenty_first_would_go_out_as_well(
    robot: ChannelSetup, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative twin: nothing else keeps it back, and the provider's count notices."""
    monkeypatch.setattr("notifications.channels.robots.take", lambda *_args, **_kwargs: None)
    channel = channels()["wecom_robot"]
    for n in range(21):
        channel.send(outgoing(robot, AT + n * SECOND))
    assert len(provider.asked_at("/send")) == 21


def test_no_minute_of_an_hour_has_more_than_twenty(shelf: Shelf) -> None:
    taken = [
        second
        for second in range(0, 600, 2)
        if take("robot", most=20, within=60 * SECOND, at=AT + second * SECOND) is None
    ]
    assert max(sum(start <= one < start + 60 for one in taken) for start in range(600)) == 20
    assert len(taken) == 200


def test_what_waits_for_its_turn_was_no_try(robot: ChannelSetup, provider: Provider, due: Due) -> None:
    channel = channels()["wecom_robot"]
    for _n in range(20):
        channel.send(outgoing(robot, AT - SECOND))
    (delivery,) = due("wecom_robot")
    assert drain(at=AT, only=["wecom_robot"]).counts == {"not_yet": 1}
    row = Delivery.objects.get(pk=delivery.pk)
    assert (row.state, row.attempts, row.sending_since, row.next_attempt_at) == ("due", 0, None, AT + 59 * SECOND)
    assert not Attempt.objects.exists()
    drain(at=AT + 60 * SECOND, only=["wecom_robot"])
    assert Delivery.objects.get(pk=delivery.pk).state == "sent"


def test_two_groups_with_the_same_robot_share_its_twenty(robot: ChannelSetup, provider: Provider) -> None:
    other = setup_of("wecom_robot", provider.url, group="unit:1")
    channel = channels()["wecom_robot"]
    results = [channel.send(outgoing((robot, other)[n % 2], AT)).result for n in range(21)]
    assert results == [Result.ACCEPTED] * 20 + [Result.NOT_YET]


# -- Signatures and words ----------------------------------------------------------------------------


def test_dingtalk_is_signed_in_the_address(provider: Provider, shelf: Shelf) -> None:
    provider.says("/send", OK)
    setup = setup_of("dingtalk_robot", provider.url)
    channels()["dingtalk_robot"].send(outgoing(setup, AT))
    (request,) = provider.asked
    stamp = request.query["timestamp"]
    wanted = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert len(stamp) == 13 and base64.b64decode(request.query["sign"]) == wanted
    assert request.query["access_token"] == "tokentokentoken"


def test_feishu_is_signed_in_the_body(provider: Provider, shelf: Shelf) -> None:
    provider.says("/send", Reply({"StatusCode": 0, "StatusMessage": "success"}))
    setup = setup_of("feishu_robot", provider.url)
    assert channels()["feishu_robot"].send(outgoing(setup, AT)).result == Result.ACCEPTED
    (request,) = provider.asked
    stamp = request.body["timestamp"]
    assert (
        base64.b64decode(request.body["sign"]) == hmac.new(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
    )
    assert len(stamp) == 10


def test_a_provider_that_repeats_our_key_does_not_get_it_into_the_ledger(provider: Provider, due: Due) -> None:
    provider.says("/send", Reply({"errcode": 300001, "errmsg": "no such tokentokentoken"}))
    setup_of("dingtalk_robot", provider.url)
    (delivery,) = due("dingtalk_robot")
    drain(at=AT, only=["dingtalk_robot"])
    assert Delivery.objects.get(pk=delivery.pk).last_error == "no such •••"


def test_a_message_of_many_long_lines_keeps_within_the_limit_and_says_where_the_rest_is() -> None:
    lines = tuple((f"{n} " + "很长的一句话" * 80, f"/visits/{n}/") for n in range(40))
    text = digest(Outgoing(1, "", 1, "", "zh-hans", "", lines, "rule", False))
    assert len(text.encode()) <= MOST_BYTES and "/inbox/" in text
    shown = text.count("/visits/")
    assert 0 < shown < 5 and f"另有{40 - shown}条" in text


def test_nobody_can_call_a_whole_group_by_what_they_type() -> None:
    lines = (('<at user_id="all">所有人</at> @all', ""),)
    text = digest(Outgoing(1, "", 1, "", "zh-hans", "提醒", lines, "rule", False))
    assert "<" not in text and "@" not in text
