"""Appending to the event log and checking that nobody touched it.

Lock the rows you change before you append: the chain's head is the last lock of every transaction,
so two writers can wait for each other but never in a ring.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Now

from core.models import ChainHead, Event, as_payload
from core.statements import Statement, written


@dataclass(frozen=True)
class Happened:
    """A change on its way into the log. `by` is a user or None for the system."""

    obj: models.Model
    verb: str
    by: Any = None
    at: datetime | None = None
    payload: dict[str, Any] = field(default_factory=dict)


def append(obj: models.Model, verb: str, *, by: Any, at: datetime, payload: dict[str, Any] | None = None) -> Event:
    return append_many([Happened(obj, verb, by, at, payload or {})])[0]


def append_many(happened: Iterable[Happened]) -> list[Event]:
    """Append in the order given, in the caller's transaction. Costs four queries, however many there are.

    Without a savepoint: a change whose event is missing must not be committed.
    """
    happened = list(happened)
    if not happened:
        return []
    with transaction.atomic(savepoint=False):
        head = written("head", make=_locked_head).rows()[0]
        numbers = _object_numbers(happened)
        events = []
        for item in happened:
            event = _link(head, item, numbers)
            head.seq, head.hash = event.seq, event.hash
            events.append(event)
        Event.objects.bulk_create(events, batch_size=500)
        ChainHead.objects.filter(pk=1).update(seq=head.seq, hash=head.hash)
    return events


def history_of(obj: models.Model) -> models.QuerySet[Event]:
    """The events of one object, newest first."""
    return Event.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk).order_by("-object_seq")


@dataclass(frozen=True)
class BrokenLink:
    seq: int
    reason: str


def verify(after: int = 0) -> BrokenLink | None:
    """Recompute the chain, or its links after number `after`. None when it holds, else the first place where it does not.

    The head is read first: what is appended meanwhile is checked the next time.
    """
    newest = Event.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    head = ChainHead.objects.get(pk=1)
    previous, seq = "0" * 64, 0
    if after:
        start = Event.objects.filter(seq=after).first()
        if start is None:
            return BrokenLink(after, "missing")
        previous, seq = start.hash, start.seq
    for event in Event.objects.filter(seq__gt=seq, seq__lte=head.seq).order_by("seq").iterator(chunk_size=2000):
        seq += 1
        if event.seq != seq:
            return BrokenLink(seq, "missing")
        if event.previous != previous or event.hash != _digest(event):
            return BrokenLink(seq, "changed")
        previous = event.hash
    if (head.seq, head.hash) != (seq, previous):
        return BrokenLink(seq + 1, "cut off")
    return BrokenLink(seq + 1, "added") if newest > seq else None


def _object_numbers(happened: list[Happened]) -> dict[tuple[str, int], int]:
    """The last number used for each object, read in one query per type."""
    ids: dict[str, set[int]] = {}
    for item in happened:
        ids.setdefault(item.obj._meta.label_lower, set()).add(item.obj.pk)
    numbers: dict[tuple[str, int], int] = {}
    for object_type, pks in ids.items():
        last_numbers = written("last numbers", make=_last_numbers)
        rows = last_numbers.rows(type=object_type, objects=pks.pop() if len(pks) == 1 else list(pks))
        numbers |= {(object_type, pk): last for pk, last in rows}
    return numbers


def _locked_head() -> Statement:
    return Statement(ChainHead.objects.select_for_update(no_key=True).annotate(now=Now()).filter(pk=1))


def _last_numbers() -> Statement:
    rows = Event.objects.filter(object_type="?", object_id__in=[-1]).order_by()
    last = rows.values_list("object_id").annotate(last=models.Max("object_seq"))
    return Statement(last, blanks={"?": "type", -1: "objects"})


def _link(head: ChainHead, item: Happened, numbers: dict[tuple[str, int], int]) -> Event:
    key = (item.obj._meta.label_lower, item.obj.pk)
    numbers[key] = numbers.get(key, 0) + 1
    now: datetime = head.now  # type: ignore[attr-defined]
    event = Event(
        seq=head.seq + 1,
        recorded_at=now,
        occurred_at=item.at or now,
        actor_id=getattr(item.by, "pk", None),
        actor_name=getattr(item.by, "name", "") or "",
        object_type=key[0],
        object_id=key[1],
        object_seq=numbers[key],
        verb=item.verb,
        payload=as_payload(item.payload),
        previous=head.hash,
    )
    event.hash = _digest(event)
    return event


def _digest(event: Event) -> str:
    fields = [
        event.seq,
        _stamp(event.recorded_at),
        _stamp(event.occurred_at),
        event.actor_id,
        event.actor_name,
        event.object_type,
        event.object_id,
        event.object_seq,
        event.verb,
        event.payload,
        event.previous,
    ]
    text = json.dumps(["v1", *fields], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _stamp(moment: datetime) -> int:
    """Microseconds since 1970: the same number from either database."""
    return round(moment.timestamp() * 1_000_000)
