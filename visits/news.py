"""What has happened to a round's visits since somebody looked at its board."""

from dataclasses import dataclass
from datetime import datetime

from core.models import ChainHead, Event
from core.statements import Statement, written
from teams.models import User
from visits.history import sentence
from visits.models import Round, Visit

MOST = 200


@dataclass(frozen=True)
class Happening:
    who: str
    text: str
    area: str
    at: datetime


def head_of_log() -> int:
    """The number of the last event: while it stays the same, nothing has changed anywhere."""
    head = written("head of log", make=lambda: Statement(ChainHead.objects.filter(pk=1).values_list("seq", flat=True)))
    return int(head.rows()[0])


def news_of(round_: Round, user: User, *, since: int) -> list[Happening]:
    """Changes of visits this person sees, newest first. One query per table, whatever happened."""
    events = Event.objects.filter(seq__gt=since, object_type=Visit._meta.label_lower).exclude(actor_id=user.pk)
    found = list(events.order_by("-seq")[:MOST])
    if not found:
        return []
    seen = Visit.objects.visible_to(user).filter(round=round_, pk__in={event.object_id for event in found})
    areas = dict(seen.order_by().values_list("pk", "area__name"))
    return [
        Happening(event.actor_name, sentence(event), areas[event.object_id], event.occurred_at)
        for event in found
        if event.object_id in areas
    ]
