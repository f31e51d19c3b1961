"""The request type that guarded views declare."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from teams.models.people import User


class SignedInRequest(HttpRequest):
    user: User
    htmx: HtmxDetails
