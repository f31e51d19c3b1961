"""The rail of every role as data. An item whose page does not exist in this installation is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
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
OPINIONS = Item("issues:opinions", "scale", _("Legal opinions"), ("issues:opinion",))
TEAMS = Item("teams:teams", "users-group", _("Teams"), ("teams:",))
COVERAGE = Item("teams:coverage", "map-2", _("Coverage"), ("teams:coverage",))
NOMINATIONS = Item("teams:nominations", "user-plus", _("Nominations"), ("teams:nomination",))
SUPERVISION = Item("issues:supervision", "flag", _("Supervision"), ("issues:supervision",))
SURVEYS = Item("assessment:surveys", "clipboard-check", _("Surveys"), ("assessment:",))
SCORES = Item(
    "assessment:periods",
    "report",
    _("Appraisal"),
    ("assessment:period", "assessment:score", "assessment:sheet", "assessment:appeal"),
)
FIGURES = Item("dashboard:figures", "chart-bar", _("Overview"), ("dashboard:",))
REPORTS = Item("dashboard:reports", "chart-bar", _("Reports"), ("dashboard:",))
EVENTS = Item("dashboard:events", "history", _("Activity log"), ("dashboard:events",))
ACCOUNTS = Item("teams:accounts", "user-check", _("Accounts"), ("teams:account",))
SETTINGS = Item("programmes:settings", "settings", _("Settings"), ("programmes:",), apart=True)
ME = Item("teams:profile", "user", _("Me"), ("teams:profile",))

DESK = (HOME, ISSUES, VISITS, SUPERVISION, SURVEYS, REPORTS)
RAILS: dict[str, tuple[Item, ...]] = {
    Role.COORDINATOR: (HOME, ROUNDS, ISSUES, TEAMS, SUPERVISION, SURVEYS, REPORTS, SETTINGS),
    Role.OFFICIAL: (HOME, FIGURES, ISSUES, SUPERVISION, TEAMS, SCORES),
    Role.TEAM_LEAD: (HOME, VISITS, ISSUES, SURVEYS, SCORES),
    Role.TEAM_MEMBER: (HOME, VISITS, ISSUES, SURVEYS, SCORES),
    Role.LAWYER: (HOME, VISITS, OPINIONS, ISSUES, ME),
    Role.SECRETARY: (HOME, VISITS, ISSUES, SURVEYS, ME),
    Role.HANDLER: DESK,
    Role.UNIT_LEAD: DESK,
    Role.SUPPLYING_ORGAN: (HOME, NOMINATIONS, COVERAGE, TEAMS),
    Role.AUDITOR: (HOME, FIGURES, ISSUES, VISITS, SURVEYS, SCORES, EVENTS),
    Role.ADMINISTRATOR: (HOME, ACCOUNTS, SETTINGS),
}


def rail(role: str, here: str) -> list[Shown]:
    """The items of a role; of those that cover this page the most exact one is current."""
    found = [(item, url) for item, url in _existing(RAILS.get(role, (HOME, ME)))]
    best = max((_covered(item, here) for item, _url in found), default=0)
    return [
        Shown(url, item.icon, item.label, current=best > 0 and _covered(item, here) == best, apart=item.apart)
        for item, url in found
    ]


def _existing(items: tuple[Item, ...]) -> Iterator[tuple[Item, str]]:
    for item in items:
        try:
            yield item, reverse(item.name)
        except NoReverseMatch:
            continue


def _covered(item: Item, here: str) -> int:
    return max((len(name) for name in item.covers if here.startswith(name)), default=0)
