"""Changing the number people sign in with: it counts when a code from the old and one from the new number were typed."""

from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from core import changes
from core.events import append
from core.limits import count
from core.refusals import RuleBroken
from notifications.codes import can_send_texts
from notifications.kinds import Kind
from notifications.services import notify
from teams.contact_codes import new_codes, send_codes
from teams.grants import holds
from teams.models import PhoneChange, User
from teams.models.contact import MOST_TRIES
from teams.names import is_mobile, masked_phone
from teams.permissions import Permission

DONE, REFUSED, WITHDRAWN, REPLACED = "done", "refused", "withdrawn", "replaced"
MOST_IN_A_DAY, A_DAY = 5, 86_400


def ask_for_phone(*, user: User, phone: str, by: User, at: datetime) -> PhoneChange:
    """Send a code to either number. A change that was asked for before and still waits is over."""
    _require_oneself(user, by)
    _require_texts(user)
    with transaction.atomic():
        user = changes.lock(user, version=None)
        _refuse_number(phone, user)
        PhoneChange.objects.filter(user=user, ended_at__isnull=True).update(ended_at=at, outcome=REPLACED)
        change = PhoneChange(user=user, old_phone=user.phone, new_phone=phone, asked_at=at)
        _send(change, at)
        append(user, "ask_for_phone", by=by, at=at)
    return change


def send_codes_again(*, user: User, by: User, at: datetime) -> None:
    """Two new codes with time of their own, when the messages did not arrive; those of before are void."""
    _require_oneself(user, by)
    _require_texts(user)
    with transaction.atomic():
        user, change = _waiting(user, at)
        change.asked_at, change.sent_at = at, None
        _send(change, at)
        append(user, "ask_for_phone", by=by, at=at)


def confirm_phone(*, user: User, old_code: str, new_code: str, by: User, at: datetime) -> User:
    """Both codes at once. A wrong try is counted whatever becomes of it; after some the change is over."""
    _require_oneself(user, by)
    with transaction.atomic():
        user, change = _waiting(user, at)
        fits = change.fits(old_code, new_code)
        if fits:
            _take_over(user, change.new_phone, by=by, at=at)
            _end(change, DONE, at)
        else:
            change.tries += 1
            change.save(update_fields=["tries"])
            if change.tries >= MOST_TRIES:
                _end(change, REFUSED, at)
                append(user, "refuse_phone", by=by, at=at)
    if not fits:
        raise RuleBroken(_wrong(change))
    return user


def withdraw_phone(*, user: User, by: User, at: datetime) -> None:
    _require_oneself(user, by)
    with transaction.atomic():
        user, change = _waiting(user, at)
        _end(change, WITHDRAWN, at)
        append(user, "withdraw_phone", by=by, at=at)


def set_phone(*, user: User, phone: str, by: User, at: datetime, version: int | None = None) -> User:
    """By the administrator, for somebody who has the old number no longer or where no text messages are sent."""
    if not holds(by, Permission.ACCOUNTS_MANAGE):
        raise PermissionDenied
    with transaction.atomic():
        user = changes.lock(user, version=version)
        _refuse_number(phone, user)
        PhoneChange.objects.filter(user=user, ended_at__isnull=True).update(ended_at=at, outcome=REPLACED)
        asked = {"user": user, "old_phone": user.phone, "new_phone": phone, "asked_at": at}
        PhoneChange.objects.create(**asked, ended_at=at, outcome=DONE)
        _take_over(user, phone, by=by, at=at)
    return user


def _take_over(user: User, phone: str, *, by: User, at: datetime) -> None:
    """The person hears of it in the inbox, which carries what cannot wait out by mail (notifications.reminders)."""
    payload = {"old": masked_phone(user.phone), "new": masked_phone(phone)}
    user.phone = phone
    try:
        with transaction.atomic():
            changes.save(user, "change_phone", by=by, at=at, fields=["phone"], payload=payload)
    except IntegrityError:
        raise RuleBroken(_taken()) from None
    facts = {"phone": masked_phone(phone), "by": "" if by.pk == user.pk else by.name}
    notify([user], Kind.PHONE_CHANGED, facts=facts, url=reverse("teams:profile"), at=at)


def _wrong(change: PhoneChange) -> str:
    if change.ended_at:
        return _("The codes were wrong too often. Please ask for new ones.")
    return _("One of the codes is not right. Please compare them with the messages.")


def _refuse_number(phone: str, user: User) -> None:
    if not is_mobile(phone):
        raise RuleBroken(_("Please give a mobile number of 11 digits that begins with 1."))
    if phone == user.phone:
        raise RuleBroken(_("This is the number already."))
    if User.objects.filter(phone=phone).exists():
        raise RuleBroken(_taken())


def _taken() -> str:
    return _("This number belongs to somebody else's account. Please check it, or ask the administrator.")


def _send(change: PhoneChange, at: datetime) -> None:
    """New codes, kept as hashes; the messages leave when the change is in the database."""
    codes = new_codes()
    change.keep_codes(*codes)
    change.save()
    transaction.on_commit(partial(send_codes, change, codes, at), robust=True)


def _require_oneself(user: User, by: User) -> None:
    if by.pk != user.pk:
        raise PermissionDenied


def _require_texts(user: User) -> None:
    if not can_send_texts():
        raise RuleBroken(_("This site sends no text messages yet. The administrator changes the number for you."))
    if count(f"phone-codes-{user.pk}", A_DAY) > MOST_IN_A_DAY:
        raise RuleBroken(_("These were many codes for one day. Please try again tomorrow, or ask the administrator."))


def _waiting(user: User, at: datetime) -> tuple[User, PhoneChange]:
    """Person first, as everywhere, so that two never wait for each other."""
    user = changes.lock(user, version=None)
    change = PhoneChange.objects.select_for_update(no_key=True).filter(user=user, ended_at__isnull=True).first()
    if change is None or not change.waits(at) or change.old_phone != user.phone:
        raise RuleBroken(_("Nothing waits to be confirmed any more."))
    return user, change


def _end(change: PhoneChange, outcome: str, at: datetime) -> None:
    change.ended_at, change.outcome = at, outcome
    change.save(update_fields=["ended_at", "outcome"])
