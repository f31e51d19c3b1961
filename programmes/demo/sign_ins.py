"""Who can sign in to the demonstration, and where each of them begins."""

from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, is_password_usable
from django.urls import reverse

from programmes.demo.cast import AREA, PASSWORD, shown
from teams.models import User
from visits.models import Visit

__all__ = ["PASSWORD", "SignIn", "sign_ins"]

ON_THE_VISIT = {"team lead", "team member", "lawyer", "secretary"}


@dataclass(frozen=True)
class SignIn:
    role: str
    user: User
    starts: str

    def __str__(self) -> str:
        return f"{self.role:<22}{self.user.name:<6}{self.user.phone}  {PASSWORD}  {self.starts}"


def sign_ins() -> list[SignIn]:
    """In the order in which one would try them; nobody for whom the password would not do."""
    visit = Visit.objects.filter(area__name=AREA, round__isnull=False).order_by("-round__code").first()
    home = reverse("dashboard:home")
    there = visit.get_absolute_url() if visit else home
    people = shown()
    fitting = _fitting({user.password for _role, user in people})
    return [
        SignIn(role, user, there if role in ON_THE_VISIT else home) for role, user in people if user.password in fitting
    ]


def _fitting(hashes: set[str]) -> set[str]:
    """The demonstration's people share one hash, so this is asked once and not for each of them."""
    return {one for one in hashes if is_password_usable(one) and check_password(PASSWORD, one)}
