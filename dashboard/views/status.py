"""Whether everything runs that has to run by itself, for people; for machines there is /healthz."""

from datetime import datetime
from typing import Any

from django.db.models import Min
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard.job_words import job_name, said
from dashboard.ledger import standing
from dashboard.reminder_tabs import tabs
from notifications.beats import beats, nightly_beats
from notifications.models import ChannelPause, Delivery, DeliveryState, Restore
from notifications.words import channel_label
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest

SHOWN_RESTORES = 5


@require_safe
@policy(Permission.MESSAGES_VIEW)
def status(request: SignedInRequest) -> HttpResponse:
    at = timezone.now()
    every_minute = beats(at)
    context = {
        "every_minute": [(job_name(beat.name), beat, said(beat.note)) for beat in every_minute],
        "nightly": [(job_name(beat.name), beat, "") for beat in nightly_beats(at)],
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
