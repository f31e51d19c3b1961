"""Signing in by name or mobile number, and the answer to somebody who guesses too often."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from teams.models import User
from teams.names import clean_name, clean_phone, is_mobile


class NameOrPhoneBackend(BaseBackend):
    """A number always works. A name works as long as only one person carries it."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any) -> User | None:
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


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
    return render(request, "429.html", status=429)
