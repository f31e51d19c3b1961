"""The ledger of deliveries as the office reads it: its filter, its rows, and the same as lines for Excel."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.clock import SHANGHAI
from core.forms import AnyDayField
from notifications.channels import channels
from notifications.kinds import Kind
from notifications.models import Delivery, DeliveryState
from notifications.words import channel_label, why
from teams.models import OrgUnit
from visits.forms import FIRST_DAY, LAST_DAY

FAILED = "failed"
WAITING = "waiting"
GROUPS = {FAILED: DeliveryState.failed, WAITING: DeliveryState.waiting}
MOST_LINES = 100_000
HEADER = (
    _("When it was due"),
    _("Person"),
    _("Unit"),
    _("Kind"),
    _("About"),
    _("Channel"),
    _("Status"),
    _("Why"),
    _("Sent at"),
    _("Tries"),
)


class LedgerFilter(forms.Form):
    """What does not fit is shown as everything, as if it had not been asked for."""

    state = forms.ChoiceField(label=_("Status"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=OrgUnit.objects.none(), required=False, empty_label=_("All")
    )
    day = AnyDayField(label=_("Day"), first=FIRST_DAY, last=LAST_DAY, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("All"))]
        groups = [(FAILED, _("All that failed")), (WAITING, _("All that wait"))]
        self.fields["state"].choices = [*everything, *groups, *DeliveryState.choices]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [*everything, *((name, channel_label(name)) for name in channels())]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [*everything, *Kind.choices]  # type: ignore[attr-defined]
        self.fields["unit"].queryset = OrgUnit.objects.order_by("kind", "position", "pk")  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def apply(self, rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
        asked = self.asked
        if state := asked.get("state"):
            rows = rows.filter(state__in=GROUPS.get(state, (state,)))
        if channel := asked.get("channel"):
            rows = rows.filter(channel=channel)
        if kind := asked.get("kind"):
            rows = rows.filter(occurrence__kind=kind)
        if unit := asked.get("unit"):
            rows = rows.filter(recipient__unit=unit)
        if day := asked.get("day"):
            start = datetime.combine(day, time(0), tzinfo=SHANGHAI)
            rows = rows.filter(due_at__gte=start, due_at__lt=start + timedelta(days=1))
        return rows


def ledger() -> QuerySet[Delivery]:
    return Delivery.objects.select_related("recipient__unit", "occurrence").defer("body", "occurrence__facts")


def standing() -> dict[str, int]:
    """How many wait, are held and failed. What was sent or came to its end otherwise is not counted."""
    of = Count("pk", filter=Q(state__in=("due", "claimed", "gathered")))
    open_ = Delivery.objects.filter(state__in=(*DeliveryState.waiting, *DeliveryState.failed)).order_by()
    return open_.aggregate(
        waiting=of,
        held=Count("pk", filter=Q(state="held")),
        failed=Count("pk", filter=Q(state__in=DeliveryState.failed)),
    )


def lines(rows: QuerySet[Delivery]) -> Iterator[list[Any]]:
    """Read in pieces, so that many need no more memory than few."""
    for row in rows.order_by("-due_at", "-pk")[:MOST_LINES].iterator(chunk_size=2000):
        yield [
            _stamp(row.due_at),
            row.recipient.name,
            row.recipient.unit or "",
            Kind(row.occurrence.kind).label,
            row.subject,
            channel_label(row.channel),
            DeliveryState(row.state).label,
            why(row),
            _stamp(row.sent_at),
            row.attempts,
        ]


def _stamp(moment: Any) -> str:
    return f"{timezone.localtime(moment, SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""
