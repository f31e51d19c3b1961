"""What stands around every page: the programme, the rail of the active role, unread messages, large text."""

from functools import cached_property
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest
from django.utils import timezone

from dashboard.navigation import Shown, rail
from notifications.queries import unread_up_to
from teams.models import Programme
from teams.permissions import Role
from teams.requests import LARGE_COOKIE, ROLE_KEY
from teams.session_time import seconds_left

PROGRAMME_SECONDS = 60
MOST_UNREAD = 99


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}


class Shell:
    """Every part is found when a template asks for it: a fragment that shows nothing of the shell costs nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        user = getattr(request, "user", None)
        self.user = user if user is not None and user.is_authenticated else None

    @cached_property
    def programme(self) -> Programme:
        return programme()

    @cached_property
    def large(self) -> bool:
        return is_large(self.request)

    @cached_property
    def roles(self) -> list[Role]:
        return [Role(name) for name in roles_of(self.user)] if self.user else []

    @cached_property
    def role(self) -> str:
        return active_role(self.request, roles_of(self.user)) if self.user else ""

    @property
    def session_left(self) -> int | None:
        return seconds_left(self.request, timezone.now()) if self.user else None

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label) if self.role else ""

    @cached_property
    def rail(self) -> list[Shown]:
        match = self.request.resolver_match
        return rail(self.role, match.view_name if match else "", self.programme.scores_enabled) if self.user else []

    @cached_property
    def unread(self) -> int:
        return unread_up_to(self.user, MOST_UNREAD + 1) if self.user else 0

    @property
    def unread_words(self) -> str:
        return f"{MOST_UNREAD}+" if self.unread > MOST_UNREAD else str(self.unread)

    @property
    def look(self) -> tuple[Any, ...]:
        """Everything that bar and rail show: they are rendered once for each look (see the tag `kept`)."""
        user, programme_ = self.user, self.programme
        shown = [(item.url, item.current) for item in self.rail]
        names = (programme_.name, programme_.district, programme_.seal_char)
        who = (user.pk, user.name, self.role, *self.roles) if user else ()
        return (who, *shown, names, self.unread_words, self.large, self.request.method)


def programme() -> Programme:
    """The one programme, kept a minute in this process: its names change once in years."""
    found: Programme | None = caches["process"].get("programme")
    if found is None:
        found = Programme.current()
        caches["process"].set("programme", found, PROGRAMME_SECONDS)
    return found


def is_large(request: HttpRequest) -> bool:
    """The choice of this device; without one, what the person chose in the profile."""
    chosen = request.COOKIES.get(LARGE_COOKIE)
    if chosen in ("0", "1"):
        return chosen == "1"
    return bool(getattr(getattr(request, "user", None), "large_text", False))


def roles_of(user: Any) -> list[str]:
    """The different roles held today, strongest first."""
    return list(dict.fromkeys(scope.role for scope in user.grants))


def active_role(request: HttpRequest, roles: list[str]) -> str:
    """The role chosen in the menu while it is still held, else the strongest."""
    chosen = request.session.get(ROLE_KEY, "") if hasattr(request, "session") else ""
    return chosen if chosen in roles else (roles[0] if roles else "")
