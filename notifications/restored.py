"""Noticing that the database came back from a backup, and holding what may have been sent already.

Every run writes its moment beside the database as well (VAR_DIR/reminders.stamp). A database whose own pulse is much
older than that file is a copy of yesterday: what it still has to send was probably sent. A person looks and releases.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from core.events import Happened, append_many
from notifications.models import Delivery, DeliveryState, Heartbeat, Restore

STAMP = "reminders.stamp"
# A crash may lose the last moments of the database, but not minutes.
CRASH = timedelta(minutes=5)
REASON = "restored"
RELEASED_FOR = timedelta(days=1)


def open_restore() -> Restore | None:
    """The restore whose reminders nobody has released yet."""
    return Restore.objects.filter(released_at__isnull=True).order_by("at").last()


def leave_stamp(at: datetime) -> None:
    draft = settings.VAR_DIR / f"{STAMP}.new"
    draft.write_text(at.isoformat())
    draft.replace(settings.VAR_DIR / STAMP)


def came_back_from_backup(at: datetime) -> bool:
    """Whether this machine sent reminders later than the database remembers, and not in the future: then it is the
    database's clock that was put back.
    """
    pulse = Heartbeat.objects.filter(name="drain", last_ok__isnull=False).first()
    try:
        stamp = datetime.fromisoformat((settings.VAR_DIR / STAMP).read_text())
    except (FileNotFoundError, ValueError):
        return False
    return pulse is not None and pulse.last_ok + CRASH < stamp < at + CRASH  # type: ignore[operator]


def hold_after_restore(*, at: datetime) -> int:
    """Whatever was due before `at` waits for a person, what is planned later for that time too. How many were waiting."""
    with transaction.atomic():
        Restore.objects.create(at=at)
        waiting = Delivery.objects.filter(state__in=("due", "claimed", "gathered"), due_at__lte=at)
        return waiting.exclude(channel="in_app").update(
            state=DeliveryState.HELD, reason=REASON, lease_token=None, sending_since=None, lead=None
        )


def held_after_restore() -> int:
    return Delivery.objects.filter(state=DeliveryState.HELD, reason=REASON).count()


def release_after_restore(*, by: Any, at: datetime, send: bool) -> int:
    """Send what was held, or write it off because it had been sent before the restore. How many."""
    held = Delivery.objects.filter(state=DeliveryState.HELD, reason=REASON)
    with transaction.atomic():
        restores = list(Restore.objects.select_for_update(no_key=True).filter(released_at__isnull=True).order_by("pk"))
        Restore.objects.filter(pk__in=[restore.pk for restore in restores]).update(released_at=at, released_by=by)
        if send:
            n = held.update(state=DeliveryState.DUE, reason="", next_attempt_at=at, expires_at=at + RELEASED_FOR)
        else:
            n = held.update(state=DeliveryState.CANCELLED, reason="sent_before_restore")
        append_many([Happened(restore, "release", by, at, {"deliveries": n, "sent": send}) for restore in restores])
    return n
