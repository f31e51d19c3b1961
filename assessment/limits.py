"""How often a device may type a wrong card code. Residents share addresses, so the address is never the only key."""

import logging
import secrets

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from core.limits import count

COOKIE = "device"
SALT = "assessment.limits"
A_DAY = 24 * 3600
WRONG_PER_DEVICE, SECONDS = 10, 15 * 60
WRONG_TOGETHER, TOGETHER_SECONDS = 200, 60

log = logging.getLogger(__name__)


def mark_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give the device a random name to count its mistakes under; it is used for nothing else."""
    if not _name(request):
        response.set_signed_cookie(
            COOKIE,
            secrets.token_urlsafe(12),
            salt=SALT,
            max_age=A_DAY,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def is_stopped(request: HttpRequest) -> bool:
    """Whether this device has typed so many wrong codes that it must wait."""
    return int(cache.get(_key(request), 0)) >= WRONG_PER_DEVICE


def note_wrong_code(request: HttpRequest) -> None:
    count(_key(request), SECONDS)
    if count("wrong-cards", TOGETHER_SECONDS) == WRONG_TOGETHER:
        log.warning("%s wrong card codes within a minute", WRONG_TOGETHER)


def _key(request: HttpRequest) -> str:
    """The device's name; visitors who refuse it share one count per network address."""
    name = _name(request)
    return f"wrong-card:{name}" if name else f"wrong-card:no-cookie:{get_client_ip_address(request)}"


def _name(request: HttpRequest) -> str:
    return request.get_signed_cookie(COOKIE, "", salt=SALT, max_age=A_DAY) or ""
