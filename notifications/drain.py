"""Sending what is due: claim, look whether it is still true, send, mark. In this order, whatever breaks in between.

Nothing is marked before it was sent: then a crash in between loses a reminder and the ledger would say it was told.
The price is one double at most for each worker that dies between the two; its Message-ID is the same.
"""

import hashlib
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from notifications import leases, marks, pauses
from notifications.channels import Channel, DatabaseChannel, Outcome, Outgoing, Result, is_shared, ready_channels
from notifications.database_time import database_now
from notifications.gathering import gather, gather_shared
from notifications.models import Delivery
from notifications.sources import Key, Source, sources

logger = logging.getLogger(__name__)

# How long the answer to "is it still true" is good for while a batch is being sent.
STILL_GOOD = 10.0
ENOUGH = 60.0
# What cannot be looked at or sent now, because a source or a channel itself breaks, is due again after this.
BROKEN_FOR = timedelta(minutes=5)


@dataclass
class Drained:
    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{n} {what}" for what, n in sorted(self.counts.items())) or "nothing due"

    @property
    def sent(self) -> int:
        return self.counts["accepted"]


class Row(NamedTuple):
    """A claimed delivery with what sending it needs."""

    id: int
    attempts: int
    recipient_id: int
    subject_id: int
    period: str
    source: str
    rule_code: str
    mandatory: bool
    language: str
    subject: str
    body: str
    url: str
    message_id: str
    lead_id: int | None

    @property
    def key(self) -> Key:
        return self.subject_id, self.period


COLUMNS = [
    "id",
    "attempts",
    "recipient_id",
    "occurrence__subject_id",
    "occurrence__period",
    "occurrence__rule__source",
    "occurrence__rule__code",
    "occurrence__rule__mandatory",
    "language",
    "subject",
    "body",
    "occurrence__url",
    "message_id",
    "lead_id",
]


def drain(*, at: datetime | None = None, seconds: float = ENOUGH, only: Iterable[str] | None = None) -> Drained:
    """Send until nothing is due or the time is up. `at` None: by the database's clock.

    Each channel has its share of the time, so that one whose server hangs keeps no other waiting; what the others leave
    goes to those that have more to send.
    """
    drained, end = Drained(), time.monotonic() + seconds
    names = None if only is None else set(only)
    waiting = [channel for channel in ready_channels().values() if names is None or channel.name in names]
    while waiting and time.monotonic() < end:
        unfinished = []
        for left, channel in zip(range(len(waiting), 0, -1), waiting, strict=True):
            now = time.monotonic()
            if _has_more(channel, at, now + (end - now) / left, drained):
                unfinished.append(channel)
        waiting = unfinished
    return drained


def _has_more(channel: Channel, at: datetime | None, end: float, drained: Drained) -> bool:
    """Send what is due by this channel; whether its time was up before that. One that breaks stops no other."""
    try:
        return _drain_channel(channel, at, end, drained)
    except DatabaseError:
        raise
    except Exception:  # how it finds addresses and groups is its own code, and may break in any way
        logger.exception("nothing can be sent by %s now", channel.name)
        drained.counts["broken channels"] += 1
        return False


def _drain_channel(channel: Channel, at: datetime | None, end: float, drained: Drained) -> bool:
    if is_shared(channel):
        gather_shared(channel, at=at)
    elif channel.gathers:
        gather(channel, at=at)
    while time.monotonic() < end:
        limit, is_trial = pauses.how_many(channel, at=at or database_now())
        if not limit:
            return False
        token, ids = leases.claim(channel, limit=limit, at=at)
        if not ids:
            return False
        Batch(channel, token, at, end, drained, is_trial).send(ids)
    return True


