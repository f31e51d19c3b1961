"""What somebody holds now or will hold, as the administrator sees it: with the roles that one person may end."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.dated import not_over_by
from teams.models import User
from teams.permissions import Role
from teams.services.grants import TWO_PERSON_ROLES


@dataclass(frozen=True)
class HeldRole:
    """`grant_to_end` is the id of the grant that the reader may end; None for seats and for what nobody ends alone."""

    label: Any
    place: Any
    from_day: date
    until_day: date | None
    grant_to_end: int | None = None


def roles_held(user: User, day: date, *, by: User) -> list[HeldRole]:
    """Seats, then granted roles: two queries."""
    terms = user.memberships.filter(not_over_by(day)).select_related("seat__kind", "seat__team")
    grants = user.role_grants.filter(not_over_by(day)).select_related("unit", "area")
    seats = [HeldRole(term.seat.kind.name, term.seat.team, term.from_day, term.until_day) for term in terms]
    return seats + [
        HeldRole(
            Role(grant.role).label,
            grant.area or grant.unit,
            grant.from_day,
            grant.until_day,
            None if grant.role in TWO_PERSON_ROLES or by.pk == user.pk else grant.pk,
        )
        for grant in grants
    ]
