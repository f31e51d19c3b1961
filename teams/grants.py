"""What a person holds on a day: dated grants plus the roles that follow from seats, as plain scopes."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from core.clock import today
from core.dated import valid_on
from teams.permissions import ROLES, Permission, Role

if TYPE_CHECKING:
    from teams.models.people import User


@dataclass(frozen=True)
class Scope:
    """A role and the one thing it reaches; all None means the whole district."""

    role: str
    unit_id: int | None = None
    area_id: int | None = None
    team_id: int | None = None

    @property
    def permissions(self) -> frozenset[Permission]:
        return ROLES[self.role]


def active_grants(user: "User", day: date | None = None) -> list[Scope]:
    """Scopes valid on the day (default: today), strongest first. Two queries; nothing for an inactive account."""
    if not user.is_active or user.pk is None:
        return []
    day = day or today(timezone.now())
    grants = user.role_grants.filter(valid_on(day)).values_list("role", "unit_id", "area_id")
    seats = user.memberships.filter(valid_on(day), seat__team__is_active=True)
    scopes = {Scope(role, unit_id, area_id) for role, unit_id, area_id in grants}
    scopes |= {Scope(role, team_id=team_id) for role, team_id in seats.values_list("seat__kind__role", "seat__team_id")}
    order = list(Role)
    return sorted(scopes, key=lambda scope: (order.index(Role(scope.role)), scope.team_id or 0, scope.area_id or 0))


def scopes_with(user: "User", permission: Permission) -> list[Scope]:
    return [scope for scope in user.grants if permission in scope.permissions]


def holds(user: "User", permission: Permission) -> bool:
    return any(permission in scope.permissions for scope in user.grants)


def main_role(user: "User") -> str:
    """The role whose home and rail the person sees; "" for somebody who holds none today."""
    return user.grants[0].role if user.grants else ""
