"""Text messages. They cost money and annoy: so many a day at most, and never twice, whatever becomes of the answer."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Any, ClassVar, Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from core.clock import SHANGHAI, today
from core.sealing import KeyMissing
from notifications.allowances import put_back, take_of_day
from notifications.channels import Outcome, Outgoing, Repeats, Result
from notifications.channels.answers import Reading, told
from notifications.channels.needs import Need
from notifications.channels.talk import Answer, ask, post_json
from notifications.channels.words import short
from notifications.database_time import database_now
from notifications.models import ChannelSetup
from notifications.setups import KEY_MISSING, active_setups, key_of, without_keys

MORNING = time(9)
DAY = timedelta(days=1)
TEMPLATE = '{"phone": "{phone}", "content": "{text}", "key": "{key}"}'


class Gateway(Protocol):
    """Who carries text messages: one request, one outcome. Another provider is another class in settings.SMS_GATEWAY."""

    def send(self, setup: ChannelSetup, key: str, phone: str, text: str) -> Outcome: ...


class NoGateway:
    """Where nothing has been set up, nothing is sent and everybody hears so."""

    def send(self, setup: ChannelSetup, key: str, phone: str, text: str) -> Outcome:
        return Outcome(Result.PERMANENT, "not_set_up", "text messages have not been set up")


class HttpGateway:
    """One POST; what it looks like and how its answer is read stand in the channel's settings."""

    def send(self, setup: ChannelSetup, key: str, phone: str, text: str) -> Outcome:
        if not setup.value("url") or not setup.value("template"):
            return NoGateway().send(setup, key, phone, text)
        body = filled(json.loads(setup.value("template")), {"phone": phone, "text": text, "key": key})
        name, _colon, value = setup.value("header").partition(":")
        headers = {name.strip(): filled(value.strip(), {"key": key})} if name.strip() else {}
        reading = Reading(
            code=(setup.value("code_at"),),
            words=(setup.value("words_at") or "message",),
            ref=setup.value("ref_at"),
            fine=_listed(setup.value("fine")),
            later=dict.fromkeys(_listed(setup.value("busy"))),
        )
        return told(lambda: _post(setup, body, headers), reading)


def _post(setup: ChannelSetup, body: Any, headers: dict[str, str]) -> Answer:
    if setup.value("as_form") != "form":
        return post_json(setup.value("url"), body, headers)
    content = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    return ask("POST", setup.value("url"), urlencode(body).encode(), content | headers)


class Sms:
    name = "sms"
    label = _("Text message")
    gathers = True
    repeats = Repeats.NEVER
    is_quiet_at_night = True
    seconds = 20
    batch = 20
    per_group = False
    about = _("The provider's manual says where to post to, what the request looks like and what it answers.")
    needs: ClassVar[tuple[Need, ...]] = (
        Need("url", _("Address of the gateway"), "address"),
        Need("key", _("Key"), "key", required=False),
        Need("header", _("Header with the key"), hint="Authorization: Bearer {key}", required=False),
        Need("template", _("Request"), "json", _("JSON with {phone}, {text} and {key}."), default=TEMPLATE),
        Need("as_form", _("Sent as"), "choice", default="json", choices=(("json", "JSON"), ("form", _("form fields")))),
        Need("code_at", _("Where the answer has its code"), hint="code", default="code"),
        Need("fine", _("Codes that mean accepted"), hint=_("Separated by commas."), default="0"),
        Need("busy", _("Codes that mean: try later"), hint=_("Separated by commas."), required=False),
        Need("words_at", _("Where the answer has its words"), hint="message", required=False, default="message"),
        Need("ref_at", _("Where the answer has its number"), required=False),
        Need("longest", _("Longest text, in characters"), "number", default=200),
        Need("per_person", _("At most to one person in a day"), "number", default=3),
        Need("per_day", _("At most in a day"), "number", default=500),
    )

    def is_ready(self) -> bool:
        return bool(active_setups(self.name))

    def addresses(self, people: Collection[int]) -> Mapping[int, str]:
        found = get_user_model()._default_manager.filter(pk__in=people, is_active=True)
        return dict(found.exclude(phone="").values_list("pk", "phone"))

    def send(self, message: Outgoing) -> Outcome:
        setup = ChannelSetup.objects.filter(channel=self.name).first()
        if setup is None:
            return NoGateway().send(ChannelSetup(), "", message.address, "")
        try:
            key = key_of(setup, "key")
        except KeyMissing:
            return KEY_MISSING
        now = message.at or database_now()
        counts = self._counts(setup, message.recipient_id)
        if not _take(counts, now):
            return Outcome(Result.NOT_YET, "day_is_full", "no more text messages today", retry_after=_to_morning(now))
        gateway: Gateway = import_string(settings.SMS_GATEWAY)()
        text = short(message, int(setup.value("longest", 200)))
        outcome = without_keys(gateway.send(setup, key, message.address, text), key)
        if outcome.result not in (Result.ACCEPTED, Result.UNKNOWN):
            for name in counts:
                put_back(name, day=today(now))
        return outcome

    def close(self) -> None:
        pass

    def _counts(self, setup: ChannelSetup, person: int) -> dict[str, int]:
        return {f"sms:{person}": int(setup.value("per_person", 3)), "sms": int(setup.value("per_day", 500))}


def _take(counts: dict[str, int], now: datetime) -> bool:
    taken: list[str] = []
    for name, most in counts.items():
        if not take_of_day(name, most=most, day=today(now)):
            for other in taken:
                put_back(other, day=today(now))
            return False
        taken.append(name)
    return True


def _to_morning(now: datetime) -> timedelta:
    return datetime.combine(today(now) + DAY, MORNING, tzinfo=SHANGHAI) - now


def filled(template: Any, words: Mapping[str, str]) -> Any:
    """The template with what stands in braces replaced, in its texts only: a quotation mark in a message breaks nothing."""
    if isinstance(template, dict):
        return {name: filled(value, words) for name, value in template.items()}
    if isinstance(template, list):
        return [filled(value, words) for value in template]
    if not isinstance(template, str):
        return template
    for name, word in words.items():
        template = template.replace("{" + name + "}", word) if name != "text" else template
    return template.replace("{text}", words.get("text", ""))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in str(text).replace("，", ",").split(",") if part.strip()]
