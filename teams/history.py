"""The past of a team in sentences, read from the events of the team, its seats and their nominations."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.models import Event
from core.templatetags.core import zhdate
from teams.models import Nomination, Seat, Team

SENTENCES = {
    "replace": _("%(seat)s: %(new_name)s from %(day)s, after %(old_name)s"),
    "first": _("%(seat)s: %(new_name)s from %(day)s"),
    "vacate": _("%(seat)s: %(old_name)s leaves, last day %(day)s"),
    "nominate": _("nominated for %(seat)s: %(new_name)s from %(day)s"),
    "decline": _("declined the nomination of %(name)s for %(seat)s"),
    "pair": _("%(area)s: this team's from %(day)s"),
    "end_pairing": _("%(area)s: this team's until %(day)s"),
}
ICONS = {"nominate": "user-plus", "decline": "user-x", "vacate": "user-minus", "pair": "link", "end_pairing": "link"}


@dataclass(frozen=True)
class Entry:
    """A row of _parts/history.html."""

    who: str
    text: str
    at: datetime
    more: str
    icon: str
    tone: str = ""


def team_events(team: Team) -> QuerySet[Event]:
    """One query by object type and id; the caller pages it."""
    seats = Seat.objects.filter(team=team).values("pk")
    nominations = Nomination.objects.filter(seat__team=team).values("pk")
    own = Q(object_type="teams.team", object_id=team.pk)
    own |= Q(object_type="teams.seat", object_id__in=seats)
    own |= Q(object_type="teams.nomination", object_id__in=nominations)
    return Event.objects.filter(own, verb__in=SENTENCES)


def entries(events: list[Event], team: Team) -> list[Entry]:
    seats = {seat.pk: seat.kind.name for seat in team.seats.select_related("kind")}
    ids = [event.object_id for event in events if event.object_type == "teams.nomination"]
    of_nomination = dict(Nomination.objects.filter(pk__in=ids).values_list("pk", "seat_id"))

    def seat_of(event: Event) -> str:
        of_seat = event.object_type == "teams.seat"
        return seats.get(event.object_id if of_seat else of_nomination.get(event.object_id, 0), "")

    return [_entry(event, seat_of(event)) for event in events]


def _entry(event: Event, seat: str) -> Entry:
    facts: dict[str, Any] = {"seat": seat, **event.payload}
    if "day" in facts:
        facts["day"] = zhdate(date.fromisoformat(facts["day"]))
    verb = "first" if event.verb == "replace" and not facts.get("old_name") else event.verb
    return Entry(
        who=event.actor_name,
        text=SENTENCES[verb] % facts,
        at=event.occurred_at,
        more=facts.get("reason") or facts.get("note") or "",
        icon=ICONS.get(event.verb, "user-check"),
        tone="blue" if event.verb == "replace" else "",
    )
