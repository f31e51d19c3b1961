"""The one-time address with which a person sets a password."""

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from teams.models import User


def password_path(user: User) -> str:
    """Good for three days and one use."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("teams:set_password", args=[uid, default_token_generator.make_token(user)])
