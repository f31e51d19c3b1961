"""Whether everything runs that has to run by itself, for people; for machines there is /healthz."""

from datetime import datetime
from typing import Any

from django.db.models import Min
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dashboard.ledger import standing
from dashboard.reminder_tabs import tabs
from notifications.beats import beats, nightly_beats
from notifications.models import ChannelPause, Delivery, DeliveryState, Restore
from notifications.words import channel_label
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest

NAMES = {
    "scheduler": _("The clock that rings every minute"),
    "plan": _("Working out what is due"),
    "drain": _("Sending what is due"),
    "reconcile": _("Putting right what got stuck"),
    "compare_counters": _("Comparing counters with issues"),
    "check_chain": _("Checking the activity log"),
    "forget_reporters": _("Destroying residents' names after twelve months"),
    "reopen_due": _("Reopening explained issues whose time has come"),
    "forget_photos": _("Forgetting photos a year after their issue was closed"),
    "forget_uploads": _("Clearing away uploaded workbooks"),
    "read_all": _("Reading people's own calendars"),
    "forget_old_forms": _("Clearing away old forms and sessions"),
}
SHOWN_RESTORES = 5


@require_safe
@policy(Permission.MESSAGES_VIEW)
def status(request: SignedInRequest) -> HttpResponse:
    at = timezone.now()
    every_minute = beats(at)
    context = {
        "every_minute": [(NAMES.get(beat.name, beat.name), beat) for beat in every_minute],
        "nightly": [(NAMES.get(beat.name, beat.name), beat) for beat in nightly_beats(at)],
        "is_fine": all(beat.is_ok for beat in every_minute),
        "standing": standing(),
        "oldest": _oldest(at),
        "pauses": [(channel_label(pause.channel), pause) for pause in ChannelPause.objects.order_by("channel")],
        "restores": Restore.objects.select_related("released_by")[:SHOWN_RESTORES],
        "tabs": tabs(request.user, "dashboard:status"),
        "at": at,
    }
    return render(request, "dashboard/status.html", context)


def _oldest(at: datetime) -> Any:
    """Since when the oldest delivery waits that may go out already."""
    waiting = Delivery.objects.filter(state=DeliveryState.DUE, next_attempt_at__lte=at, expires_at__gt=at)
    return waiting.aggregate(oldest=Min("next_attempt_at"))["oldest"]
