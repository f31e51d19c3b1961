"""The request type that guarded views declare."""

from django_htmx.middleware import HtmxDetails
from django.http import HttpRequest

from teams.models.people import User


class SignedInRequest(HttpRequest):
    user: User  # type: ignore[assignment]
    htmx: HtmxDetails
