"""The first rows of somebody's to-do list, for the home page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from core.clock import today
from issues import lists
from issues.duewords import Due, due_of
from issues.lists import Desk
from issues.models import Issue
from teams.models import User
from visits.calendar import Calendar

SHOWN = 6


@dataclass(frozen=True)
class Urgent:
    issue: Issue
    due: Due


def most_urgent(user: User, at: datetime) -> list[Urgent]:
    """In the order of the queue. Two queries."""
    day = today(at)
    desk = Desk.of(user, at, Calendar.load(day, day))
    if "todo" not in lists.views_of(desk):
        return []
    rows = lists.most_urgent(user, desk, Q(), SHOWN).select_related("area", "category", "level")
    return [Urgent(issue, _due(issue, desk)) for issue in rows]


def _due(issue: Issue, desk: Desk) -> Due:
    return due_of(
        status=issue.status,
        due_on=issue.due_on,
        accept_by=issue.accept_by,
        days_used=issue.days_used,
        day=desk.day,
        workdays=desk.workdays,
    )
