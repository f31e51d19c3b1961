"""Messages of the WeCom application: a remembered token, fetched anew when it is stale, and people found by number."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import caches

from notifications.drain import drain
from notifications.models import ChannelSetup, Delivery
from tests.notifications.channels.conftest import AT, SECRET, setup_of
from tests.notifications.channels.provider import Provider, Reply

Due = Callable[..., list[Delivery]]
TOKEN, PERSON, SEND = "/cgi-bin/gettoken", "/cgi-bin/user/getuserid", "/cgi-bin/message/send"
OK = Reply({"errcode": 0, "errmsg": "ok", "msgid": "m1"})


@pytest.fixture
def app(provider: Provider, shelf: object) -> ChannelSetup:
    provider.says(TOKEN, *(Reply({"errcode": 0, "access_token": f"token-{n}", "expires_in": 7200}) for n in (1, 2, 3)))
    provider.says(PERSON, Reply({"errcode": 0, "userid": "wang"}))
    provider.says(SEND, OK)
    return setup_of("wecom_app", provider.url)


def the(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def send(due: Due) -> Delivery:
    (delivery,) = due("wecom_app")
    drain(at=AT, only=["wecom_app"])
    return the(delivery)


def test_a_person_is_found_by_number_and_told(app: ChannelSetup, provider: Provider, due: Due) -> None:
    row = send(due)
    assert (row.state, row.provider_ref) == ("sent", "m1")
    assert provider.asked_at(TOKEN)[0].query == {"corpid": "ww123", "corpsecret": SECRET}
    assert provider.asked_at(PERSON)[0].body == {"mobile": "13800000001"}
    (request,) = provider.asked_at(SEND)
    assert (request.body["touser"], request.body["agentid"], request.query) == (
        "wang",
        1000002,
        {"access_token": "token-1"},
    )


def test_token_and_person_are_asked_for_once(app: ChannelSetup, provider: Provider, due: Due) -> None:
    send(due)
    Delivery.objects.update(state="due", sent_at=None, next_attempt_at=AT)
    drain(at=AT, only=["wecom_app"])
    assert [len(provider.asked_at(path)) for path in (TOKEN, PERSON, SEND)] == [1, 1, 2]


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_stale_token_is_fetched_anew_and_the_message_goes_out(
    app: ChannelSetup, provider: Provider, due: Due, code: int
) -> None:
    provider.says(SEND, Reply({"errcode": code, "errmsg": "invalid access_token"}), OK)
    assert send(due).state == "sent"
    assert [request.query["access_token"] for request in provider.asked_at(SEND)] == ["token-1", "token-2"]


def test_a_token_that_stays_stale_is_not_fetched_for_ever(app: ChannelSetup, provider: Provider, due: Due) -> None:
    provider.says(SEND, Reply({"errcode": 42001, "errmsg": "expired"}))
    assert send(due).state == "due"
    assert (len(provider.asked_at(TOKEN)), len(provider.asked_at(SEND))) == (2, 2)


@pytest.mark.parametrize(
    ("path", "answer", "state"),
    [
        (TOKEN, Reply({"errcode": 40001, "errmsg": "invalid credential"}), "dead"),
        (TOKEN, Reply("garbage"), "due"),
        (TOKEN, Reply("", 502), "due"),
        (TOKEN, Reply({"errcode": 0}), "due"),
        (PERSON, Reply({"errcode": 46004, "errmsg": "user not exist"}), "dead"),
        (PERSON, Reply("garbage"), "due"),
        (PERSON, Reply({"errcode": 45009, "errmsg": "freq"}), "due"),
    ],
)
def test_what_fails_before_the_message_is_never_a_lost_message(
    app: ChannelSetup, provider: Provider, due: Due, path: str, answer: Reply, state: str
) -> None:
    provider.says(path, answer)
    assert send(due).state == state
    assert not provider.asked_at(SEND)


def test_accepted_for_nobody_is_a_refusal(app: ChannelSetup, provider: Provider, due: Due) -> None:
    provider.says(SEND, Reply({"errcode": 0, "errmsg": "ok", "invaliduser": "wang"}))
    row = send(due)
    assert (row.state, row.last_code) == ("dead", "81013")


def test_too_many_calls_let_the_whole_application_rest(app: ChannelSetup, provider: Provider, due: Due) -> None:
    provider.says(SEND, Reply({"errcode": 45009, "errmsg": "freq"}), OK)
    row = send(due)
    assert row.next_attempt_at == AT + timedelta(minutes=1)
    assert drain(at=AT + timedelta(seconds=30), only=["wecom_app"]).counts == {}
    drain(at=AT + timedelta(seconds=61), only=["wecom_app"])
    assert the(row).state == "sent"


def test_neither_token_nor_name_stands_open_in_the_cache(
    app: ChannelSetup, due: Due, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = caches["answers"]
    answers.clear()  # a test before this one may have left its token there
    kept: list[tuple[str, str]] = []
    keep = answers.set
    monkeypatch.setattr(answers, "set", lambda key, value, *more: kept.append((key, value)) or keep(key, value, *more))
    send(due)
    assert len(kept) == 2
    for key, value in kept:
        assert not [secret for secret in ("token-1", "wang", SECRET, "13800000001") if secret in value]
        assert not [secret for secret in ("wang", SECRET, "13800000001") if secret in key]
