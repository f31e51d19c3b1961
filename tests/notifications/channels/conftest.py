"""Channels that talk to a provider on this machine, and a rule that uses one of them."""

import http.client
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from core.clock import SHANGHAI
from notifications.channels import channels, talk
from notifications.models import ChannelSetup, Delivery
from notifications.planner import plan
from notifications.setups import set_up, switch
from tests.factories.teams import UserFactory
from tests.notifications import things
from tests.notifications.channels.provider import Provider
from tests.notifications.conftest import forget, step

AT = datetime(2026, 10, 8, 9, tzinfo=SHANGHAI)
PATHS = {
    "wecom_robot": "notifications.channels.robots.WeComRobot",
    "dingtalk_robot": "notifications.channels.robots.DingTalkRobot",
    "feishu_robot": "notifications.channels.robots.FeishuRobot",
    "wecom_app": "notifications.channels.wecom_app.WeComApp",
    "sms": "notifications.channels.sms.Sms",
    "mail": "notifications.channels.mail.Mail",
}
SECRET = "SECabcdef0123456789"


class EverybodyInTheOffice:
    """Groups for tests: all people share the office's chat."""

    def choices(self) -> list[tuple[str, str]]:
        return [("office", "the office"), ("unit:1", "a unit")]

    def of(self, people: Collection[int]) -> Mapping[int, list[str]]:
        return {person: ["unit:1", "office"] for person in people}


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """Plain http to this machine is taken for the length of a test; nothing else is."""
    with Provider() as provider:
        settings.CHANNEL_HOSTS = [f"127.0.0.1:{provider.port}"]
        monkeypatch.setitem(talk.LINES, "http", http.client.HTTPConnection)
        yield provider


@pytest.fixture
def shelf(db: None, settings: Any, tmp_path: Path) -> Iterator[things.Shelf]:
    settings.VAR_DIR = tmp_path
    settings.REMINDER_SOURCES = ["tests.notifications.things.sources"]
    settings.REMINDER_CHANNELS = ["notifications.channels.in_app.InApp", *PATHS.values()]
    settings.REMINDER_GROUPS = "tests.notifications.channels.conftest.EverybodyInTheOffice"
    settings.WORKING_DAYS = "tests.notifications.things.working_days"
    forget()
    things.shelf.__init__()  # type: ignore[misc]
    person = UserFactory(email="wang@example.cn", phone="13800000001")
    things.shelf.people = {"team": {person.pk}}
    yield things.shelf
    forget()


def setup_of(channel: str, url: str, **values: Any) -> ChannelSetup:
    """A channel set up for the provider at `url`, tested by nobody and in use."""
    needs = {need.name: need for need in channels()[channel].needs}  # type: ignore[attr-defined]
    given: dict[str, Any] = {name: need.default for name, need in needs.items() if not need.is_key}
    keys = {"secret": SECRET} if "secret" in needs else {}
    if channel == "sms":
        given["url"], keys = f"{url}/send", {"key": SECRET}
    elif channel == "wecom_app":
        given |= {"corp": "ww123", "agent": 1000002, "server": url}
    else:
        keys["webhook"] = f"{url}/send?access_token=tokentokentoken"
    group = values.pop("group", "office" if channel.endswith("robot") else "")
    setup = set_up(channel=channel, group=group, values=given | values, keys=keys, by=None, at=AT)
    return switch(setup=setup, on=True, by=None, at=AT, version=None)


@pytest.fixture
def due(shelf: things.Shelf, rule: Callable[..., Any]) -> Callable[..., list[Delivery]]:
    """`due("sms", 3)`: three things whose reminder has just been planned for everybody of the team by this channel."""

    def make(channel: str, n: int = 1) -> list[Delivery]:
        rule(step(-1), channels=[channel])
        shelf.anchors = dict.fromkeys(range(1, n + 1), date(2026, 10, 9))
        plan(at=AT)
        return list(Delivery.objects.filter(channel=channel).order_by("pk"))

    return make
