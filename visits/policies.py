"""Who sees which round and visit, and who may do what to a visit. Field paths only, so that models may import this."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from teams.grants import holds
from teams.permissions import Permission
from teams.policies import DISTRICT_WIDE, NOTHING, reach

if TYPE_CHECKING:
    from teams.models import User


def round_scope(user: "User") -> Q:
    """The round's calendar is known to everybody who takes part in it."""
    return Q() if holds(user, Permission.ROUND_VIEW) else NOTHING


def visit_scope(user: "User") -> Q:
    """Own team's, own area's, own street's visits; the pairing unit sees those of its teams."""
    if not holds(user, Permission.VISIT_VIEW):
        return NOTHING
    return reach(user, team="team_id", area="area_id", street="area__street_id", unit="team__unit_id")


def may(user: "User", permission: Permission, visit: Any) -> bool:
    """Whether a scope that holds `permission` reaches this visit (whatever its status: the table decides that)."""
    for scope in user.grants:
        if permission in scope.permissions and (
            scope.role in DISTRICT_WIDE or visit.team_id == scope.team_id or visit.area_id == scope.area_id
        ):
            return True
    return False
