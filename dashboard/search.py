"""One box for areas, teams, units, people and issue numbers; only what the person may see."""

import re
from dataclasses import dataclass

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.forms import PlainField
from issues.models import Issue
from teams.models import Area, OrgUnit, Team, User
from teams.names import clean_name
from teams.permissions import Role
from teams.queries import people_seen_by

EACH = 8
NUMBER = re.compile(r"(\d{2}Q[1-4])-?(\d{0,6})")
TEAM = re.compile(r"第?0*(\d{1,5})(?:号?团队|组)?")


class SearchForm(forms.Form):
    q = PlainField(label=_("Search"), max_length=60, error_messages={"required": _("Type what you are looking for.")})

    def clean_q(self) -> str:
        return clean_name(self.cleaned_data["q"])


@dataclass(frozen=True)
class Found:
    """At most eight of each kind. `exact` is the address of the one issue whose whole number was typed."""

    areas: list[Area]
    teams: list[Team]
    units: list[OrgUnit]
    people: list[User]
    issues: list[Issue]
    exact: str = ""

    @property
    def count(self) -> int:
        return len(self.areas) + len(self.teams) + len(self.units) + len(self.people) + len(self.issues)


def search_everything(user: User, text: str) -> Found:
    """Names also by pinyin or its first letters, teams by number or unit, issues by the beginning of their number."""
    issues, wanted = _issues(user, text)
    named = Q(name__icontains=text) | Q(name_key__icontains=text.lower())
    return Found(
        areas=list(Area.objects.visible_to(user).filter(named).select_related("street")[:EACH]),
        teams=list(_teams(user, text)[:EACH]),
        units=list(OrgUnit.objects.visible_to(user).filter(name__icontains=text)[:EACH]),
        people=list(_people(user).filter(named).select_related("unit")[:EACH]),
        issues=issues,
        exact=next((issue.get_absolute_url() for issue in issues if issue.code == wanted), ""),
    )


def _teams(user: User, text: str) -> QuerySet[Team]:
    number = TEAM.fullmatch(text)
    fits = Q(number=int(number[1])) if number else Q(unit__name__icontains=text)
    return Team.objects.visible_to(user).active().filter(fits).select_related("unit").distinct()


def _people(user: User) -> QuerySet[User]:
    """Colleagues; an administrator finds accounts on the page of accounts."""
    if all(scope.role == Role.ADMINISTRATOR for scope in user.grants):
        return User.objects.none()
    return people_seen_by(user).active()  # type: ignore[attr-defined]


def _issues(user: User, text: str) -> tuple[list[Issue], str]:
    """The issues whose number begins so, and the number as it is written."""
    number = NUMBER.fullmatch(text.upper().replace(" ", ""))
    if not number:
        return [], ""
    wanted = f"{number[1]}-{number[2]}" if number[2] else number[1]
    issues = Issue.objects.visible_to(user).submitted().filter(code__startswith=wanted)
    return list(issues.select_related("area").order_by("code")[:EACH]), wanted
