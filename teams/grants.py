"""What a person holds on a day: dated grants plus the roles that follow from seats, as plain scopes."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from core.clock import today
from core.statements import Question
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


# In the database's own words, because every request asks this first.
SCOPES = Question(
    """
SELECT role, unit_id, area_id, NULL FROM teams_grant
WHERE user_id = %s AND from_day <= %s AND (until_day IS NULL OR until_day >= %s)
UNION
SELECT kind.role, NULL, NULL, seat.team_id FROM teams_membership AS term
JOIN teams_seat AS seat ON seat.id = term.seat_id
JOIN teams_seatkind AS kind ON kind.id = seat.kind_id
JOIN teams_team AS team ON team.id = seat.team_id
WHERE term.user_id = %s AND term.from_day <= %s AND (term.until_day IS NULL OR term.until_day >= %s) AND team.is_active
""",
    ["user", "on", "on"] * 2,
    blanks={"user": "user", "on": "on"},
)
STRENGTH = {role.value: strength for strength, role in enumerate(Role)}


def active_grants(user: "User", day: date | None = None) -> list[Scope]:
    """Scopes valid on the day (default: today), strongest first. One query; nothing for an inactive account."""
    if not user.is_active or user.pk is None:
        return []
    on = connection.ops.adapt_datefield_value(day or today(timezone.now()))
    scopes = [Scope(*row) for row in SCOPES.ask(user=user.pk, on=on)]
    return sorted(scopes, key=lambda scope: (STRENGTH[scope.role], scope.team_id or 0, scope.area_id or 0))


def scopes_with(user: "User", permission: Permission) -> list[Scope]:
    return [scope for scope in user.grants if permission in scope.permissions]


def holds(user: "User", permission: Permission) -> bool:
    return any(permission in scope.permissions for scope in user.grants)
