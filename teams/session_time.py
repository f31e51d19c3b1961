"""How long a sign-in still holds. The session says it itself: neither its cookie nor its row tells the page."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

KEY = "ends"


def begin(request: HttpRequest, at: datetime) -> int:
    """From now on the whole time again; saving the session renews its cookie. The seconds it holds."""
    request.session[KEY] = (at + timedelta(seconds=settings.SESSION_COOKIE_AGE)).timestamp()
    return int(settings.SESSION_COOKIE_AGE)


def seconds_left(request: HttpRequest, at: datetime) -> int | None:
    """None where nobody is signed in, or was signed in by something else than the sign-in page."""
    ends = request.session.get(KEY) if hasattr(request, "session") else None
    return max(int(ends - at.timestamp()), 0) if ends else None
