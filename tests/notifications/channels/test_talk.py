"""Asking a provider: where to, how long, and what is told about it."""

import time
from datetime import timedelta
from typing import Any

import pytest

from notifications.channels import talk
from notifications.channels.talk import Answer, AnswerLost, NotAllowed, NotSent, ask, checked
from tests.notifications.channels.provider import Provider, Reply


@pytest.mark.parametrize(
    "url",
    [
        "http://qyapi.weixin.qq.com/x",
        "https://elsewhere.example/x",
        "https://qyapi.weixin.qq.com.elsewhere.example/x",
        "https://qyapi.weixin.qq.com:8443/x",
        "https://user@qyapi.weixin.qq.com/x",
        "https://qyapi.weixin.qq.com@elsewhere.example/x",
        "https://qyapi.weixin.qq.com/x\r\nHost: elsewhere",
        "https://127.0.0.1/x",
        "//qyapi.weixin.qq.com/x",
        "",
    ],
)
def test_only_https_on_a_named_server_may_be_asked(url: str, settings: Any) -> None:
    settings.CHANNEL_HOSTS = ["qyapi.weixin.qq.com", "oapi.dingtalk.com"]
    with pytest.raises(NotAllowed):
        checked(url)


def test_a_domain_and_a_port_can_be_named(settings: Any) -> None:
    settings.CHANNEL_HOSTS = [".example.cn", "sms.local:8443"]
    assert checked("https://a.example.cn/x").hostname == "a.example.cn"
    assert checked("https://sms.local:8443/x").port == 8443
    with pytest.raises(NotAllowed):
        checked("https://example.cn.evil.example/x")


def test_plain_http_is_taken_by_nobody_outside_tests(settings: Any) -> None:
    settings.CHANNEL_HOSTS = ["127.0.0.1:80"]
    assert set(talk.LINES) == {"https"}
    with pytest.raises(NotAllowed):
        checked("http://127.0.0.1:80/x")


def test_a_server_that_never_ends_is_cut_off(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "SECONDS", 0.4)
    provider.says("/slow", Reply("x", seconds=3))
    begun = time.monotonic()
    with pytest.raises(AnswerLost):
        ask("GET", f"{provider.url}/slow")
    assert time.monotonic() - begun < 2


def test_what_was_refused_at_the_door_was_not_sent(provider: Provider) -> None:
    provider.__exit__()
    with pytest.raises(NotSent):
        ask("GET", f"{provider.url}/x")


def test_a_redirect_is_an_answer_and_not_followed(provider: Provider) -> None:
    provider.says("/x", Reply("", 307, {"Location": f"{provider.url}/y"}))
    assert ask("POST", f"{provider.url}/x", b"{}").status == 307
    assert [request.path for request in provider.asked] == ["/x"]


@pytest.mark.parametrize(
    ("header", "wait"),
    [("77", 77), ("0", 1), ("999999999", 6 * 3600), ("soon", None), ("", None), ("-5", None)],
)
def test_how_long_to_wait_is_read_and_bounded(provider: Provider, header: str, wait: int | None) -> None:
    provider.says("/x", Reply("", 429, {"Retry-After": header}))
    told = ask("GET", f"{provider.url}/x").retry_after
    assert told == (timedelta(seconds=wait) if wait is not None else None)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"<html>", b"\xff\xfe", b'{"errcode": 0'])
def test_what_is_no_json_object_has_no_facts(body: bytes) -> None:
    assert Answer(200, body).facts is None
