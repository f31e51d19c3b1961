"""Setting up channels in the browser: who may, what is kept, and that no key ever comes back."""

import http.client
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from core.models import Event
from core.sealing import unseal
from notifications.channels import talk
from notifications.models import ChannelSetup
from teams.models import User
from teams.permissions import Role
from tests.e2e.test_every_page import OVERFLOW, violations
from tests.factories.teams import GrantFactory, ProgrammeFactory, StreetFactory
from tests.notifications.channels.provider import Provider, Reply

LIST = "/settings/channels/"
NEW = "/settings/channels/new/dingtalk_robot/"
KEY = "SECsecretsecretsecret"
TOKEN = "tokentokentoken"


@pytest.fixture
def admin(db: None) -> User:
    ProgrammeFactory()
    return GrantFactory(role=Role.ADMINISTRATOR).user


@pytest.fixture
def office(client: Client, admin: User) -> Iterator[Client]:
    client.force_login(admin)
    with translation.override("en"):
        yield client


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    settings.LANGUAGE_CODE = "en"
    with Provider() as provider:
        settings.CHANNEL_HOSTS = [f"127.0.0.1:{provider.port}"]
        monkeypatch.setitem(talk.LINES, "http", http.client.HTTPConnection)
        yield provider


def set_up(client: Client, provider: Provider, **more: str) -> ChannelSetup:
    fields = {"group": "office", "webhook": f"{provider.url}/send?access_token={TOKEN}", "secret": KEY, **more}
    answer = client.post(NEW, fields)
    assert answer.status_code == 302, answer.content.decode()
    return ChannelSetup.objects.get()


def page(client: Client, setup: ChannelSetup) -> str:
    return client.get(f"{LIST}{setup.pk}/").content.decode()


def change(client: Client, setup: ChannelSetup, **fields: Any) -> Any:
    return client.post(f"{LIST}{setup.pk}/", {"version": setup.version, "webhook": "", "secret": "", **fields})


def press(client: Client, setup: ChannelSetup, door: str, **fields: Any) -> ChannelSetup:
    client.post(f"{LIST}{setup.pk}/{door}/", {"version": setup.version, **fields})
    return ChannelSetup.objects.get(pk=setup.pk)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.OFFICIAL, Role.AUDITOR])
def test_only_administrators_come_in(client: Client, admin: User, provider: Provider, role: Role) -> None:
    client.force_login(admin)
    setup = set_up(client, provider)
    client.force_login(GrantFactory(role=role).user)
    assert [client.get(path).status_code for path in (LIST, NEW, f"{LIST}{setup.pk}/")] == [403] * 3
    doors = ("switch/", "test/", "keys/webhook/")
    assert [client.post(f"{LIST}{setup.pk}/{door}").status_code for door in doors] == [403] * 3


def test_a_robot_is_set_up_tested_and_switched_on(office: Client, provider: Provider) -> None:
    provider.says("/send", Reply({"errcode": 0, "errmsg": "ok"}))
    setup = set_up(office, provider)
    assert not setup.is_active
    setup = press(office, setup, "test")
    assert setup.test_result == "accepted" and "The provider has taken it." in page(office, setup)
    assert "This is a test" in provider.asked[0].body["text"]["content"]
    assert press(office, setup, "switch", on="1").is_active
    assert "In use" in office.get(LIST).content.decode()


def test_the_answer_to_a_test_is_shown_in_words(office: Client, provider: Provider) -> None:
    provider.says("/send", Reply({"errcode": 310000, "errmsg": "sign not match"}))
    setup = press(office, set_up(office, provider), "test")
    shown = page(office, setup)
    assert "Refused for good." in shown and "310000 sign not match" in shown


def test_a_provider_that_is_away_is_told_from_one_that_does_not_answer(office: Client, provider: Provider) -> None:
    setup = set_up(office, provider)
    provider.__exit__()
    press(office, setup, "test")
    assert "The provider could not be reached. Nothing was sent." in page(office, setup)


def test_no_key_comes_back_on_a_page_or_stands_in_an_event(office: Client, provider: Provider) -> None:
    provider.says("/send", Reply({"errcode": 1, "errmsg": f"no {TOKEN} {KEY}"}))
    setup = press(office, set_up(office, provider), "test")
    office.post(f"{LIST}{setup.pk}/", {"version": setup.version, "webhook": "http://no", "secret": "SECanothersecret"})
    answer = change(office, setup, webhook="https://elsewhere.example/x?key=another-token", secret=KEY)
    shown = page(office, setup) + office.get(LIST).content.decode() + answer.content.decode()
    told = str(list(Event.objects.values_list("payload", flat=True)))
    for secret in (TOKEN, KEY, "another-token", "SECanother"):
        assert secret not in shown + told
    assert TOKEN not in str(setup.sealed) and TOKEN in unseal(setup.sealed["webhook"])


