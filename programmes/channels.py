"""Channels as the administrator sees them: what is set up, for whom, whether it works."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from core.events import history_of
from dashboard.activity import verb_words
from notifications.channels import channels
from notifications.channels.explain import RESULTS, reason
from notifications.channels.needs import NeedsSetup
from notifications.groups import groups
from notifications.models import ChannelPause, ChannelSetup, Delivery, DeliveryState
from notifications.setups import channels_to_set_up, missing_in

LATELY = timedelta(days=7)
NEWEST = 20
SEEN = ("accepted",)


@dataclass(frozen=True)
class SetUp:
    """One row: a channel's setting, for one group where it has several."""

    setup: ChannelSetup
    group: Any
    is_complete: bool

    @property
    def state(self) -> Any:
        if not self.is_complete:
            return _("Not complete")
        return _("In use") if self.setup.is_active else _("Switched off")

    @property
    def look(self) -> str:
        return "wait" if not self.is_complete else "done" if self.setup.is_active else "off"

    @property
    def test(self) -> Any:
        return RESULTS.get(self.setup.test_result, "")

    @property
    def test_is_good(self) -> bool:
        return self.setup.test_result in SEEN

    @property
    def test_reason(self) -> str:
        return "" if self.test_is_good else reason(self.setup.test_code, self.setup.test_words)


@dataclass
class Shown:
    channel: NeedsSetup
    rows: list[SetUp] = field(default_factory=list)
    failed: int = 0
    pause: ChannelPause | None = None

    @property
    def can_add(self) -> bool:
        return self.channel.per_group or not self.rows


def overview(at: datetime) -> list[Shown]:
    """Every channel there is to set up, with its settings. Four queries, however many."""
    names = dict(groups().choices())
    shown = {name: Shown(channel) for name, channel in channels_to_set_up().items()}
    for setup in ChannelSetup.objects.all():
        if setup.channel in shown:
            shown[setup.channel].rows.append(row_of(setup, names))
    for pause in ChannelPause.objects.filter(channel__in=shown, until__gt=at):
        shown[pause.channel].pause = pause
    for name, n in _failures(at):
        if name in shown:
            shown[name].failed = n
    return list(shown.values())


def row_of(setup: ChannelSetup, names: dict[str, Any]) -> SetUp:
    return SetUp(setup, names.get(setup.group, setup.group), not missing_in(setup))


def keys_of(setup: ChannelSetup) -> list[tuple[Any, bool]]:
    """Each key by its need: whether it is there."""
    return [(need, setup.has_key(need.name)) for need in channels_to_set_up()[setup.channel].needs if need.is_key]


def history(setup: ChannelSetup) -> list[dict[str, Any]]:
    """Who changed what when; values and keys are not repeated."""
    return [
        {"who": event.actor_name, "text": verb_words(event.object_type, event.verb), "at": event.occurred_at}
        for event in history_of(setup)[:NEWEST]
    ]


def mail() -> dict[str, Any]:
    """Mail is set up by whoever runs the server; here it can only be looked at and tested."""
    return {"is_ready": channels()["mail"].is_ready() if "mail" in channels() else False, "host": settings.EMAIL_HOST}


def _failures(at: datetime) -> list[tuple[str, int]]:
    bad = Delivery.objects.filter(state__in=(DeliveryState.DEAD, DeliveryState.UNKNOWN), due_at__gt=at - LATELY)
    return list(bad.order_by().values_list("channel").annotate(n=Count("pk")))
