"""The rail of every role as data: seven items at most, those set apart not counted."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from teams.permissions import Role


@dataclass(frozen=True)
class Item:
    """`name` is the url; the item is current on every url whose name begins with one of `covers`."""

    name: str
    icon: str
    label: Any
    covers: tuple[str, ...]
    apart: bool = False


@dataclass(frozen=True)
class Shown:
    url: str
    icon: str
    label: Any
    current: bool
    apart: bool


HOME = Item("dashboard:home", "home", _("Home"), ("dashboard:home",))
ROUNDS = Item("visits:rounds", "calendar-event", _("Scheduling"), ("visits:",))
VISITS = Item("visits:visits", "calendar-event", _("Visits"), ("visits:",))
ISSUES = Item("issues:queue", "message-report", _("Issues"), ("issues:",))
TEAMS = Item("teams:teams", "users-group", _("Teams"), ("teams:",))
COVERAGE = Item("teams:coverage", "map-2", _("Coverage"), ("teams:coverage",))
NOMINATIONS = Item("teams:nominations", "user-plus", _("Nominations"), ("teams:nomination",))
SURVEYS = Item("assessment:surveys", "clipboard-check", _("Surveys"), ("assessment:",))
SCORES = Item(
    "assessment:periods", "report", _("Appraisal"), ("assessment:period", "assessment:score", "assessment:sheet")
)
FIGURES = Item("dashboard:figures", "chart-bar", _("Overview"), ("dashboard:figures", "dashboard:indicators"))
EVENTS = Item("dashboard:events", "history", _("Activity log"), ("dashboard:events",))
ACCOUNTS = Item("teams:accounts", "user-check", _("Accounts"), ("teams:account",))
SETTINGS = Item(
    "programmes:settings",
    "settings",
    _("Settings"),
    ("programmes:", "dashboard:remind", "dashboard:deliver", "dashboard:status"),
    apart=True,
)
ME = Item(
    "teams:profile",
    "user",
    _("Me"),
    (
        "teams:profile",
        "teams:change_email",
        "teams:change_phone",
        "notifications:my_reminders",
        "notifications:preferences",
        "visits:my_calendar",
        "visits:availability",
        "visits:busy_new",
    ),
)

DESK = (HOME, ISSUES, VISITS, TEAMS, ME)
RAILS: dict[str, tuple[Item, ...]] = {
    Role.COORDINATOR: (HOME, ROUNDS, ISSUES, TEAMS, FIGURES, SURVEYS, SCORES, replace(EVENTS, apart=True), SETTINGS),
    Role.OFFICIAL: (HOME, FIGURES, ISSUES, VISITS, TEAMS, SURVEYS, SCORES, replace(EVENTS, apart=True)),
    Role.TEAM_LEAD: (HOME, VISITS, ISSUES, SURVEYS, SCORES, ME),
    Role.TEAM_MEMBER: (HOME, VISITS, ISSUES, SURVEYS, SCORES, ME),
    Role.LAWYER: (HOME, VISITS, ISSUES, SURVEYS, SCORES, ME),
    Role.SECRETARY: (HOME, VISITS, ISSUES, SURVEYS, ME),
    Role.HANDLER: DESK,
    Role.UNIT_LEAD: DESK,
    Role.SUPPLYING_ORGAN: (HOME, NOMINATIONS, COVERAGE, TEAMS, ME),
    Role.AUDITOR: (HOME, FIGURES, ISSUES, VISITS, SURVEYS, SCORES, EVENTS),
    Role.ADMINISTRATOR: (HOME, ACCOUNTS, SETTINGS),
}


@lru_cache(maxsize=2000)
def rail(role: str, here: str, scores: bool = True) -> list[Shown]:
    """The items of a role; of those that cover this page the most exact one is current."""
    items = [item for item in RAILS.get(role, (HOME, ME)) if scores or item is not SCORES]
    best = max((_covered(item, here) for item in items), default=0)
    return [
        Shown(reverse(item.name), item.icon, item.label, best > 0 and _covered(item, here) == best, item.apart)
        for item in items
    ]


def _covered(item: Item, here: str) -> int:
    return max((len(name) for name in item.covers if here.startswith(name)), default=0)
