"""The number people sign in with changes when both codes were typed, and not before."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from notifications.channels import Outcome, Result
from notifications.kinds import Kind
from notifications.models import ChannelSetup, Message
from notifications.reminders import AT_ONCE
from teams import services
from teams.models import PhoneChange, User
from tests.e2e.test_every_page import OVERFLOW, violations
from tests.factories.teams import UserFactory
from tests.people import District
from tests.teams.conftest import AT

OLD, NEW, THIRD = "13800000001", "13900000002", "13700000003"


class Gateway:
    """Remembers what it was given; `result` is what it says."""

    sent: ClassVar[list[tuple[str, str]]] = []
    result: ClassVar[Result] = Result.ACCEPTED

    def send(self, setup: ChannelSetup, key: str, phone: str, text: str) -> Outcome:
        self.sent.append((phone, text))
        return Outcome(self.result)


@pytest.fixture
def texts(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The text messages that left the house."""
    settings.SMS_GATEWAY = "tests.teams.test_phone_change.Gateway"
    ChannelSetup.objects.create(channel="sms", is_active=True, values={"url": "https://x", "template": "{}"})
    monkeypatch.setattr(Gateway, "sent", [])
    return Gateway.sent


@pytest.fixture
def person(db: None) -> User:
    person = UserFactory(name="陆一鸣", phone=OLD)
    person.set_password("secret-words")
    person.save()
    return person


@pytest.fixture
def asked(person: User, texts: list[tuple[str, str]], django_capture_on_commit_callbacks: Any) -> PhoneChange:
    with django_capture_on_commit_callbacks(execute=True):
        return services.ask_for_phone(user=person, phone=NEW, by=person, at=AT)


def codes(texts: list[tuple[str, str]]) -> dict[str, str]:
    """The last code that went to either number."""
    found = {phone: re.search(r"\d{6}", text) for phone, text in texts}
    return {name: match[0] for name, phone in (("old_code", OLD), ("new_code", NEW)) if (match := found.get(phone))}


def number(person: User) -> str:
    return User.objects.get(pk=person.pk).phone


def confirm(person: User, **typed: Any) -> None:
    services.confirm_phone(user=person, by=person, **{"at": AT, **typed})


def test_either_number_gets_its_own_code_which_is_kept_nowhere(
    person: User, asked: PhoneChange, texts: list[tuple[str, str]]
) -> None:
    assert [phone for phone, _text in texts] == [OLD, NEW]
    row = PhoneChange.objects.values().get()
    assert row["sent_at"] == AT
    assert not any(code in str(row) for code in codes(texts).values())
    assert number(person) == OLD


def test_both_codes_change_the_number_and_the_person_is_told(
    person: User, asked: PhoneChange, texts: list[tuple[str, str]]
) -> None:
    confirm(person, **codes(texts))
    assert number(person) == NEW
    assert [event.verb for event in history_of(person)] == ["change_phone", "ask_for_phone"]
    message = Message.objects.get()
    assert (message.kind, message.facts) == (Kind.PHONE_CHANGED, {"phone": "139****0002", "by": ""})
    assert message.kind in AT_ONCE


@pytest.mark.parametrize("wrong", ["old_code", "new_code"])
def test_one_right_code_is_not_enough_and_the_fifth_wrong_try_ends_it(
    person: User, asked: PhoneChange, texts: list[tuple[str, str]], wrong: str
) -> None:
    right = codes(texts)
    for _try in range(5):
        with pytest.raises(RuleBroken):
            confirm(person, **{**right, wrong: "x"})
    with pytest.raises(RuleBroken):
        confirm(person, **right)
    assert (number(person), PhoneChange.objects.get().outcome) == (OLD, "refused")


def test_the_two_codes_are_not_the_same_door(person: User, asked: PhoneChange, texts: list[tuple[str, str]]) -> None:
    PhoneChange.objects.update(new_code_hash=PhoneChange.objects.get().old_code_hash)
    old = codes(texts)["old_code"]
    with pytest.raises(RuleBroken):
        confirm(person, old_code=old, new_code=old)


def test_after_half_an_hour_the_codes_are_void(person: User, asked: PhoneChange, texts: list[tuple[str, str]]) -> None:
    with pytest.raises(RuleBroken):
        confirm(person, at=AT + timedelta(minutes=30), **codes(texts))
    assert number(person) == OLD


def test_new_codes_make_those_before_void(
    person: User, asked: PhoneChange, texts: list[tuple[str, str]], django_capture_on_commit_callbacks: Any
) -> None:
    before = codes(texts)
    with django_capture_on_commit_callbacks(execute=True):
        services.send_codes_again(user=person, by=person, at=AT)
    with pytest.raises(RuleBroken):
        confirm(person, **before)
    confirm(person, **codes(texts))
    assert number(person) == NEW


def test_new_codes_have_half_an_hour_of_their_own_and_no_tries_more(
    person: User, asked: PhoneChange, texts: list[tuple[str, str]], django_capture_on_commit_callbacks: Any
) -> None:
    with pytest.raises(RuleBroken):
        confirm(person, old_code="x", new_code="x")
    later = AT + timedelta(minutes=29)
    with django_capture_on_commit_callbacks(execute=True):
        services.send_codes_again(user=person, by=person, at=later)
    assert PhoneChange.objects.get().tries == 1
    confirm(person, at=later + timedelta(minutes=29), **codes(texts))
    assert number(person) == NEW


