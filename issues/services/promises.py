"""Last time's promises: what residents said when the team reported back."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from core import changes
from core.clock import today
from core.events import append
from core.personal import looks_personal
from core.refusals import Conflict, RuleBroken
from issues.models import Issue, PromiseMark, Reply, Response
from issues.promises import promises_of
from issues.services import telling
from notifications.kinds import Kind
from teams.models import User
from teams.permissions import Permission
from visits.models import Visit, VisitStatus
from visits.policies import may


def mark_promise(
    *, issue: Issue, visit: Visit, response: str, by: User, at: datetime, version: int | None = None, note: str = ""
) -> PromiseMark:
    """During or after the meeting, until the visit is closed. `version` 0: nobody had marked it yet.

    An objection goes to the desk that has the issue, or to the office that can open it again.
    """
    note = note.strip()
    if looks_personal(note):
        raise RuleBroken(_("There seems to be a telephone number in it. Please take it out: no names, no numbers."))
    with transaction.atomic():
        visit = _to_mark(visit, by, at)
        if not promises_of(visit).filter(pk=issue.pk).exists():
            raise RuleBroken(_("This issue is not among those to report back on at this visit."))
        mark = _locked(visit, issue, version)
        before, note_before = (mark.response, mark.note) if mark else ("", "")
        if mark and (before, note_before) == (response, note):
            return mark
        mark = _write(mark, issue, visit, response, note, by, at)
        is_new = bool(note) and note != note_before
        reply = Reply.objects.create(issue=issue, text=note, by=by, at=at).pk if is_new else None
        if response == Response.OBJECTED != before:
            _tell(issue, by, at)
        day = visit.day.isoformat() if visit.day else ""
        payload = {"visit": visit.code, "day": day, "mark": mark.pk, "reply": reply}
        append(issue, f"promise_{response}", by=by, at=at, payload=payload)
    return mark


def _locked(visit: Visit, issue: Issue, version: int | None) -> PromiseMark | None:
    mark = (
        PromiseMark.objects.select_for_update(no_key=True).filter(visit=visit, issue=issue).select_related("by").first()
    )
    if version is not None and version != (mark.version if mark else 0):
        raise Conflict(mark or issue, by=mark.by.name if mark else "", at=mark.at if mark else None)
    return mark


def _to_mark(visit: Visit, by: User, at: datetime) -> Visit:
    current = changes.lock(visit, version=None)
    if not may(by, Permission.ISSUE_LOG, current):
        raise PermissionDenied
    if current.status in VisitStatus.final:
        raise RuleBroken(_("This visit is closed, so its marks stay as they are."))
    if current.day is None or current.day > today(at):
        raise RuleBroken(_("The day of this visit has not come yet."))
    return current


def _write(
    mark: PromiseMark | None, issue: Issue, visit: Visit, response: str, note: str, by: User, at: datetime
) -> PromiseMark:
    if mark is None:
        return PromiseMark.objects.create(issue=issue, visit=visit, response=response, note=note, by=by, at=at)
    mark.response, mark.note, mark.by, mark.at = response, note, by, at
    changes.write(mark, ["response", "note", "by", "at"])
    return mark


def _tell(issue: Issue, by: User, at: datetime) -> None:
    if issue.is_open and issue.owner_unit_id:
        telling.tell_desk(issue, Kind.PROMISE_OBJECTED, at=at, by=by)
    else:
        telling.tell(telling.office(today(at)), Kind.PROMISE_OBJECTED, issue, at=at, by=by)
