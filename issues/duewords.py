"""How long there is left, in words: never a bare number, always the working days of the district."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from issues.models import IssueStatus
from visits.workdays import Workdays

SOON = 2  # working days


@dataclass(frozen=True)
class Due:
    """`tone`: late (red), soon (amber) or nothing."""

    words: str = ""
    tone: str = ""


def due_of(
    *, status: str, due_on: date | None, accept_by: date | None, days_used: int | None, day: date, workdays: Workdays
) -> Due:
    if status in IssueStatus.closed_states:
        return Due(_used(days_used)) if days_used is not None else Due()
    if status == IssueStatus.ASSIGNED and accept_by and not (due_on and due_on < day):
        return _to_accept(accept_by, day, workdays)
    if status not in IssueStatus.unanswered_states or due_on is None:
        return Due()
    return due_words(due_on, day, workdays)


def due_words(due_on: date, day: date, workdays: Workdays) -> Due:
    if due_on == day:
        return Due(_("today 17:00"), "soon")
    if due_on < day:
        return Due(_late(workdays.between(due_on, day)), "late")
    return Due(_left(workdays.between(day, due_on)))


def _to_accept(accept_by: date, day: date, workdays: Workdays) -> Due:
    if accept_by == day:
        return Due(_("accept today by 17:00"), "soon")
    if accept_by < day:
        n = max(workdays.between(accept_by, day), 1)
        words = ngettext("%(n)s working day late to accept", "%(n)s working days late to accept", n)
        return Due(words % {"n": n}, "late")
    n = workdays.between(day, accept_by)
    return Due(ngettext("%(n)s working day to accept", "%(n)s working days to accept", n) % {"n": n})


def _left(n: int) -> str:
    return ngettext("%(n)s working day left", "%(n)s working days left", n) % {"n": n}


def _late(n: int) -> str:
    """A weekend does not make it later, but late it is."""
    n = max(n, 1)
    return ngettext("%(n)s working day overdue", "%(n)s working days overdue", n) % {"n": n}


def _used(n: int) -> str:
    return ngettext("took %(n)s working day", "took %(n)s working days", n) % {"n": n}


def in_days(n: int) -> str:
    return ngettext("%(n)s working day", "%(n)s working days", n) % {"n": n}
