"""What has been overdue longest, whatever the quarter: what an official asks about first."""

from dataclasses import dataclass
from datetime import date

from issues.duewords import Due, due_words
from issues.models import Issue
from teams.models import User
from visits.calendar import Calendar

SHOWN = 3


@dataclass(frozen=True)
class Delay:
    issue: Issue
    due: Due


@dataclass(frozen=True)
class Delays:
    """The first few, and how many there are in all."""

    first: list[Delay]
    count: int


def longest_overdue(user: User, day: date) -> Delays:
    """Three queries."""
    late = Issue.objects.visible_to(user).overdue(day)
    rows = list(late.select_related("area", "owner_unit").order_by("due_on", "pk")[:SHOWN])
    calendar = Calendar.load(min((issue.due_on for issue in rows if issue.due_on), default=day), day)
    found = [Delay(issue, due_words(issue.due_on, day, calendar)) for issue in rows if issue.due_on]
    return Delays(found, late.count())
