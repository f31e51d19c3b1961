"""The one extension an issue may get: the desk asks, the office decides."""

from datetime import datetime

from django.utils.translation import gettext as _

from core.clock import today
from core.refusals import RuleBroken
from issues.models import Extension, Issue, Reply
from issues.rulebook import Rulebook
from issues.services import telling
from issues.transitions import moving
from notifications.kinds import Kind
from teams.models import User


def ask_extension(*, issue: Issue, reason: str, by: User, at: datetime, version: int | None) -> Issue:
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "ask_extension", by=by, note=reason)
        assert row.due_on is not None
        if Extension.objects.filter(issue=row).exists():
            raise RuleBroken(_("An issue can be extended once, and this one has had its chance."))
        request = Extension.objects.create(issue=row, reason=reason, asked_by=by, asked_at=at, old_due_on=row.due_on)
        moves.change_status(row, move, by=by, payload={"extension": request.pk})
        telling.tell(telling.office(today(at)), Kind.EXTENSION_ASKED, row, at=at, by=by)
    return row


def decide_extension(
    *, issue: Issue, granted: bool, by: User, at: datetime, version: int | None, note: str = ""
) -> Issue:
    """Granted days are added to the limit of the level, counted from submission like every deadline."""
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "grant_extension" if granted else "refuse_extension", by=by, note=note)
        request = Extension.objects.filter(issue=row, decided_at__isnull=True).first()
        if request is None:
            raise RuleBroken(_("Nobody is waiting for an extension of this issue."))
        values = {}
        if granted and row.level and row.submitted_at:
            row.extended = True
            rules, submitted_on = Rulebook(today(row.submitted_at)), today(row.submitted_at)
            due = rules.deadlines(row, row.level.number, submitted_on=submitted_on, assigned_on=submitted_on)
            values = {"extended": True, "due_on": due.due_on}
            request.new_due_on = due.due_on
        request.granted, request.decided_by, request.decided_at = granted, by, at
        request.save()
        reply = Reply.objects.create(issue=row, text=note, by=by, at=at) if note.strip() else None
        payload = {
            "extension": request.pk,
            "reply": reply.pk if reply else None,
            "due_on": request.new_due_on,
            "old_due_on": request.old_due_on,
        }
        moves.change_status(row, move, by=by, payload=payload, **values)
        telling.tell_desk(row, Kind.EXTENSION_DECIDED, at=at, by=by)
    return row
