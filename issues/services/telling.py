"""Who hears of which move of an issue."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from core.clock import today
from core.dated import valid_on
from core.personal import without_numbers
from core.statements import Statement, written
from issues.models import Issue
from notifications.kinds import Kind
from notifications.services import notify
from teams.models import Grant, Membership
from teams.permissions import Role


def desk_of(unit_id: int | None, day: date) -> list[int]:
    """The case handlers of a unit."""
    return _holders(day, role=Role.HANDLER, unit_id=unit_id) if unit_id else []


def office(day: date) -> list[int]:
    return _holders(day, role=Role.COORDINATOR)


def team_lead_of(issue: Issue, day: date) -> list[int]:
    return _seated(issue, day, Role.TEAM_LEAD)


def secretaries_of(issue: Issue, day: date) -> list[int]:
    return _holders(day, role=Role.SECRETARY, area_id=issue.area_id)


def lawyers_of(issue: Issue, day: date) -> list[int]:
    return _seated(issue, day, Role.LAWYER)


def _seated(issue: Issue, day: date, role: str) -> list[int]:
    seats = Membership.objects.filter(valid_on(day), seat__team=issue.team, seat__kind__role=role)
    return list(seats.values_list("user_id", flat=True)) if issue.team else []


def _holders(day: date, **where: Any) -> list[int]:
    def held() -> Statement:
        grants = Grant.objects.on(day).filter(user__is_active=True, **where)
        return Statement(grants.values_list("user_id", flat=True))

    return written("holders", day, *sorted(where.items()), make=held).rows()


def facts_of(issue: Issue) -> dict[str, Any]:
    """What every message about an issue says: nothing about the person who raised it, and no number they gave."""
    return {
        "code": issue.code,
        "headline": without_numbers(issue.headline),
        "area": issue.area.name,
        "due_on": issue.due_on.isoformat() if issue.due_on else "",
    }


def tell(people: Iterable[int], kind: Kind, issue: Issue, *, at: datetime, by: Any = None) -> None:
    """One message each, but none to the person who did it."""
    own = getattr(by, "pk", None)
    notify([pk for pk in people if pk != own], kind, facts=facts_of(issue), url=issue.get_absolute_url(), at=at)


def tell_desk(issue: Issue, kind: Kind, *, at: datetime, by: Any = None) -> None:
    """The person who has it, or everybody at the desk while nobody has."""
    day = today(at)
    tell([issue.handler_id] if issue.handler_id else desk_of(issue.owner_unit_id, day), kind, issue, at=at, by=by)
