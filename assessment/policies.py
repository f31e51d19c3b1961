"""Who sees which survey, rule set and score sheet. Field paths only, so that models may import this."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from teams.grants import holds, scopes_with
from teams.permissions import Permission
from teams.policies import DISTRICT_WIDE, NOTHING, reach, sees_district

if TYPE_CHECKING:
    from teams.models import User

SURVEY_PERMISSIONS = (Permission.SURVEY_MANAGE, Permission.SURVEY_CARDS)
RULE_PERMISSIONS = (Permission.RULES_EDIT, Permission.RULES_APPROVE, Permission.EVENTS_VIEW)


def survey_scope(user: "User") -> Q:
    """Whoever prepares a survey sees it from the start, the leading group too; the others when it is over."""
    if any(holds(user, permission) for permission in SURVEY_PERMISSIONS):
        return Q()
    if not holds(user, Permission.SURVEY_RESULTS):
        return NOTHING
    return Q() if sees_district(user) else Q(status="closed")


def results_area_scope(user: "User", paired: "list[int]") -> Q:
    """Areas whose published results the person reads: own area, own street, and the areas of the own teams (`paired`)."""
    if not holds(user, Permission.SURVEY_RESULTS):
        return NOTHING
    if sees_district(user):
        return Q()
    return reach(user.grants, area="pk", street="street_id") | Q(pk__in=paired)


def rule_set_scope(user: "User") -> Q:
    """Approved rules are for everybody who is scored by them; drafts for those who write, approve and audit."""
    if not holds(user, Permission.SCORE_VIEW):
        return NOTHING
    return Q() if any(holds(user, permission) for permission in RULE_PERMISSIONS) else Q(status="approved")


def run_scope(user: "User") -> Q:
    if not holds(user, Permission.SCORE_VIEW):
        return NOTHING
    return Q() if sees_district(user) else Q(status="published", sheets__team_id__in=_own_teams(user))


def sheet_scope(user: "User") -> Q:
    """A team reads its own sheet once it is published; office, leading group and auditor read all."""
    if not holds(user, Permission.SCORE_VIEW):
        return NOTHING
    return Q() if sees_district(user) else Q(run__status="published", team_id__in=_own_teams(user))


def may(user: "User", permission: Permission, obj: Any) -> bool:
    """Whether a district-wide role of the person holds `permission`; nobody approves rules of their own."""
    if permission == Permission.RULES_APPROVE and user.pk in (obj.created_by_id, obj.first_by_id):
        return False
    return any(scope.role in DISTRICT_WIDE for scope in scopes_with(user, permission))


def _own_teams(user: "User") -> set[int]:
    scopes = scopes_with(user, Permission.SCORE_VIEW)
    return {scope.team_id for scope in scopes if scope.team_id}
