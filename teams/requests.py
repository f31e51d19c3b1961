"""What views know of a request: its type, the choices it carries, and the page it asks to come back to."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from teams.models.people import User

LARGE_COOKIE = "large"  # large text on this device: "1" or "0"
ROLE_KEY = "role"  # in the session: whose home and rail are shown


class SignedInRequest(HttpRequest):
    user: User
    htmx: HtmxDetails


def own_address(request: HttpRequest, asked: str) -> str:
    """The address when it is a path on this site, else "": a link from elsewhere must not lead on to somewhere else."""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe and asked.startswith("/") else ""
