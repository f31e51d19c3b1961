"""Homes of those who go there: the next visit first, after the meeting what is to be done about it."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.clock import today
from core.templatetags.core import zhdate
from dashboard.duties import Desk, Duty, Home
from teams.models import User
from teams.permissions import Permission
from visits.agenda import Line, agenda_of
from visits.confirming import to_do
from visits.models import Visit, VisitStatus
from visits.paperwork import Pill, Task
from visits.preparing import own_steps, preparation_of
from visits.queries import next_visit_of
from visits.tasks import Person, view_of

SHOWN_PROMISES = 3
SHOWN_STEPS = 3


@dataclass(frozen=True)
class NextVisit:
    """The visit with the person to call; before the meeting what to report back on, after it the tasks."""

    visit: Visit
    state: VisitStatus | Pill
    is_today: bool
    call: Person | None
    tasks: list[Task]
    promises: list[Line]
    more_promises: int
    log_url: str


def team(user: User, at: datetime) -> Home:
    """The lead submits, the lawyer writes opinions: whoever may not do it has no such list, and so no such duty."""
    home = _with_visit(user, at)
    home.duties.insert(0, _disputed(user))
    home.empty = _("When your next visit is scheduled, it stands here.")
    return home


def secretary(user: User, at: datetime) -> Home:
    home = _with_visit(user, at)
    home.duties.insert(0, _to_confirm(user, at))
    home.empty = _("When the next visit to your residential area is scheduled, it stands here.")
    return home


def _with_visit(user: User, at: datetime) -> Home:
    desk, visit = Desk(user, at), next_visit_of(user, at)
    duties = [
        desk.duty("drafts", _("Issues that are not submitted yet"), _("Go on"), tone="soon"),
        desk.duty("returned", _("Issues sent back for more detail"), _("Complete"), tone="late"),
        desk.duty("confirm", _("Answers to tell the residents"), _("Tell them")),
        desk.duty("opinion", _("Issues that wait for your legal opinion"), _("Write")),
        desk.duty("overdue", _("Overdue issues that residents will ask about"), _("Look"), tone="late"),
    ]
    if visit and (preparing := _prepare(visit, user, at)):
        duties.insert(0, preparing)
    return Home(duties, next=_look_at(visit, user, at) if visit else None, on_phone=True)


def _to_confirm(user: User, at: datetime) -> Duty:
    """Records that wait for the secretary's word."""
    rows = Visit.objects.visible_to(user).to_confirm(today(at)).order_by("confirm_until", "pk")
    found = to_do(user, Permission.VISIT_CONFIRM, rows, "confirm", "to_confirm")
    return Duty(found.count, _("Records of visits to confirm"), found.url, _("Read"), found.detail, "soon")


def _disputed(user: User) -> Duty:
    """Records the secretary disputes: the lead corrects or answers; nobody else of the team has this duty."""
    rows = Visit.objects.visible_to(user).disputed().order_by("pk")
    found = to_do(user, Permission.VISIT_CLOSE, rows, "answer", "disputed")
    return Duty(found.count, _("Records the secretary disputes"), found.url, _("Answer"), found.detail, "late")


def _prepare(visit: Visit, user: User, at: datetime) -> Duty | None:
    """What this person still has to prepare, and what is behind its day."""
    preparation = preparation_of(visit, at)
    if not preparation.is_open or visit.day is None or visit.day < today(at):
        return None
    own = own_steps(preparation, user)
    behind = [row for row in own if row.is_behind]
    names = pgettext("between names", ", ").join(str(row.step) for row in (behind or own)[:SHOWN_STEPS])
    return Duty(
        len(own),
        _("Things to prepare for the visit on %(day)s") % {"day": zhdate(visit.day)},
        reverse("visits:prepare", args=[visit.code]),
        _("Prepare"),
        _("Behind: %(steps)s") % {"steps": names} if behind else names,
        "late" if behind else "soon",
    )


def _look_at(visit: Visit, user: User, at: datetime) -> NextVisit:
    page = view_of(visit, user, at)
    promises = [] if page.tasks else agenda_of(visit, user)
    return NextVisit(
        visit=visit,
        state=page.state,
        is_today=visit.day == today(at),
        call=page.call,
        tasks=page.tasks,
        promises=promises[:SHOWN_PROMISES],
        more_promises=max(len(promises) - SHOWN_PROMISES, 0),
        log_url=page.log_url,
    )