def test_an_empty_key_field_keeps_the_key_and_a_new_one_replaces_it(office: Client, provider: Provider) -> None:
    setup = set_up(office, provider)
    assert change(office, setup, secret="SECsomethingelse").status_code == 302
    row = ChannelSetup.objects.get()
    assert unseal(row.sealed["secret"]) == "SECsomethingelse" and TOKEN in unseal(row.sealed["webhook"])


def test_a_key_can_be_removed_and_a_channel_without_it_is_switched_off(office: Client, provider: Provider) -> None:
    setup = press(office, set_up(office, provider), "switch", on="1")
    setup = press(office, setup, "keys/secret")
    assert setup.is_active and not setup.has_key("secret")  # the signature is not needed
    setup = press(office, setup, "keys/webhook")
    assert not setup.is_active and not setup.has_key("webhook")
    assert not press(office, setup, "switch", on="1").is_active
    assert press(office, setup, "test").tested_at is None
    assert "Not complete" in page(office, setup)


@pytest.mark.parametrize(
    "webhook",
    [
        "https://elsewhere.example/send?key=1",
        "http://oapi.dingtalk.com/robot/send?access_token=1",
        "https://user:word@127.0.0.1/send",
        "file:///etc/passwd",
        "https://127.0.0.1:1/x y",
    ],
)
def test_only_addresses_on_named_servers_are_kept(office: Client, provider: Provider, webhook: str) -> None:
    answer = office.post(NEW, {"group": "office", "webhook": webhook, "secret": ""})
    assert answer.status_code == 422
    assert not ChannelSetup.objects.exists()


def test_a_group_has_one_robot_of_a_kind(office: Client, provider: Provider) -> None:
    set_up(office, provider)
    answer = office.post(NEW, {"group": "office", "webhook": f"{provider.url}/other"})
    assert answer.status_code == 422
    assert ChannelSetup.objects.count() == 1


def test_a_unit_can_have_its_own_robot(office: Client, provider: Provider) -> None:
    street = StreetFactory(name="长堤街道")
    setup = set_up(office, provider, group=f"unit:{street.pk}")
    assert "长堤街道" in page(office, setup)


def test_every_change_is_an_event_and_an_old_page_changes_nothing(office: Client, provider: Provider) -> None:
    provider.says("/send", Reply({"errcode": 0}))
    setup = set_up(office, provider)
    press(office, press(office, setup, "switch", on="1"), "test")
    assert office.post(f"{LIST}{setup.pk}/switch/", {"version": setup.version, "on": "0"}).status_code == 409
    assert ChannelSetup.objects.get().is_active
    verbs = Event.objects.filter(object_type="notifications.channelsetup").values_list("verb", flat=True)
    assert list(verbs) == ["create", "change", "tested"]


def test_the_sixth_test_of_a_minute_is_not_sent(office: Client, provider: Provider) -> None:
    provider.says("/send", Reply({"errcode": 0}))
    setup = set_up(office, provider)
    for _n in range(7):
        press(office, setup, "test")
    assert len(provider.asked) == 5


def test_text_messages_need_a_request_with_number_and_words(office: Client, provider: Provider) -> None:
    fields = {
        "url": f"{provider.url}/sms",
        "template": '{"to": "{phone}"}',
        "as_form": "json",
        "code_at": "code",
        "fine": "0",
        "longest": "200",
        "per_person": "3",
        "per_day": "500",
    }
    new = "/settings/channels/new/sms/"
    assert office.post(new, fields).status_code == 422
    assert office.post(new, fields | {"template": '{"to": "{phone}", "say": "{text}"}'}).status_code == 302
    assert office.get(new).status_code == 302  # there is only one


def test_mail_is_tested_to_ones_own_address(office: Client, provider: Provider, admin: User, settings: Any) -> None:
    assert "EMAIL_HOST" in office.get(LIST).content.decode()
    settings.EMAIL_HOST = "mail.example.cn"
    User.objects.filter(pk=admin.pk).update(email="admin@example.cn")
    from django.core import mail  # noqa: PLC0415

    answer = office.post(f"{LIST}mail/test/", follow=True).content.decode()
    assert "The provider has taken it." in answer
    assert [letter.to for letter in mail.outbox] == [["admin@example.cn"]]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_are_accessible_and_fit(
    page_of: Any, live_server: Any, transactional_db: None, admin: User, provider: Provider, language: str
) -> None:
    provider.says("/send", Reply({"errcode": 93000, "errmsg": "invalid webhook url, hint: [1234567890]"}))
    client = Client()
    client.force_login(admin)
    setup = press(client, set_up(client, provider), "test")
    browser = page_of(admin)
    browser.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    for path in (LIST, NEW, "/settings/channels/new/sms/", f"{LIST}{setup.pk}/"):
        browser.goto(path)
        for width in (320, 390, 768, 1280, 1440):
            browser.set_viewport_size({"width": width, "height": 900})
            assert not browser.evaluate(OVERFLOW), f"{path} at {width}"
            assert list(violations(browser, path, width)) == []
