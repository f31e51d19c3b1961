"""Proposing somebody for a seat and deciding about it. Locks go seat first, nomination second."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import changes
from core.clock import today
from core.refusals import RuleBroken
from notifications.kinds import Kind
from notifications.services import notify
from teams.models import Membership, Nomination, NominationStatus, Seat, User
from teams.permissions import Permission
from teams.policies import require
from teams.queries import who_holds
from teams.services.seats import check_successor, seat_facts, take_seat
from teams.transitions import NOMINATION, change_status


def nominate(
    *, seat: Seat, user: User, from_day: date, reason: str, by: User, at: datetime, version: int | None = None
) -> Nomination:
    """Propose somebody. The organ that supplies the seat may, and the office; one proposal a seat at a time."""
    with transaction.atomic():
        seat = changes.lock(seat, version=version)
        require(by, Permission.MEMBER_NOMINATE, seat)
        if seat.nominations.filter(status=NominationStatus.PROPOSED).exists():
            raise RuleBroken(_("Somebody is nominated for this seat already. The office decides about that first."))
        if not reason.strip():
            raise RuleBroken(_("Please write down the reason."))
        check_successor(seat, user, from_day)
        nomination = Nomination.objects.create(
            seat=seat, user=user, from_day=from_day, reason=reason.strip(), created_by=by, created_at=at
        )
        facts = seat_facts(seat) | {"person": user.name, "day": from_day.isoformat()}
        office = [pk for pk in who_holds(Permission.MEMBER_APPROVE, today(at)) if pk != by.pk]
        notify(office, Kind.MEMBER_NOMINATED, facts=facts, url=nomination.get_absolute_url(), at=at)
        payload = {"new": user.pk, "new_name": user.name, "day": from_day, "reason": reason.strip()}
        changes.save(seat, "nominate", by=by, at=at, fields=[], payload=payload)
    return nomination


def approve_nomination(
    *, nomination: Nomination, by: User, at: datetime, version: int | None = None, note: str = ""
) -> Membership:
    """Put the nominated person on the seat. Whoever proposed does not decide."""
    with transaction.atomic():
        seat, nomination = _locked(nomination, "approve", by, version, note)
        membership = take_seat(
            seat,
            nomination.user,
            from_day=nomination.from_day,
            reason=nomination.reason,
            by=by,
            at=at,
            tell=(nomination.created_by_id,),
        )
        change_status(nomination, "approve", by=by, at=at, note=note)
    return membership


def decline_nomination(
    *, nomination: Nomination, by: User, at: datetime, note: str, version: int | None = None
) -> Nomination:
    """Refuse with a reason; whoever proposed reads it in the messages."""
    with transaction.atomic():
        seat, nomination = _locked(nomination, "decline", by, version, note)
        facts = seat_facts(seat) | {"person": nomination.user.name, "note": note.strip()}
        url = nomination.get_absolute_url()
        notify([nomination.created_by_id], Kind.MEMBER_DECLINED, facts=facts, url=url, at=at)
        change_status(nomination, "decline", by=by, at=at, note=note)
    return nomination


def _locked(nomination: Nomination, move: str, by: User, version: int | None, note: str) -> tuple[Seat, Nomination]:
    """Both rows, after asking the policy and the table of moves."""
    seat = changes.lock(nomination.seat, version=None)
    nomination = changes.lock(nomination, version=version)
    require(by, Permission.MEMBER_APPROVE, seat)
    NOMINATION.check(move, status=nomination.status, status_label=nomination.get_status_display(), note=note)
    if nomination.created_by_id == by.pk:
        raise RuleBroken(_("You made this proposal yourself, so somebody else decides about it."))
    return seat, nomination
