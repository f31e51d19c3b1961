"""What stands around every page: the programme, the rail of the active role, unread messages, large text."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from dashboard.navigation import rail
from notifications.models import Message
from teams.models import Programme
from teams.permissions import Role

PROGRAMME_SECONDS = 60
LARGE_COOKIE = "large"
ROLE_KEY = "role"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Lazy: a fragment that shows nothing of the shell asks the database nothing."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    around: dict[str, Any] = {"programme": programme(), "large": is_large(request), "rail": [], "roles": [], "role": ""}
    if user is None or not user.is_authenticated:
        return around
    roles = roles_of(user)
    role = active_role(request, roles)
    match = request.resolver_match
    unread = Message.objects.visible_to(user).unread()[:100].count()
    return around | {
        "roles": [Role(name) for name in roles],
        "role": role,
        "role_label": Role(role).label if role else "",
        "rail": rail(role, match.view_name if match else "", around["programme"].scores_enabled),
        "unread": unread,
        "unread_words": "99+" if unread > 99 else str(unread),
    }


def programme() -> Programme:
    """The one programme, kept a minute: its names change once in years."""
    found = cache.get("programme")
    if found is None:
        found = Programme.current()
        cache.set("programme", found, PROGRAMME_SECONDS)
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
