"""Whom to call about an issue: the case handler or the desk, the lead, the lawyer, the secretary."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from core.dated import valid_on
from core.statements import Statement, written
from issues.models import Issue
from teams.models import Grant, Membership, User
from teams.permissions import Role
from teams.policies import sees_phones

CALLED = (Role.TEAM_LEAD, Role.LAWYER)
TEAM, AREA, DAY = -2, -3, date(1, 1, 1)  # what the statement is asked about each time


@dataclass(frozen=True)
class Contact:
    name: str
    detail: str
    phone: str
    law: bool = False
    public_phone: str = ""


def contacts_of(issue: Issue, reader: User, day: date) -> list[Contact]:
    """Names for all who may read the issue; numbers of people only for those who work together."""
    people = [*_desk(issue), *_team_and_secretary(issue, day)]
    return people if sees_phones(reader) else [replace(one, phone=one.public_phone, public_phone="") for one in people]


def _desk(issue: Issue) -> list[Contact]:
    if issue.handler:
        detail = " · ".join(str(part) for part in (_("Case handler"), issue.owner_unit) if part)
        return [Contact(issue.handler.name, detail, issue.handler.phone)]
    unit = issue.owner_unit
    if unit is None:
        return []
    return [Contact(unit.contact_name or unit.name, unit.name, unit.contact_phone, public_phone=unit.public_phone)]


def _team_and_secretary(issue: Issue, day: date) -> list[Contact]:
    rows = written("people", make=_people).rows(team=issue.team_id, area=issue.area_id, day=_stored(day))
    found = {role: rest for role, *rest in rows}
    people = []
    for role in (*CALLED, Role.SECRETARY):
        if role in found:
            name, phone, firm = found[role]
            people.append(Contact(name, _role_words(issue, role, firm), phone, law=role == Role.LAWYER))
    return people


def _role_words(issue: Issue, role: Role, firm: str) -> str:
    where = {Role.TEAM_LEAD: str(issue.team or ""), Role.LAWYER: firm, Role.SECRETARY: str(issue.area)}
    return " · ".join(part for part in (str(role.label), where[role]) if part)


def _people() -> Statement:
    seats = Membership.objects.filter(
        valid_on(DAY), seat__team_id=TEAM, seat__kind__role__in=CALLED, user__is_active=True
    )
    secretaries = Grant.objects.on(DAY).filter(role=Role.SECRETARY, area_id=AREA, user__is_active=True)
    rows = seats.order_by().values_list("seat__kind__role", "user__name", "user__phone", "user__law_firm")
    others = secretaries.order_by().values_list("role", "user__name", "user__phone", "user__law_firm")
    return Statement(rows.union(others, all=True), blanks={TEAM: "team", AREA: "area", _stored(DAY): "day"})


def _stored(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)
