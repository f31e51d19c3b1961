"""Who sees which issue, and who may do what to it. Field paths only, so that models may import this."""

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from teams.grants import holds, scopes_with
from teams.permissions import Permission, Role
from teams.policies import DISTRICT_WIDE, NOTHING, paired_today, sees_district

if TYPE_CHECKING:
    from teams.models import User

DRAFT = Q(status="draft")
DESKS = (Role.HANDLER, Role.UNIT_LEAD)


def issue_scope(user: "User") -> Q:
    """A draft is seen by its team, and by the area's secretary who wrote it. After that: own team, own area and the
    areas the own team is paired with, own street, the teams of the own unit, and what is or was at the own desk.
    """
    if not holds(user, Permission.ISSUE_VIEW):
        return NOTHING
    if sees_district(user):
        return ~DRAFT
    scopes = scopes_with(user, Permission.ISSUE_VIEW)
    teams = {scope.team_id for scope in scopes if scope.team_id}
    areas = {scope.area_id for scope in scopes if scope.area_id}
    units = {scope.unit_id for scope in scopes if scope.unit_id}
    reach = NOTHING
    if teams:
        pairings = apps.get_model("teams", "Pairing").objects.filter(paired_today(), team_id__in=teams)
        reach |= Q(team_id__in=teams) | Q(area_id__in=pairings.values("area_id")) & ~DRAFT
    if areas:
        reach |= Q(area_id__in=areas) & (~DRAFT | Q(logged_by=user))
    if units:
        reach |= unit_reach(units) & ~DRAFT
    return reach


def unit_reach(units: set[int]) -> Q:
    """What a street office or a department sees. The costly look into the past comes last."""
    desks = apps.get_model("issues", "Assignment").objects.filter(issue_id=OuterRef("pk"), unit_id__in=units)
    teams = apps.get_model("teams", "Team").objects.filter(unit_id__in=units)
    return Q(street_id__in=units) | Q(owner_unit_id__in=units) | Q(team_id__in=teams.values("pk")) | Q(Exists(desks))


def may(user: "User", permission: Permission, issue: Any) -> bool:
    """Whether a scope that holds `permission` reaches this issue for acting on it (the table decides about the status).

    Seeing an issue of one's street does not mean handling it: the desk that has it does.
    """
    return any(_reaches(scope, issue) for scope in scopes_with(user, permission))


def _reaches(scope: Any, issue: Any) -> bool:
    if scope.role in DISTRICT_WIDE:
        return True
    if scope.team_id is not None:
        return scope.team_id == issue.team_id
    if scope.area_id is not None:
        return scope.area_id == issue.area_id
    return scope.role in DESKS and scope.unit_id is not None and scope.unit_id == issue.owner_unit_id


def may_write(user: "User", issue: Any) -> bool:
    """Correct a draft: its team may, and a secretary what she wrote herself."""
    own = issue.logged_by_id == user.pk
    return any(
        scope.team_id == issue.team_id if scope.team_id else own and _reaches(scope, issue)
        for scope in scopes_with(user, Permission.ISSUE_LOG)
    )


def own_units(user: "User") -> set[int]:
    """The desks somebody works at."""
    return {scope.unit_id for scope in user.grants if scope.role in DESKS and scope.unit_id}


def has_handled(user: "User", issue: Any) -> bool:
    """Whether they had it on their desk or wrote an answer: then somebody else has to ask the resident."""
    return issue.assignments.filter(handler=user).exists() or issue.replies.filter(by=user, unit__isnull=False).exists()
