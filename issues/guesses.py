"""Guessing a slip's code: ten wrong tries in a quarter of an hour, then wait.

An address alone never decides: thirty residents behind one Wi-Fi share it. A phone is known by address, browser and a
cookie that we signed; the address has a limit of its own, wide enough for a meeting room.
"""

import hashlib
import secrets

from axes.helpers import get_client_ip_address
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from core.limits import count

WINDOW = 15 * 60
COOKIE = "visitor"
TRIES_AT_ONE_NUMBER = 10
TRIES = 30
TRIES_FROM_ONE_ADDRESS = 300


def too_many(request: HttpRequest, number: str) -> bool:
    limits = _limits(request, number)
    used = cache.get_many(limits)
    return any(used.get(key, 0) >= limit for key, limit in limits.items())


def note_wrong(request: HttpRequest, number: str) -> None:
    for key in _limits(request, number):
        count(key, WINDOW)


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give a browser the cookie that tells it from others behind the same address."""
    if not _visitor(request):
        response.set_signed_cookie(
            COOKIE, secrets.token_urlsafe(9), max_age=86_400, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


def _visitor(request: HttpRequest) -> str:
    return request.get_signed_cookie(COOKIE, default="", max_age=86_400) or ""


def _limits(request: HttpRequest, number: str) -> dict[str, int]:
    address = get_client_ip_address(request) or ""
    phone = f"{address}|{request.META.get('HTTP_USER_AGENT', '')}|{_visitor(request)}"
    return {
        _key(f"{phone}|{number}"): TRIES_AT_ONE_NUMBER,
        _key(phone): TRIES,
        _key(address): TRIES_FROM_ONE_ADDRESS,
    }


def _key(text: str) -> str:
    return f"slip-guess:{hashlib.sha256(text.encode()).hexdigest()[:32]}"
