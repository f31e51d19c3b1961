"""A record that came after the days of the round: the team says why, the office accepts it or not."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core.clock import today
from core.refusals import RuleBroken
from notifications.kinds import Kind
from teams.models import Grant, User
from teams.permissions import Role
from visits.models import Lateness, Visit
from visits.services.confirming import leads_of, refuse_numbers, tell
from visits.transitions import change_status, follow, locked

DECIDED = ["late_decided_at", "late_decided_by", "late_answer"]


def needs_reason(visit: Visit) -> bool:
    """Nobody has asked the office for it yet, or the office did not accept what was said."""
    return visit.lateness in (Lateness.NONE, Lateness.REFUSED)


def will_be_late(visit: Visit, day: date, at: datetime) -> bool:
    """Whether the form asks why, for a meeting on `day`; what counts is the database's clock when it comes in."""
    due = day + timedelta(days=visit.record_days)
    return needs_reason(visit) and today(visit.recorded_at or at) > due


def report_lateness(visit: Visit, reason: str, *, by: User, insist: bool) -> list[str]:
    """The fields to write with the record. `insist`: without a reason a late record is not taken."""
    if not visit.is_late:
        if visit.lateness == Lateness.NONE:
            return []
        follow(visit, "be_in_time", by=by)
        visit.late_reason = ""
        return ["lateness", "late_reason", *_undecided(visit)]
    if not needs_reason(visit) or not (reason or insist):
        return []
    if not reason:
        raise RuleBroken(_("The days for the record are over. Please write down why it comes late."))
    column = follow(visit, "report_late", by=by, note=reason)
    visit.late_reason = refuse_numbers(reason)
    return [column, "late_reason", *_undecided(visit)]


def accept_late(*, visit: Visit, note: str = "", by: User, at: datetime, version: int | None = None) -> Visit:
    return _decide(visit, "accept_late", note, by=by, at=at, version=version)


def refuse_late(*, visit: Visit, note: str, by: User, at: datetime, version: int | None = None) -> Visit:
    """The record stays, marked; the team may hand it in again with a better reason."""
    return _decide(visit, "refuse_late", note, by=by, at=at, version=version)


def tell_office(visit: Visit, *, by: User, at: datetime) -> None:
    office = Grant.objects.on(today(at)).filter(user__is_active=True, role=Role.COORDINATOR)
    people = office.order_by().values_list("user_id", flat=True)
    tell(people, Kind.RECORD_LATE, visit, by=by, at=at, reason=visit.late_reason)


def _decide(visit: Visit, name: str, note: str, *, by: User, at: datetime, version: int | None) -> Visit:
    note = refuse_numbers(note)
    with transaction.atomic():
        visit = locked(visit, name, by=by, version=version, note=note)
        visit.late_decided_at, visit.late_decided_by, visit.late_answer = at, by, note
        change_status(visit, name, by=by, at=at, note=note, fields=DECIDED)
        people = {*leads_of(visit, at), visit.recorded_by_id or by.pk}
        tell(people, Kind.LATE_DECIDED, visit, by=by, at=at, note=note, decision=visit.lateness)
    return visit


def _undecided(visit: Visit) -> list[str]:
    visit.late_decided_at = visit.late_decided_by = None
    visit.late_answer = ""
    return DECIDED
