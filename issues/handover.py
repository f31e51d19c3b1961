"""What becomes of a member's issues when somebody else takes the seat (settings.HANDOVER_PARTS)."""

from datetime import date, datetime

from django.db.models import QuerySet

from core.events import Happened
from issues.models import Issue, IssueStatus
from issues.services.telling import facts_of
from notifications.kinds import Kind
from notifications.services import Letter, notify_many
from teams.models import Seat, User
from teams.permissions import Role


def hand_over_issues(*, seat: Seat, old: User, new: User, day: date, by: User | None, at: datetime) -> list[Happened]:
    """Issues belong to the team, so they stay. The new member hears of what waits for this seat."""
    for kind, issues in _waiting(seat):
        letters = (Letter([new], facts_of(issue), issue.get_absolute_url()) for issue in issues.select_related("area"))
        notify_many(letters, kind, at=at)
    return []


def _waiting(seat: Seat) -> list[tuple[Kind, QuerySet[Issue]]]:
    own = Issue.objects.filter(team_id=seat.team_id)
    if seat.kind.role == Role.TEAM_LEAD:
        return [
            (Kind.ISSUE_TO_CONFIRM, own.filter(status=IssueStatus.AWAITING_CONFIRMATION)),
            (Kind.ISSUE_RETURNED, own.filter(status=IssueStatus.RETURNED)),
        ]
    if seat.kind.role == Role.LAWYER:
        return [(Kind.OPINION_WANTED, own.open().filter(needs_lawyer=True))]
    return []
