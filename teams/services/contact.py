"""Changing one's own e-mail address: it counts when both the old and the new mailbox have said yes."""

from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from core import changes
from core.events import append
from core.limits import count
from core.refusals import RuleBroken
from teams.contact_mails import OLD, can_send, send_links, tell_old_mailbox
from teams.grants import holds
from teams.models import EmailChange, User
from teams.permissions import Permission

DONE, REFUSED, WITHDRAWN, REPLACED = "done", "refused", "withdrawn", "replaced"
MOST_IN_A_DAY, A_DAY = 5, 86_400


def ask_for_email(*, user: User, email: str, by: User, at: datetime) -> EmailChange:
    """Send a link to either address. One that was asked for before and still waits is over."""
    if by.pk != user.pk:
        raise PermissionDenied
    _require_mails(user)
    with transaction.atomic():
        user = changes.lock(user, version=None)
        if email.casefold() == user.email.casefold():
            raise RuleBroken(_("This is your address already."))
        EmailChange.objects.filter(user=user, ended_at__isnull=True).update(ended_at=at, outcome=REPLACED)
        old_said_at = None if user.email else at
        change = EmailChange.objects.create(
            user=user, old_email=user.email, new_email=email, asked_at=at, old_said_at=old_said_at
        )
        append(user, "ask_for_email", by=by, at=at)
        transaction.on_commit(partial(send_links, change, at), robust=True)
    return change


def send_again(*, user: User, by: User, at: datetime) -> None:
    """Both links once more and three days from now on, when the mails did not arrive."""
    if by.pk != user.pk:
        raise PermissionDenied
    _require_mails(user)
    with transaction.atomic():
        user = changes.lock(user, version=None)
        change = EmailChange.objects.select_for_update(no_key=True).filter(user=user, ended_at__isnull=True).first()
        if change is None or not change.waits(at):
            raise RuleBroken(_("Nothing waits to be confirmed any more."))
        change.asked_at, change.sent_at = at, None
        change.save(update_fields=["asked_at", "sent_at"])
        append(user, "ask_for_email", by=by, at=at)
        transaction.on_commit(partial(send_links, change, at), robust=True)


def confirm_email(*, change: EmailChange, side: str, at: datetime) -> EmailChange:
    """One mailbox says yes. With the second one the new address counts."""
    with transaction.atomic():
        user, change = _locked(change, at)
        field = "old_said_at" if side == OLD else "new_said_at"
        if getattr(change, field) is None:
            setattr(change, field, at)
            append(user, "confirm_email", by=None, at=at, payload={"side": side})
        if change.old_said_at and change.new_said_at:
            user.email = change.new_email
            changes.save(user, "change_email", by=user, at=at, fields=["email"], payload={})
            change.ended_at, change.outcome = at, DONE
        change.save()
    return change


def refuse_email(*, change: EmailChange, at: datetime) -> EmailChange:
    """The old mailbox says: it was not me. The old address stays."""
    with transaction.atomic():
        user, change = _locked(change, at)
        _end(change, REFUSED, at)
        append(user, "refuse_email", by=None, at=at)
    return change


def withdraw_email(*, user: User, by: User, at: datetime) -> None:
    if by.pk != user.pk:
        raise PermissionDenied
    with transaction.atomic():
        user = changes.lock(user, version=None)
        change = EmailChange.objects.select_for_update(no_key=True).filter(user=user, ended_at__isnull=True).first()
        if change is None:
            raise RuleBroken(_("Nothing waits to be confirmed any more."))
        _end(change, WITHDRAWN, at)
        append(user, "withdraw_email", by=by, at=at)


def set_email(*, user: User, email: str, by: User, at: datetime, version: int | None = None) -> User:
    """By the administrator, for somebody who cannot get into the old mailbox; it is told that it no longer counts."""
    if not holds(by, Permission.ACCOUNTS_MANAGE):
        raise PermissionDenied
    with transaction.atomic():
        user = changes.lock(user, version=version)
        if email == user.email:
            raise RuleBroken(_("Nothing has changed: this is the address already."))
        old, user.email = user.email, email
        EmailChange.objects.filter(user=user, ended_at__isnull=True).update(ended_at=at, outcome=REPLACED)
        changes.save(user, "change_email", by=by, at=at, fields=["email"], payload={})
        if old and can_send():
            transaction.on_commit(partial(tell_old_mailbox, user, old), robust=True)
    return user


def _require_mails(user: User) -> None:
    if not can_send():
        raise RuleBroken(_("This site sends no mail yet. Please ask the administrator."))
    if count(f"email-links-{user.pk}", A_DAY) > MOST_IN_A_DAY:
        raise RuleBroken(_("These were many mails for one day. Please try again tomorrow, or ask the administrator."))


def _locked(change: EmailChange, at: datetime) -> tuple[User, EmailChange]:
    """Person first, as everywhere, so that two never wait for each other. What is over stays over."""
    user = changes.lock(change.user, version=None)
    change = EmailChange.objects.select_for_update(no_key=True).get(pk=change.pk)
    if not change.waits(at) or change.old_email != user.email or not user.is_active:
        raise RuleBroken(_("This change is over already; the address was not touched by this link."))
    return user, change


def _end(change: EmailChange, outcome: str, at: datetime) -> None:
    change.ended_at, change.outcome = at, outcome
    change.save(update_fields=["ended_at", "outcome"])
