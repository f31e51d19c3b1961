"""What people see of the two sides of a record: badges, what is to be done about it, what keeps a visit open."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.clock import today
from core.templatetags.core import zhdate
from teams.models import User
from teams.permissions import Permission
from visits.closing import Obstacle
from visits.models import Confirmation, Lateness, Visit
from visits.paperwork import Task
from visits.policies import may


@dataclass(frozen=True)
class Badge:
    """Words and the tone of their tag."""

    words: str
    tone: str = ""


def is_unconfirmed(confirmation: str, until: date | None, day: date) -> bool:
    """Nobody has answered and the days are over: it counts as not confirmed, until a corrected record is asked about."""
    return confirmation == Confirmation.WAITING and until is not None and day > until


def badges(visit: Any, day: date) -> list[Badge]:
    """Of a visit, or of a row with its columns."""
    found = []
    if visit.lateness != Lateness.NONE:
        lateness = Lateness(visit.lateness)
        found.append(Badge(str(lateness.label), lateness.tone))
    if is_unconfirmed(visit.confirmation, visit.confirm_until, day):
        found.append(Badge(_("Not confirmed")))
    elif visit.confirmation != Confirmation.NONE:
        confirmation = Confirmation(visit.confirmation)
        found.append(Badge(str(confirmation.label), confirmation.tone))
    return found


def record_tasks(visit: Visit, user: User, at: datetime) -> list[Task]:
    """What comes after the record: the secretary's word, the lead's answer, the office's word to a late one."""
    found = []
    if visit.confirmation != Confirmation.NONE:
        found.append(_dispute(visit, user) if visit.confirmation == Confirmation.DISPUTED else _word(visit, user, at))
    if visit.lateness == Lateness.WAITING and may(user, Permission.ROUND_MANAGE, visit):
        found.append(Task(_("Decide on the late record"), visit.late_reason, "todo", page("late", visit)))
    return found


def _word(visit: Visit, user: User, at: datetime) -> Task:
    secretary = may(user, Permission.VISIT_CONFIRM, visit)
    title = _("Confirm the record") if secretary else _("The secretary confirms the record")
    if visit.confirmation == Confirmation.CONFIRMED:
        return Task(title, zhdate(visit.confirmed_at), "done")
    if is_unconfirmed(visit.confirmation, visit.confirm_until, today(at)):
        return Task(
            title, _("No answer by %(day)s") % {"day": zhdate(visit.confirm_until)}, "off", "", _("Not confirmed")
        )
    words = _("by %(day)s") % {"day": zhdate(visit.confirm_until)}
    return Task(
        title,
        words,
        "todo" if secretary else "off",
        page("confirm", visit) if secretary else "",
        "" if secretary else _("Secretary to confirm"),
    )


def _dispute(visit: Visit, user: User) -> Task:
    lead = may(user, Permission.VISIT_CLOSE, visit)
    title = _("Correct the record or answer the secretary") if lead else _("The record is disputed")
    return Task(
        title, visit.dispute_words, "todo" if lead else "off", page("answer", visit) if lead else "", _("Disputed")
    )


def page(name: str, visit: Visit) -> str:
    return reverse(f"visits:{name}", args=[visit.code])


def record_settled(visit: Visit) -> list[Obstacle]:
    """A dispute or a late record nobody has decided on keeps the visit open, and says so; silence does not."""
    found = []
    if visit.confirmation == Confirmation.DISPUTED:
        words = _("The residential-area secretary disputes the record. Please correct it or answer first.")
        found.append(Obstacle(words, page("answer", visit), _("Answer")))
    if visit.lateness == Lateness.WAITING:
        found.append(Obstacle(_("The record came late, and the office has not decided on it yet.")))
    return found


@dataclass(frozen=True)
class ToDo:
    """How many of one kind, and the page where to begin: the only one itself, or their list."""

    count: int
    url: str
    detail: str = ""


def to_do(user: User, permission: Permission, rows: Any, name: str, status: str) -> ToDo:
    """Of the visits this person sees, those he or she may do it to. One query."""
    found = [visit for visit in rows.select_related("area")[:50] if may(user, permission, visit)]
    if len(found) == 1:
        return ToDo(1, page(name, found[0]), found[0].area.name)
    return ToDo(len(found), f"{reverse('visits:visits')}?status={status}")
