"""The first rows of somebody's to-do list, for the home page."""

from datetime import datetime

from django.db.models import Q

from core.clock import today
from issues import lists
from issues.lists import Desk
from issues.rows import COLUMNS, Row, Words, row_of
from teams.models import User
from visits.calendar import Calendar

SHOWN = 6


def most_urgent(user: User, at: datetime) -> list[Row]:
    """In the order of the queue. Two queries."""
    day = today(at)
    desk = Desk.of(user, at, Calendar.load(day, day))
    if "todo" not in lists.views_of(desk):
        return []
    words = Words(desk)
    return [row_of(row, words) for row in lists.most_urgent(user, desk, Q(), COLUMNS, SHOWN)]
