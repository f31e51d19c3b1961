"""The first rows of somebody's to-do list, for the home page."""

from dataclasses import dataclass
from datetime import datetime

from core.clock import today
from issues.duewords import Due, due_of
from issues.lists import VIEWS, Desk, rows_of, views_of
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
    desk = Desk(user, at, Calendar.load(day, day))
    view, where = VIEWS["todo"], views_of(desk).get("todo")
    if where is None:
        return []
    rows = rows_of(desk, view, where).select_related("area", "category", "level").order_by(*view.order)[:SHOWN]
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
