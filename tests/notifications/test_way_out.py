"""The way out of a mail: signed, without signing in, and only for what may be muted."""

import pytest
from django.test import Client

from notifications.audience import is_muted
from notifications.channels import channels
from notifications.models import Preference, ReminderRule
from notifications.way_out import mute, token_for
from teams.models import User
from tests.factories.teams import UserFactory


@pytest.fixture
def reader(db: None) -> User:
    return UserFactory()


@pytest.fixture
def rule(db: None) -> ReminderRule:
    steps = [{"code": "T", "audience": ["team"]}]
    return ReminderRule.objects.create(code="coming", kind="visit-coming", source="visit-coming", steps=steps)


def address(person: int, code: str) -> str:
    return f"/reminders/stop/{token_for(person, code)}/"


def test_opening_changes_nothing_and_sending_mutes(reader: User, rule: ReminderRule) -> None:
    client = Client(enforce_csrf_checks=True)  # mail providers send it without our form
    assert client.get(address(reader.pk, "coming")).status_code == 200
    assert not Preference.objects.exists()
    assert client.post(address(reader.pk, "coming"), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Preference.objects.get(user=reader).muted == ["coming/mail"]


def test_it_can_be_sent_twice(reader: User, rule: ReminderRule) -> None:
    Preference.objects.create(user=reader, muted=["other"])
    for _time in range(2):
        Client().post(address(reader.pk, "coming"))
    assert Preference.objects.get().muted == ["other", "coming/mail"]


def test_it_stops_the_mail_and_nothing_else(reader: User, rule: ReminderRule) -> None:
    """Whoever wants no mail of a kind may still want the text message."""
    mute(person=reader.pk, rule=rule)
    wish = Preference.objects.get()
    assert {name for name, channel in channels().items() if is_muted(wish, rule, channel)} == {"mail"}


def test_a_token_nobody_gave_out_leads_nowhere(reader: User, rule: ReminderRule) -> None:
    good = address(reader.pk, "coming")
    assert [Client().post(bad).status_code for bad in (good[:-3] + "x/", address(reader.pk, "other"))] == [404, 404]


def test_what_is_mandatory_has_no_way_out(reader: User, rule: ReminderRule) -> None:
    ReminderRule.objects.update(mandatory=True)
    assert Client().post(address(reader.pk, "coming")).status_code == 404
