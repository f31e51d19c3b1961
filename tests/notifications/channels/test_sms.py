"""Text messages: what goes out, the limits of a day, and nothing where nothing is set up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.clock import today
from notifications.allowances import take_of_day
from notifications.channels import Outgoing, Result, channels
from notifications.channels.sms import HttpGateway, filled
from notifications.drain import drain
from notifications.models import ChannelSetup, DayCount, Delivery
from tests.notifications.channels.conftest import AT, SECRET, setup_of
from tests.notifications.channels.provider import Provider, Reply
from tests.notifications.things import Shelf

Due = Callable[..., list[Delivery]]
OK = Reply({"code": 0, "message": "ok", "data": {"id": "s-1"}})
DAY = timedelta(days=1)


def outgoing(person: int = 1, at: Any = AT, *lines: tuple[str, str]) -> Outgoing:
    said = lines or (("明天14:00走访春申坊", "/visits/1/"),)
    return Outgoing(1, "<1@x>", person, "13800000001", "zh-hans", "走访", said, "rule", False, at)


def send(person: int = 1, at: Any = AT, *lines: tuple[str, str]) -> Any:
    return channels()["sms"].send(outgoing(person, at, *lines))


@pytest.fixture
def gateway(provider: Provider, shelf: Shelf) -> Provider:
    provider.says("/send", OK)
    return provider


def test_a_text_message_has_one_sentence_and_one_address(gateway: Provider, settings: Any) -> None:
    setup_of("sms", gateway.url, ref_at="data.id")
    assert send().provider_ref == "s-1"
    content = f"明天14:00走访春申坊 {settings.SITE_URL}/visits/1/"
    assert gateway.asked[0].body == {"phone": "13800000001", "content": content, "key": SECRET}


def test_several_are_one_message_that_says_how_many_and_the_first(gateway: Provider, due: Due) -> None:
    setup_of("sms", gateway.url)
    due("sms", 4)
    drain(at=AT, only=["sms"])
    (request,) = gateway.asked
    assert request.body["content"].startswith("4条提醒：") and request.body["content"].endswith("/inbox/")
    assert set(Delivery.objects.filter(channel="sms").values_list("state", flat=True)) == {"sent"}


def test_a_long_sentence_is_cut_and_keeps_its_address(gateway: Provider) -> None:
    setup_of("sms", gateway.url, longest=70)
    send(1, AT, ("很长" * 100, "/visits/1/"))
    content = gateway.asked[0].body["content"]
    assert len(content) == 70 and content.endswith("/visits/1/") and "…" in content


def test_as_form_fields_and_with_a_header(gateway: Provider) -> None:
    setup_of("sms", gateway.url, as_form="form", header="Authorization: Bearer {key}")
    send()
    (request,) = gateway.asked
    assert "phone=13800000001&content=" in request.body
    assert request.headers["Authorization"] == f"Bearer {SECRET}"


def test_words_cannot_break_out_of_the_request() -> None:
    template = {"a": ["{text}", 1], "b": "{phone}: {text}"}
    words = {"phone": "138", "text": '", "key": "{key} {phone}'}
    assert filled(template, words | {"key": "K"}) == {"a": [words["text"], 1], "b": f"138: {words['text']}"}


# -- Limits ------------------------------------------------------------------------------------------


def test_nobody_gets_a_fourth_one_on_a_day(gateway: Provider) -> None:
    setup_of("sms", gateway.url)
    assert [send().result for _n in range(4)] == [Result.ACCEPTED] * 3 + [Result.NOT_YET]
    assert send(2).result == Result.ACCEPTED
    assert send(1, AT + DAY).result == Result.ACCEPTED
    assert len(gateway.asked) == 5


def test_a_day_has_its_limit_for_all_together(gateway: Provider) -> None:
    setup_of("sms", gateway.url, per_day=5)
    results = [send(person).result for person in range(8)]
    assert results == [Result.ACCEPTED] * 5 + [Result.NOT_YET] * 3
    assert not DayCount.objects.filter(key="sms:7", used__gt=0).exists()  # what was not sent does not count


def test_what_is_over_the_limit_waits_for_the_morning_and_was_no_try(gateway: Provider, due: Due) -> None:
    setup_of("sms", gateway.url, per_day=1)
    send(99)
    (delivery,) = due("sms")
    drain(at=AT, only=["sms"])
    row = Delivery.objects.get(pk=delivery.pk)
    assert (row.state, row.attempts, row.next_attempt_at) == ("due", 0, AT + DAY)


def test_a_refused_one_does_not_count(gateway: Provider) -> None:
    setup_of("sms", gateway.url)
    gateway.says("/send", *[Reply({"code": 13, "message": "bad number"})] * 5, OK)
    assert [send().result for _n in range(5)] == [Result.PERMANENT] * 5
    assert [send().result for _n in range(4)] == [Result.ACCEPTED] * 3 + [Result.NOT_YET]


def test_one_whose_answer_was_lost_counts(gateway: Provider) -> None:
    setup_of("sms", gateway.url)
    gateway.says("/send", Reply("garbage"))
    assert [send().result for _n in range(4)] == [Result.UNKNOWN] * 3 + [Result.NOT_YET]


def test_a_limit_of_none_lets_none_through(db: None) -> None:
    assert not take_of_day("none", most=0, day=today(AT))


# -- Not set up --------------------------------------------------------------------------------------


def test_without_a_setting_nothing_is_planned_and_nothing_sent(gateway: Provider, due: Due) -> None:
    assert due("sms") == []
    assert send().code == "not_set_up"
    assert HttpGateway().send(ChannelSetup(), "", "138", "x").result == Result.PERMANENT
    assert gateway.asked == []


def test_another_gateway_is_a_class_in_the_settings(gateway: Provider, settings: Any) -> None:
    setup_of("sms", gateway.url)
    settings.SMS_GATEWAY = "notifications.channels.sms.NoGateway"
    assert send().result == Result.PERMANENT
    assert gateway.asked == []
