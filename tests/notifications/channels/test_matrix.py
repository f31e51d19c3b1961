"""Every answer a provider may give, by every channel: what the ledger says afterwards. Never "sent" on a refusal."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from notifications.channels import talk
from notifications.drain import drain
from notifications.models import Attempt, Delivery
from tests.notifications.channels.conftest import AT, SECRET, setup_of
from tests.notifications.channels.provider import Provider, Reply

Due = Callable[..., list[Delivery]]
Say = Callable[[str, str], str]


def wecom(code: int, words: str = "words") -> dict[str, Any]:
    return {"errcode": code, "errmsg": words}


def feishu(code: int, words: str = "words") -> dict[str, Any]:
    return {"code": code, "msg": words}


def gateway(code: int, words: str = "words") -> dict[str, Any]:
    return {"code": code, "message": words}


# Per channel: how it speaks, and its codes for a refusal, too fast, an invalid key, an invalid recipient.
SPEAKS: dict[str, tuple[Callable[..., dict[str, Any]], int, int, int, int]] = {
    "wecom_robot": (wecom, 40058, 45009, 93000, 93008),
    "dingtalk_robot": (wecom, 430104, 130101, 310000, 400013),
    "feishu_robot": (feishu, 19002, 11232, 19021, 19001),
    "wecom_app": (wecom, 44004, 45009, 40001, 81013),
    "sms": (gateway, 5, 22, 401, 13),
}
# The wait a provider's own code asks for, where it has one.
WAITS = {
    "wecom_robot": timedelta(minutes=1),
    "dingtalk_robot": timedelta(minutes=10),
    "feishu_robot": timedelta(minutes=1),
    "wecom_app": timedelta(minutes=1),
}
LOST = {"wecom_app": "due"}  # may be sent once more; all others never
TIMED_OUT = "time-out before the answer"
ANSWERS = [
    "ok",
    "ok with an error code",
    "rate limit code",
    "rate limit 429",
    "invalid key",
    "invalid recipient",
    "4xx",
    "5xx",
    "503",
    TIMED_OUT,
    "cut off in the answer",
    "connection refused",
    "garbage",
    "redirect",
]


def reply(channel: str, answer: str, elsewhere: str) -> Reply:
    body, refusal, fast, key, recipient = SPEAKS[channel]
    return {
        "ok": Reply(body(0)),
        "ok with an error code": Reply(body(refusal)),
        "rate limit code": Reply(body(fast)),
        "rate limit 429": Reply("slow down", 429, {"Retry-After": "77"}),
        "invalid key": Reply(body(key)),
        "invalid recipient": Reply(body(recipient)),
        "4xx": Reply("no", 403),
        "5xx": Reply("oops", 500),
        "503": Reply("busy", 503),
        TIMED_OUT: Reply(body(0), seconds=1.0),
        "cut off in the answer": Reply(body(0), cut=True, seconds=0),
        "connection refused": Reply(),
        "garbage": Reply("<html>hello</html>"),
        "redirect": Reply(body(0), 302, {"Location": f"{elsewhere}/elsewhere"}),
    }[answer]


def state_after(channel: str, answer: str) -> str:
    lost = LOST.get(channel, "unknown")
    return {
        "ok": "sent",
        "ok with an error code": "dead",
        "rate limit code": "due",
        "rate limit 429": "due",
        "invalid key": "dead",
        "invalid recipient": "dead",
        "4xx": "dead",
        "5xx": lost,
        "503": "due",
        TIMED_OUT: lost,
        "cut off in the answer": lost,
        "connection refused": "due",
        "garbage": lost,
        "redirect": "dead",
    }[answer]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("channel", SPEAKS)
def test_every_answer_ends_in_its_state(channel: str, answer: str, provider: Provider, due: Due, say: Say) -> None:
    path = say(channel, answer)
    setup_of(channel, provider.url, **({"busy": "22"} if channel == "sms" else {}))
    (delivery,) = due(channel)
    if answer == "connection refused":
        provider.__exit__()
    drain(at=AT, only=[channel])
    row = Delivery.objects.get(pk=delivery.pk)
    tried = Attempt.objects.get()
    assert row.state == state_after(channel, answer), tried.detail
    assert (row.sent_at is not None) == (answer == "ok")
    if row.state != "sent":
        assert tried.code and tried.detail, "a refusal has words"
    if answer == "rate limit 429":
        assert row.next_attempt_at - AT == timedelta(seconds=77)
    if answer == "rate limit code" and channel in WAITS:
        assert row.next_attempt_at - AT == WAITS[channel]
    assert not provider.asked_at("/elsewhere")
    assert len(provider.asked_at(path)) == (answer != "connection refused")
    assert SECRET not in tried.detail + row.last_error


@pytest.fixture
def say(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Say:
    """The provider answers so to the message itself; what comes before it goes well. Only a provider that takes too long
    has little time: every other answer comes, on a machine that stalls as well.
    """

    def prepare(channel: str, answer: str) -> str:
        monkeypatch.setattr(talk, "SECONDS", 0.5 if answer == TIMED_OUT else 5.0)
        return _say(provider, channel, answer)

    return prepare


def _say(provider: Provider, channel: str, answer: str) -> str:
    path = "/cgi-bin/message/send" if channel == "wecom_app" else "/send"
    provider.says("/cgi-bin/gettoken", Reply({"errcode": 0, "access_token": "token-1"}))
    provider.says("/cgi-bin/user/getuserid", Reply({"errcode": 0, "userid": "wang"}))
    provider.says(path, reply(channel, answer, provider.url))
    provider.says("/elsewhere", Reply({"errcode": 0, "code": 0}))
    return path


@pytest.mark.parametrize("channel", SPEAKS)
def test_a_lost_answer_is_never_asked_for_again_except_once_by_the_application(
    channel: str, provider: Provider, due: Due, say: Say
) -> None:
    path = say(channel, TIMED_OUT)
    setup_of(channel, provider.url)
    (delivery,) = due(channel)
    for hours in range(5):
        drain(at=AT + timedelta(hours=hours), only=[channel])
    assert Delivery.objects.get(pk=delivery.pk).state == "unknown"
    assert len(provider.asked_at(path)) == (2 if channel == "wecom_app" else 1)
