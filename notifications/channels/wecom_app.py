"""A message from the office's own WeCom application to one person, found there by the mobile number."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.utils.translation import gettext_lazy as _

from core.sealing import KeyMissing, keyed_hash, seal, unseal
from notifications.channels import Outcome, Outgoing, Repeats, Result
from notifications.channels.answers import MINUTE, Reading, told
from notifications.channels.needs import Need
from notifications.channels.talk import Answer, ask, post_json
from notifications.channels.words import digest
from notifications.models import ChannelSetup
from notifications.setups import KEY_MISSING, active_setups, key_of, without_keys

PUBLIC = "https://qyapi.weixin.qq.com"
STALE = {"40014", "42001", "41001"}
LATER = {"-1": None, "45009": MINUTE, "45033": MINUTE, **dict.fromkeys(STALE, MINUTE)}
SENT = Reading(code=("errcode",), words=("errmsg",), ref="msgid", later=LATER, pausing=("45009",))
TOKEN = Reading(code=("errcode",), words=("errmsg",), ref="access_token", later=LATER, pausing=("45009",))
PERSON = Reading(code=("errcode",), words=("errmsg",), ref="userid", later=LATER, pausing=("45009",))
TOKEN_SECONDS = 6600  # WeCom's own hold for two hours
PERSON_SECONDS = 24 * 3600


class WeComApp:
    name = "wecom_app"
    label = _("WeCom application")
    gathers = True
    repeats = Repeats.ONCE  # WeCom drops a message that is the same within half an hour
    is_quiet_at_night = True
    seconds = 45  # five requests at most
    batch = 20
    per_group = False
    about = _("In the WeCom console: applications, make one, let it see the people and read their mobile numbers.")
    needs: ClassVar[tuple[Need, ...]] = (
        Need("corp", _("Corporation ID")),
        Need("agent", _("AgentId of the application"), "number"),
        Need("secret", _("Secret of the application"), "key"),
        Need("server", _("Server"), "address", _("Another one only for a WeCom of your own."), default=PUBLIC),
    )

    def is_ready(self) -> bool:
        return bool(active_setups(self.name))

    def addresses(self, people: Collection[int]) -> Mapping[int, str]:
        found = get_user_model()._default_manager.filter(pk__in=people, is_active=True)
        return dict(found.exclude(phone="").values_list("pk", "phone"))

    def send(self, message: Outgoing) -> Outcome:
        setup = ChannelSetup.objects.get(channel=self.name)
        try:
            return Line(setup, key_of(setup, "secret")).send(message)
        except KeyMissing:
            return KEY_MISSING

    def close(self) -> None:
        pass


class Refused(Exception):
    """A step before the message was refused; nothing of the message has been sent."""

    def __init__(self, outcome: Outcome) -> None:
        lost = outcome.result == Result.UNKNOWN
        self.outcome = replace(outcome, result=Result.TEMPORARY) if lost else outcome
        super().__init__(outcome.words)


class Line:
    """Sending one message takes a token and the person's name at WeCom; both are remembered, sealed."""

    def __init__(self, setup: ChannelSetup, secret: str) -> None:
        self.server, self.corp, self.agent = (setup.value(name) for name in ("server", "corp", "agent"))
        self.secret = secret
        self.who_we_are = keyed_hash("wecom", f"{self.server} {self.corp} {self.agent} {secret}")

    def send(self, message: Outgoing) -> Outcome:
        try:
            return without_keys(self._send(message), self.secret)
        except Refused as refused:
            return without_keys(refused.outcome, self.secret)

    def _send(self, message: Outgoing) -> Outcome:
        person = self._person(message.address)
        body = {
            "touser": person,
            "msgtype": "text",
            "agentid": int(self.agent),
            "text": {"content": digest(message)},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 1800,
        }
        said: list[Answer] = []

        def post(token: str) -> Answer:
            said.append(post_json(self._url("message/send", access_token=token), body))
            return said[-1]

        outcome = self._with_token(post, SENT)
        if outcome.result == Result.ACCEPTED and (said[-1].facts or {}).get("invaliduser"):
            return Outcome(
                Result.PERMANENT, "81013", "WeCom does not know this person, or the application may not see them"
            )
        if outcome.code == "81013":
            caches["answers"].delete(self._person_key(message.address))
        return outcome

    def _person(self, phone: str) -> str:
        if known := caches["answers"].get(self._person_key(phone)):
            return unseal(known)
        outcome = self._with_token(
            lambda token: post_json(self._url("user/getuserid", access_token=token), {"mobile": phone}), PERSON
        )
        if outcome.result != Result.ACCEPTED or not outcome.provider_ref:
            raise Refused(outcome if outcome.result != Result.ACCEPTED else NOBODY)
        caches["answers"].set(self._person_key(phone), seal(outcome.provider_ref), PERSON_SECONDS)
        return outcome.provider_ref

    def _person_key(self, phone: str) -> str:
        return f"wecom-person-{keyed_hash(self.who_we_are, phone)}"

    def _with_token(self, talk: Callable[[str], Answer], reading: Reading) -> Outcome:
        """A token WeCom no longer takes is fetched anew, once."""
        outcome = told(lambda: talk(token), reading) if (token := self._token()) else NOBODY
        if outcome.code in STALE:
            fresh = self._token(anew=True)
            outcome = told(lambda: talk(fresh), reading)
        return outcome

    def _token(self, *, anew: bool = False) -> str:
        key = f"wecom-token-{self.who_we_are}"
        if not anew and (known := caches["answers"].get(key)):
            return unseal(known)
        url = self._url("gettoken", corpid=self.corp, corpsecret=self.secret)
        outcome = told(lambda: ask("GET", url), TOKEN)
        if outcome.result != Result.ACCEPTED or not outcome.provider_ref:
            raise Refused(outcome if outcome.result != Result.ACCEPTED else NOBODY)
        caches["answers"].set(key, seal(outcome.provider_ref), TOKEN_SECONDS)
        return outcome.provider_ref

    def _url(self, path: str, **query: Any) -> str:
        return f"{self.server.rstrip('/')}/cgi-bin/{path}?{urlencode(query)}"


NOBODY = Outcome(Result.TEMPORARY, "empty", "the answer was empty")
