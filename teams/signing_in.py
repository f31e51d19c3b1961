"""Signing in by name or mobile number, and the answer to somebody who guesses too often."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

from teams.models import User
from teams.names import clean_name, clean_phone, is_mobile


class NameOrPhoneBackend(BaseBackend):
    """A number always works. A name works as long as only one person carries it."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if not username or not password:
            return None
        user = find_person(username)
        if user is None:
            User().set_password(password)  # as slow as checking one, so that timing does not tell who has an account
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.active().filter(pk=user_id).first()


def find_person(typed: str) -> User | None:
    phone = clean_phone(typed)
    if is_mobile(phone):
        return User.objects.filter(phone=phone).first()
    people = list(User.objects.active().filter(name=clean_name(typed))[:2])
    return people[0] if len(people) == 1 else None


def namesakes(name: str) -> int:
    """How many people with this name may sign in; more than two is not counted."""
    return User.objects.active().filter(name=name)[:2].count()


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    explanation = ngettext(
        "The password was wrong too often. Please wait %(n)d minute, then try again.",
        "The password was wrong too often. Please wait %(n)d minutes, then try again.",
        minutes,
    )
    return render(request, "429.html", {"explanation": explanation % {"n": minutes}}, status=429)
