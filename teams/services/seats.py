"""Who sits on a seat from which day. Changes are added at the end, so two people never share a day."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import changes
from core.events import Happened, append_many
from core.refusals import RuleBroken
from core.templatetags.core import zhdate
from core.wiring import load
from notifications.kinds import Kind
from notifications.services import notify
from teams.models import Membership, NominationStatus, Seat, User
from teams.permissions import Permission
from teams.policies import require
from teams.services.grants import refuse_auditor

ONE_DAY = timedelta(days=1)


def replace_member(
    *, seat: Seat, user: User, from_day: date, reason: str, by: User | None, at: datetime, version: int | None = None
) -> Membership:
    """Put somebody on a seat. Who sat there leaves the day before; open work is handed over."""
    with transaction.atomic():
        seat = changes.lock(seat, version=version)
        require(by, Permission.MEMBER_APPROVE, seat)
        if seat.nominations.filter(status=NominationStatus.PROPOSED).exists():
            raise RuleBroken(_("Somebody is nominated for this seat. Please decide that nomination first."))
        return take_seat(seat, user, from_day=from_day, reason=reason, by=by, at=at)


def vacate_seat(
    *, seat: Seat, last_day: date, reason: str, by: User | None, at: datetime, version: int | None = None
) -> Membership:
    """End a membership without a successor; the seat then shows up as incomplete."""
    with transaction.atomic():
        seat = changes.lock(seat, version=version)
        require(by, Permission.MEMBER_APPROVE, seat)
        last = last_membership(seat)
        if last is None or last.until_day is not None:
            raise RuleBroken(_("Nobody sits on this seat."))
        if last_day < last.from_day:
            raise RuleBroken(_not_before(last))
        _check_reason(reason)
        last.until_day = last_day
        last.save(update_fields=["until_day"])
        _tell(seat, last.user, None, day=last_day + ONE_DAY, by=by, at=at)
        payload = {"old": last.user_id, "old_name": last.user.name, "day": last_day, "reason": reason.strip()}
        changes.save(seat, "vacate", by=by, at=at, fields=[], payload=payload)
    return last


def take_seat(
    seat: Seat, user: User, *, from_day: date, reason: str, by: User | None, at: datetime, tell: tuple[int, ...] = ()
) -> Membership:
    """The change itself, on a locked seat, for the office's replacement and for an approved nomination.
    `tell` are ids of people to inform besides the two members.

    Everything is appended at the end: the head of the chain is always the last lock.
    """
    user = changes.lock(user, version=None)
    last = check_successor(seat, user, from_day)
    _check_reason(reason)
    if last is not None and (last.until_day is None or last.until_day >= from_day):
        last.until_day = from_day - ONE_DAY
        last.save(update_fields=["until_day"])
    new = Membership.objects.create(seat=seat, user=user, from_day=from_day, reason=reason.strip())
    old = last.user if last else None
    happened = _hand_over(seat, old, user, day=from_day, by=by, at=at) if old else []
    _tell(seat, old, user, day=from_day, by=by, at=at, others=tell)
    payload = {
        "old": old.pk if old else None,
        "old_name": old.name if old else "",
        "new": user.pk,
        "new_name": user.name,
        "day": from_day,
        "reason": reason.strip(),
    }
    changes.write(seat, [])
    append_many([Happened(seat, "replace", by, at, payload), *happened])
    return new


def check_successor(seat: Seat, user: User, from_day: date) -> Membership | None:
    """RuleBroken when this person cannot take the seat that day, else the membership before."""
    if not seat.team.is_active:
        raise RuleBroken(_("This team is closed."))
    if not user.is_active:
        raise RuleBroken(
            _("%(name)s's account is closed. Please ask the administrator to open it again.") % {"name": user.name}
        )
    refuse_auditor(user, from_day)
    last = last_membership(seat)
    if last is None:
        return None
    if last.user_id == user.pk and (last.until_day is None or last.until_day >= from_day):
        raise RuleBroken(_("%(name)s sits on this seat already.") % {"name": user.name})
    if from_day <= last.from_day:
        raise RuleBroken(_not_before(last))
    return last


def last_membership(seat: Seat) -> Membership | None:
    return seat.memberships.select_related("user").order_by("-from_day", "-id").first()


def _not_before(last: Membership) -> str:
    return _("%(name)s sits on this seat from %(day)s. Please choose a later day.") % {
        "name": last.user.name,
        "day": zhdate(last.from_day),
    }


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken(_("Please write down the reason."))


def _hand_over(seat: Seat, old: User, new: User, *, day: date, by: User | None, at: datetime) -> list[Happened]:
    """Call every part in settings.HANDOVER_PARTS. A part locks and changes its rows and returns what to append."""
    happened: list[Happened] = []
    for part in load("HANDOVER_PARTS"):
        happened += part(seat=seat, old=old, new=new, day=day, by=by, at=at) or []
    return happened


def _tell(
    seat: Seat,
    old: User | None,
    new: User | None,
    *,
    day: date,
    by: User | None,
    at: datetime,
    others: tuple[int, ...] = (),
) -> None:
    """Everybody concerned; nobody when the system fills the seats of a new installation."""
    if by is None:
        return
    facts = seat_facts(seat) | {"old": old.name if old else "", "new": new.name if new else "", "day": day.isoformat()}
    people = [person.pk for person in (old, new) if person is not None]
    notify([*people, *others], Kind.MEMBER_REPLACED, facts=facts, url=seat.team.get_absolute_url(), at=at)


def seat_facts(seat: Seat) -> dict[str, Any]:
    """What every message about a seat says, in both languages."""
    return {"team": seat.team.number, "seat": {"zh": seat.kind.name_zh, "en": seat.kind.name_en}}
