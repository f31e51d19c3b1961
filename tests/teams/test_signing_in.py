from collections.abc import Callable
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from teams import services
from teams.models import User
from tests.factories.teams import UserFactory
from tests.people import District
from tests.teams.conftest import AT

PASSWORD = "白日依山尽42"


@pytest.fixture
def person(db: None) -> User:
    person = UserFactory(name="周启明", phone="13800138000")
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


def sign_in(visitor: Client, username: str, password: str = PASSWORD, **more: str) -> object:
    return visitor.post("/login/", {"username": username, "password": password, **more})


@pytest.mark.parametrize(
    "typed", ["周启明", "周 启明", "13800138000", "138 0013 8000", "+8613800138000", "１３８００１３８０００"]
)
def test_name_or_number_opens_the_door(person: User, visitor: Client, typed: str) -> None:
    response = sign_in(visitor, typed, next="/me/")

    assert (response.status_code, response["Location"]) == (302, "/me/")
    assert visitor.session["_auth_user_id"] == str(person.pk)


def test_two_people_of_one_name_are_asked_for_the_number(person: User, visitor: Client) -> None:
    UserFactory(name="周启明")
    response = sign_in(visitor, "周启明")

    assert response.status_code == 422
    assert "Several people are called 周启明. Please use your mobile number." in response.content.decode()
    assert sign_in(visitor, "13800138000", next="/me/").status_code == 302


@pytest.mark.parametrize(
    ("username", "password"), [("周启明", "wrong"), ("13900000000", PASSWORD), ("没有人", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    person: User, visitor: Client, username: str, password: str
) -> None:
    response = sign_in(visitor, username, password)

    assert response.status_code == 422
    assert "Name, number or password is wrong." in response.content.decode()


def test_the_fifth_wrong_password_locks_this_name_for_a_while(person: User, visitor: Client) -> None:
    answers = [sign_in(visitor, "周启明", "wrong").status_code for _attempt in range(5)]

    assert answers == [422, 422, 422, 422, 429]
    locked = sign_in(visitor, "周启明")
    assert locked.status_code == 429
    assert "Please wait 15 minutes" in locked.content.decode()


def test_writing_the_number_differently_does_not_get_around_the_lock(person: User, visitor: Client) -> None:
    ways = ["13800138000", "138 0013 8000", "+8613800138000", "１３８００１３８０００", "138-0013-8000"]
    for typed in ways:
        sign_in(visitor, typed, "wrong")

    assert sign_in(visitor, "1380013 8000").status_code == 429


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "foo", "foo/bar"]
)
def test_the_next_page_is_one_of_ours(person: User, visitor: Client, elsewhere: str) -> None:
    response = sign_in(visitor, "周启明", next=elsewhere)

    assert "evil" not in response["Location"]
    assert "foo" not in response["Location"]
    assert response["Location"].startswith("/")


def test_a_closed_account_does_not_get_in(person: User, visitor: Client) -> None:
    User.objects.update(is_active=False)

    assert sign_in(visitor, "13800138000").status_code == 422


def test_a_session_ends_with_the_account(district: District, as_user: Callable[[User], Client]) -> None:
    client = as_user(district.own["lead"])
    assert client.get("/me/").status_code == 200
    services.deactivate_person(user=district.own["lead"], by=district["administrator"], at=AT)

    assert client.get("/me/")["Location"] == "/login/?next=/me/"


def test_signing_out_ends_the_session(person: User, as_user: Callable[[User], Client]) -> None:
    client = as_user(person)
    client.post("/logout/")

    assert client.get("/me/").status_code == 302


def test_a_new_password_signs_other_devices_out(person: User, as_user: Callable[[User], Client]) -> None:
    here, there = as_user(person), as_user(person)
    new = "欲穷千里目更上43"
    here.post("/me/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302
    assert User.objects.get().check_password(new)


def test_guessing_the_own_password_ends_after_ten_tries_in_all_forms_together(
    person: User, as_user: Callable[[User], Client], settings: Any
) -> None:
    settings.EMAIL_HOST = "localhost"
    client, new = as_user(person), "欲穷千里目更上43"
    typed = {"old_password": "guess", "new_password1": new, "new_password2": new}
    for _try in range(5):
        client.post("/me/password/", typed)
        client.post("/me/email/", {"email": "new@example.cn", "password": "guess"})

    assert client.post("/me/password/", typed | {"old_password": PASSWORD}).status_code == 422
    assert User.objects.get().check_password(PASSWORD)


def test_a_weak_password_is_refused(person: User, as_user: Callable[[User], Client]) -> None:
    response = as_user(person).post(
        "/me/password/", {"old_password": PASSWORD, "new_password1": "12345678", "new_password2": "12345678"}
    )

    assert response.status_code == 422
    assert User.objects.get().check_password(PASSWORD)


def link_for(person: User) -> str:
    return f"/password/{urlsafe_base64_encode(force_bytes(person.pk))}/{default_token_generator.make_token(person)}/"


def test_a_link_sets_a_password_once(person: User, visitor: Client) -> None:
    link, new = link_for(person), "欲穷千里目更上43"
    assert visitor.get(link).status_code == 200

    assert visitor.post(link, {"new_password1": new, "new_password2": new}).status_code == 302
    assert User.objects.get().check_password(new)
    assert visitor.get(link).status_code == 404


@pytest.mark.parametrize(
    "path", ["/password/MQ/x-y/", "/password/!/x/", "/password/LTE/x-y/", "/password/OTk5OTk5OTk5OTk5OTk5OTk5OTk/x/"]
)
def test_a_made_up_link_is_void(person: User, visitor: Client, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_a_link_of_a_closed_account_is_void(person: User, visitor: Client) -> None:
    link = link_for(person)
    User.objects.update(is_active=False)

    assert visitor.get(link).status_code == 404


def test_the_role_shown_is_one_that_is_held(district: District, as_user: Callable[[User], Client]) -> None:
    client = as_user(district["coordinator"])
    client.post("/me/role/", {"role": "handler"})
    assert client.session["role"] == "handler"

    client.post("/me/role/", {"role": "auditor"})
    assert client.session["role"] == "handler"


def test_large_text_of_the_profile_replaces_the_choice_of_this_device(
    person: User, as_user: Callable[[User], Client]
) -> None:
    client = as_user(person)
    client.cookies["large"] = "0"
    client.post("/me/preferences/", {"large_text": "on"})

    assert User.objects.get().large_text
    assert client.cookies["large"].value == ""


def test_a_name_that_unfolds_into_hundreds_of_characters_is_only_a_wrong_name(person: User, visitor: Client) -> None:
    """U+FDFA is folded into eighteen characters; what counts wrong passwords keeps 255."""
    response = sign_in(visitor, "\ufdfa" * 60, "wrong")

    assert response.status_code == 422
    assert max(len(attempt.username) for attempt in AccessAttempt.objects.all()) == 60
