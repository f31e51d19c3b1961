"""What people do to deliveries that did not arrive: try again, or say that they did arrive."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.events import Happened, append_many
from core.refusals import RuleBroken
from notifications.models import Delivery, DeliveryState

A_DAY = timedelta(days=1)
AT_ONCE = 500


def try_again(*, deliveries: Any, by: Any, at: datetime) -> int:
    """Those of them that failed are due once more, for a day, with all their tries. At most 500 at once.

    Whether it is still true is asked before they go out, as always.
    """
    with transaction.atomic():
        failed = deliveries.filter(state__in=DeliveryState.failed).order_by("pk")
        rows = list(failed.select_for_update(of=("self",), no_key=True)[:AT_ONCE])
        if not rows:
            raise RuleBroken(_("None of this has failed any more."))
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=DeliveryState.DUE,
            reason="",
            attempts=0,
            next_attempt_at=at,
            expires_at=at + A_DAY,
            sending_since=None,
            lease_token=None,
            lead=None,
        )
        append_many([Happened(row, "try_again", by, at, {"was": row.state, "code": row.last_code}) for row in rows])
    return len(rows)


def say_arrived(*, delivery: Delivery, by: Any, at: datetime) -> None:
    """The answer was lost, and somebody knows that the message came."""
    with transaction.atomic():
        row = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
        if row.state != DeliveryState.UNKNOWN:
            raise RuleBroken(_("It is known by now what became of this message."))
        row.state, row.reason, row.sent_at = DeliveryState.DELIVERED, "said_by_hand", row.sending_since or at
        row.delivered_at, row.sending_since = at, None
        row.save(update_fields=["state", "reason", "sent_at", "delivered_at", "sending_since"])
        append_many([Happened(row, "say_arrived", by, at)])
