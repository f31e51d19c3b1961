"""An e-mail address changes when both mailboxes have said yes, and not before."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from teams import services
from teams.contact_mails import NEW, OLD, read_token, token_for
from teams.models import EmailChange, User
from tests.factories.teams import UserFactory
from tests.people import District
from tests.teams.conftest import AT


@pytest.fixture(autouse=True)
def post_office(settings: Any) -> None:
    settings.EMAIL_HOST = "localhost"


@pytest.fixture
def person(db: None) -> User:
    person = UserFactory(name="陆一鸣", email="old@example.cn")
    person.set_password("secret-words")
    person.save()
    return person


@pytest.fixture
def asked(person: User, django_capture_on_commit_callbacks: Any) -> EmailChange:
    with django_capture_on_commit_callbacks(execute=True):
        return services.ask_for_email(user=person, email="new@example.cn", by=person, at=AT)


def link(letter: Any) -> str:
    found = re.search(r"https?://[^/]+(/email/\S+/)", letter.body)
    assert found
    return found[1]


def address(person: User) -> str:
    return User.objects.get(pk=person.pk).email


def test_either_mailbox_gets_its_own_link(asked: EmailChange) -> None:
    letters = {letter.to[0]: link(letter) for letter in mail.outbox}
    sides = {to: read_token(path.split("/")[2])[1] for to, path in letters.items()}  # type: ignore[index]
    assert sides == {"new@example.cn": NEW, "old@example.cn": OLD}
    assert EmailChange.objects.get().sent_at == AT


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_the_old_address_counts_until_both_have_said_yes(
    person: User, asked: EmailChange, order: tuple[str, str]
) -> None:
    for side in (order[0], order[0]):
        services.confirm_email(change=asked, side=side, at=AT)
        assert address(person) == "old@example.cn"
    services.confirm_email(change=asked, side=order[1], at=AT)
    assert address(person) == "new@example.cn"
    assert [event.verb for event in history_of(person)][:3] == ["change_email", "confirm_email", "confirm_email"]


def test_it_was_not_me_ends_it_and_no_link_works_afterwards(person: User, asked: EmailChange) -> None:
    services.confirm_email(change=asked, side=NEW, at=AT)
    services.refuse_email(change=asked, at=AT)
    with pytest.raises(RuleBroken):
        services.confirm_email(change=asked, side=OLD, at=AT)
    assert address(person) == "old@example.cn"


def test_after_three_days_the_links_are_void(person: User, asked: EmailChange) -> None:
    services.confirm_email(change=asked, side=NEW, at=AT)
    with pytest.raises(RuleBroken):
        services.confirm_email(change=asked, side=OLD, at=AT + timedelta(days=3))
    assert address(person) == "old@example.cn"


def test_asking_for_another_one_ends_the_first(person: User, asked: EmailChange) -> None:
    services.ask_for_email(user=person, email="third@example.cn", by=person, at=AT)
    with pytest.raises(RuleBroken):
        services.confirm_email(change=asked, side=NEW, at=AT)
    assert list(EmailChange.objects.filter(ended_at=None).values_list("new_email", flat=True)) == ["third@example.cn"]


def test_without_an_old_address_only_the_new_one_is_asked(db: None, django_capture_on_commit_callbacks: Any) -> None:
    person = UserFactory(email="")
    with django_capture_on_commit_callbacks(execute=True):
        change = services.ask_for_email(user=person, email="new@example.cn", by=person, at=AT)
    assert [letter.to for letter in mail.outbox] == [["new@example.cn"]]
    services.confirm_email(change=change, side=NEW, at=AT)
    assert address(person) == "new@example.cn"


def test_only_for_oneself_and_only_to_another_address(person: User) -> None:
    with pytest.raises(PermissionDenied):
        services.ask_for_email(user=person, email="x@example.cn", by=UserFactory(), at=AT)
    with pytest.raises(RuleBroken):
        services.ask_for_email(user=person, email="OLD@example.cn", by=person, at=AT)


def test_without_a_post_office_nothing_is_promised(person: User, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    with pytest.raises(RuleBroken):
        services.ask_for_email(user=person, email="new@example.cn", by=person, at=AT)


def test_mails_that_could_not_be_sent_are_said_and_sent_again(
    person: User, settings: Any, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    client.force_login(person, backend="teams.signing_in.NameOrPhoneBackend")
    with django_capture_on_commit_callbacks(execute=True):
        services.ask_for_email(user=person, email="new@example.cn", by=person, at=timezone.now())
    assert b"note red" in client.get("/me/email/").content
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/me/email/send/")
    assert (b"note red" in client.get("/me/email/").content, len(mail.outbox)) == (False, 2)


def test_links_sent_again_have_three_days_of_their_own(person: User, asked: EmailChange) -> None:
    later = AT + timedelta(days=2, hours=23)
    services.send_again(user=person, by=person, at=later)
    for side in (OLD, NEW):
        services.confirm_email(change=asked, side=side, at=later + timedelta(days=2))
    assert address(person) == "new@example.cn"


def test_a_second_failure_does_not_look_sent(person: User, asked: EmailChange, settings: Any) -> None:
    assert EmailChange.objects.get().sent_at is not None
    services.send_again(user=person, by=person, at=AT)
    assert EmailChange.objects.get().sent_at is None


def test_mails_are_sent_five_times_a_day(person: User, asked: EmailChange, client: Client) -> None:
    for _time in range(4):
        services.send_again(user=person, by=person, at=AT)
    with pytest.raises(RuleBroken):
        services.ask_for_email(user=person, email="third@example.cn", by=person, at=AT)
    client.force_login(person, backend="teams.signing_in.NameOrPhoneBackend")
    assert client.post("/me/email/send/")["Location"] == "/me/email/"
    assert "今天发送邮件的次数太多" in client.get("/me/email/").content.decode()


# -- Pages ------------------------------------------------------------------------------------


def test_asking_needs_the_password(person: User, client: Client) -> None:
    client.force_login(person, backend="teams.signing_in.NameOrPhoneBackend")
    wrong = {"email": "new@example.cn", "password": "guess"}
    assert (client.post("/me/email/", wrong).status_code, EmailChange.objects.count()) == (422, 0)
    assert client.post("/me/email/", wrong | {"password": "secret-words"}).status_code == 302
    assert EmailChange.objects.get().user == person


def test_guessing_the_password_ends_after_ten_tries(person: User, client: Client) -> None:
    client.force_login(person, backend="teams.signing_in.NameOrPhoneBackend")
    for _try in range(10):
        client.post("/me/email/", {"email": "new@example.cn", "password": "guess"})
    right = {"email": "new@example.cn", "password": "secret-words"}
    assert (client.post("/me/email/", right).status_code, EmailChange.objects.count()) == (422, 0)


def test_opening_a_link_changes_nothing_and_the_button_does(person: User, client: Client) -> None:
    change = EmailChange.objects.create(
        user=person, old_email=person.email, new_email="new@example.cn", asked_at=timezone.now()
    )
    for side in (OLD, NEW):
        path = f"/email/{token_for(change, side)}/"
        client.get(path)
        change.refresh_from_db()
        assert change.old_said_at is None or side == NEW
        assert client.post(path, {"answer": "yes"}).status_code == 200
    assert address(person) == "new@example.cn"
    assert client.post(path, {"answer": "yes"}).status_code == 422


def test_the_new_mailbox_cannot_refuse_and_the_old_one_can(person: User, client: Client) -> None:
    change = EmailChange.objects.create(
        user=person, old_email=person.email, new_email="new@example.cn", asked_at=timezone.now()
    )
    client.post(f"/email/{token_for(change, NEW)}/", {"answer": "no"})
    change.refresh_from_db()
    assert change.outcome == ""
    client.post(f"/email/{token_for(change, OLD)}/", {"answer": "no"})
    change.refresh_from_db()
    assert (change.outcome, address(person)) == ("refused", "old@example.cn")


def test_a_made_up_link_leads_nowhere(client: Client, person: User) -> None:
    assert client.get("/email/made-up/").status_code == 404


def test_withdrawn_links_do_nothing(person: User, asked: EmailChange) -> None:
    services.withdraw_email(user=person, by=person, at=AT)
    with pytest.raises(RuleBroken):
        services.confirm_email(change=asked, side=OLD, at=AT)


def test_the_administrator_helps_and_the_old_mailbox_is_told(
    district: District, person: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.set_email(user=person, email="new@example.cn", by=district["administrator"], at=AT, version=1)
    assert (address(person), [letter.to for letter in mail.outbox]) == ("new@example.cn", [["old@example.cn"]])
    with pytest.raises(RuleBroken):
        services.set_email(user=person, email="new@example.cn", by=district["administrator"], at=AT)
    with pytest.raises(Conflict):
        services.set_email(user=person, email="x@example.cn", by=district["administrator"], at=AT, version=1)
    with pytest.raises(PermissionDenied):
        services.set_email(user=person, email="x@example.cn", by=district["coordinator"], at=AT)


@pytest.mark.parametrize(
    ("old", "host", "new", "words"),
    [
        ("old@example.cn", "localhost", "new@example.cn", "新邮箱已经生效，并已通知旧邮箱。"),
        ("", "localhost", "new@example.cn", "新邮箱已经生效。"),
        ("old@example.cn", "", "new@example.cn", "新邮箱已经生效。"),
        ("old@example.cn", "localhost", "", "陆一鸣不再登记邮箱，并已通知旧邮箱。"),
        ("old@example.cn", "", "", "陆一鸣不再登记邮箱。"),
    ],
)
def test_the_administrator_hears_what_became_of_the_address(
    district: District, client: Client, settings: Any, old: str, host: str, new: str, words: str
) -> None:
    settings.EMAIL_HOST = host
    person = UserFactory(name="陆一鸣", email=old)
    client.force_login(district["administrator"], backend="teams.signing_in.NameOrPhoneBackend")
    answer = client.post(f"/accounts/{person.pk}/email/", {"email": new, "version": 1}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [words]


def test_the_same_address_once_more_is_no_change(district: District, person: User, client: Client) -> None:
    client.force_login(district["administrator"], backend="teams.signing_in.NameOrPhoneBackend")
    answer = client.post(f"/accounts/{person.pk}/email/", {"email": "old@example.cn", "version": 1})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["email"])
