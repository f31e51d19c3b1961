"""Who sees which round and visit, and who may do what to a visit. Field paths only, so that models may import this."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from teams.grants import holds, scopes_with
from teams.permissions import Permission
from teams.policies import DISTRICT_WIDE, NOTHING, paired_today, reach, sees_district

if TYPE_CHECKING:
    from teams.models import User


def round_scope(user: "User") -> Q:
    """The round's calendar is known to everybody who takes part in it."""
    return Q() if holds(user, Permission.ROUND_VIEW) else NOTHING


def plan_scope(user: "User") -> Q:
    """A draft is nobody's business but that of whoever may release it."""
    return Q() if holds(user, Permission.ROUND_MANAGE) else NOTHING


def visit_scope(user: "User") -> Q:
    """Own team's, own area's, own street's visits; the pairing unit sees those of its teams.

    What another role reaches does not count: who looks after an organ's seats sees no visits through that.
    """
    scopes = scopes_with(user, Permission.VISIT_VIEW)
    return reach(scopes, team="team_id", area="area_id", street="area__street_id", unit="team__unit_id")


def request_scope(user: "User") -> Q:
    """Requests of the own area and street, and of the areas the own team is paired with."""
    scopes = scopes_with(user, Permission.VISIT_VIEW)
    near = reach(scopes, area="area_id", street="area__street_id")
    teams = {scope.team_id for scope in scopes if scope.team_id}
    if sees_district(user) or not teams:
        return near
    return near | Q(area__pairings__team_id__in=teams) & paired_today("area__pairings__")


def asking_scope(user: "User") -> Q:
    """The areas somebody may ask a visit for: the own one, those of the own street; the office for all of them."""
    scopes = scopes_with(user, Permission.VISIT_REQUEST)
    if any(scope.role in DISTRICT_WIDE for scope in scopes):
        return Q()
    areas = {scope.area_id for scope in scopes if scope.area_id}
    units = {scope.unit_id for scope in scopes if scope.unit_id}
    return Q(pk__in=areas) | Q(street_id__in=units)


def may(user: "User", permission: Permission, visit: Any) -> bool:
    """Whether a scope that holds `permission` reaches this visit (whatever its status: the table decides that)."""
    for scope in user.grants:
        if permission in scope.permissions and (scope.role in DISTRICT_WIDE or _reaches(scope, visit)):
            return True
    return False


def own_roles(user: "User", visit: Any) -> set[str]:
    """The roles in which this visit concerns the person: a seat of its team, its area, its street."""
    return {scope.role for scope in user.grants if _reaches(scope, visit)}


def _reaches(scope: Any, visit: Any) -> bool:
    """A street reaches the visits to its areas; a pairing unit sees them but has no part in them."""
    if scope.unit_id is not None:
        return scope.unit_id == visit.street_id
    return visit.team_id == scope.team_id or visit.area_id == scope.area_id


def may_enter_busy(user: "User", person: "User") -> bool:
    """Everybody says for themselves when they cannot visit; the office does it for whoever rang up."""
    if user.pk == person.pk:
        return holds(user, Permission.VISIT_VIEW)
    return any(Permission.VISIT_PLAN in scope.permissions and scope.role in DISTRICT_WIDE for scope in user.grants)