class Batch:
    """A handful of claimed deliveries of one channel."""

    def __init__(
        self,
        channel: Channel,
        token: UUID,
        at: datetime | None,
        end: float,
        drained: Drained,
        is_trial: bool,
    ) -> None:
        self.channel, self.token, self.at, self.end, self.drained = channel, token, at, end, drained
        self.is_trial = is_trial
        self.must_rest = False
        self.checked = 0.0
        self.addresses: Mapping[int, str] = {}
        self.companions: dict[int, list[Row]] = {}

    def send(self, ids: list[int]) -> None:
        if self.channel.gathers:
            leases.take_companions(ids, self.token)
        try:
            rows = self._still_true(list(_rows(self.token)))
            if hasattr(self.channel, "write"):
                self._write(cast(DatabaseChannel, self.channel), [row.id for row in rows])
            else:
                self._send_one_by_one([row for row in rows if row.lead_id is None])
        except DatabaseError:
            raise
        except Exception:
            leases.put_off_unsent(self.token, at=self.at, wait=BROKEN_FOR)
            raise
        finally:
            self.channel.close()

    def _write(self, channel: DatabaseChannel, ids: list[int]) -> None:
        """All of it in one transaction: the messages are there exactly when the ledger says so."""
        with transaction.atomic():
            if mine := marks.mark_written(ids, self.token, at=self.at):
                channel.write(self.token, mine)
        self.drained.counts["accepted"] += len(mine)

    def _send_one_by_one(self, rows: list[Row]) -> None:
        """Each is sent only while its lease is certain; that of the next is renewed when this one is marked."""
        self.addresses = self.channel.addresses({row.recipient_id for row in rows})
        following = [*(row.id for row in rows), None][1:]
        with connection.cursor() as cursor:
            self.marker = marks.Marker(self.channel, self.token, cursor, at=self.at)
            is_ours = bool(rows) and self._renew(rows[0].id)
            for n, (row, next_one) in enumerate(zip(rows, following, strict=True)):
                if time.monotonic() > self.end or self.must_rest:
                    leases.give_back([left.id for left in rows[n:]], self.token)
                    break
                is_ours = self._settle(row, is_ours, next_one)

    def _settle(self, row: Row, is_ours: bool, following: int | None) -> bool:
        """Send it if it is ours and still true. Whether the lease of the following one is certain."""
        if not is_ours:
            self.drained.counts["lost lease"] += 1
        elif self._holds(row):
            return self._send_one(row, following)
        return self._renew(following)

    def _renew(self, delivery: int | None) -> bool:
        return delivery is not None and leases.renew(self.channel, delivery, self.token, at=self.at)

    def _holds(self, row: Row) -> bool:
        """Whether it is still true, asked again when the last answer is old."""
        if time.monotonic() - self.checked <= STILL_GOOD:
            return True
        return row in self._still_true([row, *self.companions.get(row.id, ())])

    def _send_one(self, row: Row, following: int | None) -> bool:
        """Whether the lease of the following one is certain."""
        address = self.addresses.get(row.recipient_id)
        message = outgoing(row, self.companions.get(row.id, ()), address or "", self.at)
        started = self.at or datetime.now(UTC)
        outcome = send(self.channel, message) if address is not None else UNREACHABLE
        self.drained.counts[outcome.result] += 1
        if outcome.result == Result.NOT_YET:
            leases.give_back([row.id], self.token, at=self.at, wait=outcome.retry_after)
            return self._renew(following)
        sent = marks.Sent(row.id, row.attempts, outcome, address_hash(address), started)
        is_next_ours = self.marker.mark(sent, then=following)
        if outcome.result != Result.ACCEPTED:
            self.must_rest = pauses.begins(self.channel, outcome, at=self.at or database_now())
        elif self.is_trial:
            pauses.over(self.channel)
        return is_next_ours

    def _still_true(self, rows: list[Row]) -> list[Row]:
        """Without what has been done meanwhile: that is cancelled. Without what cannot be asked about now: that waits.
        Companions are sorted to their leads.
        """
        true = _what_is_true(rows, self.at or database_now())
        if unknown := [row.id for row in rows if true[row.source] is None]:
            leases.put_off(unknown, self.token, at=self.at, wait=BROKEN_FOR)
            self.drained.counts["put off"] += len(unknown)
        if gone := [row.id for row in rows if _is_gone(row, true)]:
            leases.cancel(gone, self.token, "no_longer_true")
            self.drained.counts["cancelled"] += len(gone)
        left = [row for row in rows if row.key in (true[row.source] or ())]
        self.checked = time.monotonic()
        self.companions |= {row.lead_id: [] for row in rows if row.lead_id}
        for row in left:
            if row.lead_id:
                self.companions[row.lead_id].append(row)
        return left


UNREACHABLE = Outcome(Result.PERMANENT, "no_address", "there is no address to send it to")


def send(channel: Channel, message: Outgoing) -> Outcome:
    """What the channel says; a mistake of its own is this message's trouble and nobody else's."""
    try:
        return channel.send(message)
    except DatabaseError:
        raise
    except Exception as error:  # a poisoned row: whatever its words or data break must not stop the others
        logger.exception("delivery %s cannot be sent by %s", message.delivery_id, channel.name)
        return Outcome(Result.TEMPORARY, marks.BROKEN, f"{type(error).__name__}: {error}"[:200])


def outgoing(row: Row, companions: Sequence[Row], address: str, at: datetime | None) -> Outgoing:
    lines = [(one.body, one.url) for one in (row, *companions)]
    one_rule = all(one.rule_code == row.rule_code for one in companions)
    return Outgoing(
        delivery_id=row.id,
        message_id=row.message_id,
        recipient_id=row.recipient_id,
        address=address,
        language=row.language,
        subject=row.subject if not companions else marks.subject_of_many(len(lines), row.language),
        lines=tuple(lines),
        rule_code=row.rule_code,
        mandatory=row.mandatory or not one_rule,
        at=at,
    )


def address_hash(address: str | None) -> str:
    """Shows later whether it went to the address of today, without keeping the address."""
    return hashlib.sha256(address.encode()).hexdigest() if address else ""


def _rows(token: UUID) -> Iterator[Row]:
    mine = Delivery.objects.filter(lease_token=token, state__in=("claimed", "gathered")).order_by("pk")
    return map(Row._make, mine.values_list(*COLUMNS))


def _what_is_true(rows: list[Row], at: datetime) -> dict[str, set[Key] | None]:
    """Of each source's keys those that hold; None for a source that breaks.

    What a source says that is no longer there cannot be asked, so it stays.
    """
    keys: dict[str, set[Key]] = defaultdict(set)
    for row in rows:
        keys[row.source].add(row.key)
    known = sources()
    return {name: _asked(known[name], asked, at) if name in known else asked for name, asked in keys.items()}


def _asked(source: Source, keys: set[Key], at: datetime) -> set[Key] | None:
    try:
        return source.still_true(keys, at)
    except DatabaseError:
        raise
    except Exception:  # a source is an app's own code and may break in any way; the others must go on
        logger.exception("the source %s cannot say what is still true", source.name)
        return None


def _is_gone(row: Row, true: Mapping[str, set[Key] | None]) -> bool:
    holding = true[row.source]
    return holding is not None and row.key not in holding