def test_codes_that_could_not_be_sent_are_said(
    person: User, texts: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(Gateway, "result", Result.PERMANENT)
    with django_capture_on_commit_callbacks(execute=True):
        services.ask_for_phone(user=person, phone=NEW, by=person, at=AT)
    assert PhoneChange.objects.get().sent_at is None


def test_a_number_that_is_taken_is_refused_when_asked_and_when_confirmed(
    person: User, asked: PhoneChange, texts: list[tuple[str, str]]
) -> None:
    UserFactory(phone=THIRD)
    with pytest.raises(RuleBroken):
        services.ask_for_phone(user=person, phone=THIRD, by=person, at=AT)
    UserFactory(phone=NEW)
    with pytest.raises(RuleBroken):
        confirm(person, **codes(texts))
    assert number(person) == OLD


def test_codes_are_sent_five_times_a_day(person: User, asked: PhoneChange, texts: list[tuple[str, str]]) -> None:
    for _time in range(4):
        services.send_codes_again(user=person, by=person, at=AT)
    with pytest.raises(RuleBroken):
        services.send_codes_again(user=person, by=person, at=AT)


def test_a_withdrawn_change_is_over(person: User, asked: PhoneChange, texts: list[tuple[str, str]]) -> None:
    services.withdraw_phone(user=person, by=person, at=AT)
    with pytest.raises(RuleBroken):
        confirm(person, **codes(texts))


def test_only_for_oneself_and_not_without_text_messages(person: User) -> None:
    with pytest.raises(PermissionDenied):
        services.ask_for_phone(user=person, phone=NEW, by=UserFactory(), at=AT)
    with pytest.raises(RuleBroken):
        services.ask_for_phone(user=person, phone=NEW, by=person, at=AT)
    assert not PhoneChange.objects.exists()


def test_the_administrator_changes_it_and_the_person_hears_by_whom(district: District, person: User) -> None:
    administrator = district["administrator"]
    services.set_phone(user=person, phone=NEW, by=administrator, at=AT, version=1)
    assert (number(person), Message.objects.get(recipient=person).facts["by"]) == (NEW, administrator.name)
    event = history_of(person).get()
    assert (event.verb, event.payload) == ("change_phone", {"old": "138****0001", "new": "139****0002"})
    change = PhoneChange.objects.get(user=person)
    assert (change.old_phone, change.new_phone, change.outcome, change.waits(AT)) == (OLD, NEW, "done", False)
    with pytest.raises(Conflict):
        services.set_phone(user=person, phone=THIRD, by=administrator, at=AT, version=1)
    with pytest.raises(PermissionDenied):
        services.set_phone(user=person, phone=THIRD, by=district["coordinator"], at=AT)


# -- Pages ------------------------------------------------------------------------------------


def test_where_no_text_messages_are_sent_the_page_says_who_changes_it(
    person: User, as_user: Any, district: District
) -> None:
    page = as_user(person).get("/me/phone/").content.decode()
    assert "the administrator changes it for you" in page and 'name="phone"' not in page


def test_asking_needs_the_password(person: User, as_user: Any, texts: list[tuple[str, str]]) -> None:
    client, typed = as_user(person), {"phone": NEW, "password": "guess"}
    assert (client.post("/me/phone/", typed).status_code, PhoneChange.objects.count()) == (422, 0)
    assert client.post("/me/phone/", typed | {"password": "secret-words"}).status_code == 302


def test_a_wrong_code_on_the_page_is_counted(person: User, as_user: Any, texts: list[tuple[str, str]]) -> None:
    client: Client = as_user(person)
    PhoneChange.objects.create(user=person, old_phone=OLD, new_phone=NEW, asked_at=timezone.now(), sent_at=AT)
    typed = {"old_code": "１２３４５６", "new_code": "000000", "form_key": "7d9a4f9e-0000-4000-8000-000000000001"}
    assert client.post("/me/phone/codes/", typed).status_code == 422
    assert PhoneChange.objects.get().tries == 1
    assert client.post("/me/phone/codes/", typed | {"old_code": "12"}).status_code == 422
    assert PhoneChange.objects.get().tries == 1


def test_the_administrators_form_keeps_a_number_that_is_taken(district: District, person: User, as_user: Any) -> None:
    client: Client = as_user(district["administrator"])
    UserFactory(phone=THIRD)
    path = f"/accounts/{person.pk}/phone/"
    answer = client.post(path, {"phone": THIRD, "version": person.version})
    assert (answer.status_code, THIRD in answer.content.decode(), number(person)) == (422, True, OLD)
    assert client.post(path, {"phone": NEW, "version": person.version}).status_code == 302
    assert number(person) == NEW


# -- In a browser -----------------------------------------------------------------------------


def test_on_a_phone_both_codes_are_typed_and_the_new_number_counts(
    person: User, texts: list[tuple[str, str]], page_of: Callable[..., Any], district: District
) -> None:
    page = page_of(person, locale="en", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto("/me/phone/")
    page.get_by_label("New mobile phone").fill("139 0000 0002")
    page.get_by_label("Your password").fill("secret-words")
    page.get_by_role("button", name="Send the codes").click()
    page.get_by_role("heading", name=f"Waiting to change to {NEW}").wait_for()
    assert page.evaluate(OVERFLOW) == 0
    assert list(violations(page, page.url, 390)) == []
    page.get_by_label("Code from the old number").fill("12")
    page.get_by_role("button", name="Change the number").click()
    page.get_by_text("A code has six digits.").first.wait_for()
    page.get_by_label("Code from the old number").fill(codes(texts)["old_code"])
    page.get_by_label("Code from the new number").fill(codes(texts)["new_code"])
    page.get_by_role("button", name="Change the number").click()
    page.get_by_text("Sign in with your new number from now on.").first.wait_for()
    assert number(person) == NEW
