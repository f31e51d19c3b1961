"""Robots in group chats of WeCom, DingTalk and Feishu: one message for all a group should know, never a second one."""

import base64
import hashlib
import hmac
import time
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from core.sealing import KeyMissing
from notifications.allowances import take
from notifications.channels import Outcome, Outgoing, Repeats, Result
from notifications.channels.answers import MINUTE, Reading, told
from notifications.channels.needs import Need
from notifications.channels.talk import post_json
from notifications.channels.words import digest
from notifications.groups import groups
from notifications.models import ChannelSetup
from notifications.setups import KEY_MISSING, active_setups, key_of, without_keys

TEN_MINUTES = timedelta(minutes=10)
WEBHOOK = Need("webhook", _("Webhook address of the robot"), "secret_address", _("It begins with https://."))
SIGNING = Need("secret", _("Signing secret"), "key", _("If the robot was made with a signature."), required=False)


class Robot:
    """What the three have in common. Each says what its messages look like and how to read its answers."""

    name: ClassVar[str]
    gathers = True
    is_shared = True
    repeats = Repeats.NEVER
    is_quiet_at_night = True
    seconds = 20
    batch = 20
    per_group = True
    per_minute = 20
    needs: ClassVar[tuple[Need, ...]] = (WEBHOOK, SIGNING)
    reading: ClassVar[Reading]

    def is_ready(self) -> bool:
        return bool(active_setups(self.name))

    def addresses(self, people: Collection[int]) -> Mapping[int, str]:
        """The robot of the nearest of a person's groups that has one."""
        robots = {setup.group: str(setup.pk) for setup in active_setups(self.name)}
        if not robots:
            return {}
        found = {person: [robots[key] for key in keys if key in robots] for person, keys in groups().of(people).items()}
        return {person: near[0] for person, near in found.items() if near}

    def send(self, message: Outgoing) -> Outcome:
        setup = ChannelSetup.objects.get(pk=int(message.address))
        try:
            webhook, secret = key_of(setup, "webhook"), key_of(setup, "secret")
        except KeyMissing:
            return KEY_MISSING
        robot = hashlib.sha256(webhook.encode()).hexdigest()[:32]
        if wait := take(f"robot:{robot}", most=self.per_minute, within=MINUTE, at=message.at):
            return Outcome(Result.NOT_YET, "our_pace", "too many messages a minute", retry_after=wait)
        url, body = self.request(webhook, secret, digest(message))
        return without_keys(told(lambda: post_json(url, body), self.reading), webhook, secret)

    def request(self, webhook: str, secret: str, text: str) -> tuple[str, dict[str, Any]]:
        raise NotImplementedError

    def close(self) -> None:
        pass


class WeComRobot(Robot):
    name = "wecom_robot"
    label = _("WeCom group robot")
    about = _("In the group: add a group robot, then copy its webhook address.")
    needs = (WEBHOOK,)
    reading = Reading(
        code=("errcode",),
        words=("errmsg",),
        later={"45009": MINUTE, "45033": MINUTE, "-1": None},
    )

    def request(self, webhook: str, secret: str, text: str) -> tuple[str, dict[str, Any]]:
        return webhook, {"msgtype": "text", "text": {"content": text}}


class DingTalkRobot(Robot):
    name = "dingtalk_robot"
    label = _("DingTalk group robot")
    about = _("In the group: intelligent assistant, add a custom robot with a signature, then copy address and secret.")
    reading = Reading(
        code=("errcode",),
        words=("errmsg",),
        # It shuts a robot that is too fast for ten minutes.
        later={"130101": TEN_MINUTES, "410100": TEN_MINUTES, "90030": timedelta(hours=1), "-1": None},
    )

    def request(self, webhook: str, secret: str, text: str) -> tuple[str, dict[str, Any]]:
        if secret:
            stamp = str(round(time.time() * 1000))
            signed = urlencode({"timestamp": stamp, "sign": signature(secret.encode(), f"{stamp}\n{secret}")})
            webhook = f"{webhook}{'&' if '?' in webhook else '?'}{signed}"
        return webhook, {"msgtype": "text", "text": {"content": text}}


class FeishuRobot(Robot):
    name = "feishu_robot"
    label = _("Feishu group robot")
    about = _(
        "In the group: settings, robots, add a custom robot with a signature check, then copy address and secret."
    )
    reading = Reading(
        code=("code", "StatusCode"),
        words=("msg", "StatusMessage"),
        later={"11232": MINUTE, "11233": MINUTE, "9499": MINUTE, "99991400": MINUTE},
    )

    def request(self, webhook: str, secret: str, text: str) -> tuple[str, dict[str, Any]]:
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if secret:
            stamp = str(round(time.time()))
            # The text to sign is the key here, and nothing is signed with it: this is how Feishu has it.
            body |= {"timestamp": stamp, "sign": signature(f"{stamp}\n{secret}".encode(), "")}
        return webhook, body


def signature(key: bytes, text: str) -> str:
    return base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
