"""Who sees which team, area, unit and nomination. Field paths only, so that models may import this."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone

from core.clock import today
from core.dated import valid_on
from teams.permissions import Permission, Role

if TYPE_CHECKING:
    from teams.grants import Scope
    from teams.models.people import User

NOTHING = Q(pk__in=[])
DISTRICT_WIDE = {Role.COORDINATOR, Role.OFFICIAL, Role.AUDITOR}
NO_PHONES = {Role.SUPPLYING_ORGAN, Role.AUDITOR, Role.ADMINISTRATOR}


def sees_district(user: "User") -> bool:
    return any(scope.role in DISTRICT_WIDE for scope in user.grants)


def _ids(scopes: Iterable["Scope"], field: str) -> set[int]:
    return {getattr(scope, field) for scope in scopes if getattr(scope, field)}


def reach(scopes: Sequence["Scope"], *, team: str = "", area: str = "", street: str = "", unit: str = "") -> Q:
    """Rows within these scopes, by the field paths (ending in an id) that lead to team, area, street and unit."""
    if any(scope.role in DISTRICT_WIDE for scope in scopes):
        return Q()
    q = NOTHING
    for path, field in ((team, "team_id"), (area, "area_id"), (street, "unit_id"), (unit, "unit_id")):
        if path and (ids := _ids(scopes, field)):
            q |= Q(**{f"{path}__in": ids})
    return q


def paired_today(prefix: str = "") -> Q:
    return valid_on(today(timezone.now()), prefix)


def team_scope(user: "User") -> Q:
    """Own team, teams of the own area, street or pairing unit; a supplying organ sees the teams it fills seats of."""
    if sees_district(user):
        return Q()
    scope = reach(user.grants, team="pk", unit="unit_id")
    for path, field in (("pairings__area_id", "area_id"), ("pairings__area__street_id", "unit_id")):
        if ids := _ids(user.grants, field):
            scope |= Q(**{f"{path}__in": ids}) & paired_today("pairings__")
    if ids := {scope_.unit_id for scope_ in user.grants if scope_.role == Role.SUPPLYING_ORGAN and scope_.unit_id}:
        scope |= Q(template__seat_kinds__supplied_by_id__in=ids)
    return scope


def area_scope(user: "User") -> Q:
    scope = reach(user.grants, area="pk", street="street_id")
    if sees_district(user):
        return scope
    today_only = paired_today("pairings__")
    if ids := _ids(user.grants, "team_id"):
        scope |= Q(pairings__team_id__in=ids) & today_only
    if ids := _ids(user.grants, "unit_id"):
        scope |= Q(pairings__team__unit_id__in=ids) & today_only
    return scope


def unit_scope(user: "User") -> Q:
    """Names and desks of units are no secret among those who work with issues; an administrator sees none."""
    return Q() if any(scope.role != Role.ADMINISTRATOR for scope in user.grants) else NOTHING


def nomination_scope(user: "User") -> Q:
    if sees_district(user):
        return Q()
    organs = {scope.unit_id for scope in user.grants if scope.role == Role.SUPPLYING_ORGAN}
    return Q(seat__kind__supplied_by_id__in=organs) if organs else NOTHING


def may(user: "User", permission: Permission, obj: Any) -> bool:
    """Whether one of the person's scopes that holds `permission` reaches this team or seat."""
    team = getattr(obj, "team", obj)
    kind = getattr(obj, "kind", None)
    for scope in user.grants:
        if permission not in scope.permissions:
            continue
        if scope.role in DISTRICT_WIDE or scope.team_id == team.pk:
            return True
        if scope.role == Role.SUPPLYING_ORGAN and kind is not None and kind.supplied_by_id == scope.unit_id:
            return True
    return False


def require(user: "User | None", permission: Permission, obj: Any) -> None:
    """Refuse whoever may not. None is the system itself: an installation or an import."""
    if user is not None and not may(user, permission, obj):
        raise PermissionDenied


def sees_phones(user: "User") -> bool:
    """Numbers of colleagues are for those who work together; a supplying organ and an auditor see names only."""
    return any(scope.role not in NO_PHONES for scope in user.grants)
