"""A record has two sides: the team hands it in, the area's secretary confirms or disputes it, the lead answers."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core.clock import today
from core.personal import looks_personal
from core.refusals import RuleBroken
from core.templatetags.core import zhday
from notifications.kinds import Kind
from notifications.services import notify
from teams.models import Grant, Membership, User
from teams.permissions import Role
from visits.models import Visit
from visits.services.telling import facts_of
from visits.transitions import change_status, follow, locked

DECIDED = ["confirmed_at", "confirmed_by", "dispute_words", "dispute_answer"]


def ask_secretary(visit: Visit, *, by: User, at: datetime) -> list[str]:
    """With every hand-in the secretary has all the days anew. The fields to write with the record."""
    column = follow(visit, "ask", by=by)
    visit.confirm_until = today(at) + timedelta(days=visit.confirm_days)
    visit.confirmed_at = visit.confirmed_by = None
    visit.dispute_answer = ""
    return [column, "confirm_until", "confirmed_at", "confirmed_by", "dispute_answer"]


def confirm_record(*, visit: Visit, by: User, at: datetime, version: int | None = None) -> Visit:
    with transaction.atomic():
        visit = locked(visit, "confirm", by=by, version=version)
        _in_time(visit, at)
        visit.confirmed_at, visit.confirmed_by = at, by
        visit.dispute_words = visit.dispute_answer = ""
        return change_status(visit, "confirm", by=by, at=at, fields=DECIDED)


def dispute_record(*, visit: Visit, note: str, by: User, at: datetime, version: int | None = None) -> Visit:
    """The lead has to correct the record or to answer."""
    note = refuse_numbers(note)
    with transaction.atomic():
        visit = locked(visit, "dispute", by=by, version=version, note=note)
        _in_time(visit, at)
        visit.confirmed_at, visit.confirmed_by = at, by
        visit.dispute_words, visit.dispute_answer = note, ""
        change_status(visit, "dispute", by=by, at=at, note=note, fields=DECIDED)
        tell(leads_of(visit, at), Kind.RECORD_DISPUTED, visit, by=by, at=at, note=note)
    return visit


def answer_dispute(*, visit: Visit, note: str, by: User, at: datetime, version: int | None = None) -> Visit:
    """The record stays as it is, and this is why: the secretary is asked again."""
    note = refuse_numbers(note)
    with transaction.atomic():
        visit = locked(visit, "answer", by=by, version=version, note=note)
        visit.confirm_until = today(at) + timedelta(days=visit.confirm_days)
        visit.confirmed_at = visit.confirmed_by = None
        visit.dispute_answer = note
        change_status(visit, "answer", by=by, at=at, note=note, fields=["confirm_until", *DECIDED])
        tell_secretary(visit, by=by, at=at, note=note)
    return visit


def tell_secretary(visit: Visit, *, by: User, at: datetime, note: str = "") -> None:
    last = visit.confirm_until.isoformat() if visit.confirm_until else ""
    tell(secretaries_of(visit, at), Kind.RECORD_TO_CONFIRM, visit, by=by, at=at, note=note, last=last)


def tell(people: Iterable[int], kind: Kind, visit: Visit, *, by: User, at: datetime, **facts: str) -> None:
    """Whoever did it knows already."""
    words = {"area": visit.area.name, "code": visit.code, **facts_of(visit), **facts}
    notify(set(people) - {by.pk}, kind, facts=words, url=visit.get_absolute_url(), at=at)


def leads_of(visit: Visit, at: datetime) -> list[int]:
    seats = Membership.objects.on(today(at)).filter(user__is_active=True, seat__team_id=visit.team_id)
    return list(seats.filter(seat__kind__role=Role.TEAM_LEAD).order_by().values_list("user_id", flat=True))


def secretaries_of(visit: Visit, at: datetime) -> list[int]:
    grants = Grant.objects.on(today(at)).filter(user__is_active=True, role=Role.SECRETARY, area_id=visit.area_id)
    return list(grants.order_by().values_list("user_id", flat=True))


def refuse_numbers(note: str) -> str:
    if looks_personal(note):
        raise RuleBroken(_("There seems to be a telephone number in it. Please take it out: no names, no numbers."))
    return note.strip()


def _in_time(visit: Visit, at: datetime) -> None:
    if visit.confirm_until and today(at) > visit.confirm_until:
        raise RuleBroken(
            _("The days for this ended on %(day)s, so the record counts as not confirmed. Please call the team's lead.")
            % {"day": zhday(visit.confirm_until)}
        )
