"""Writing down what became of a delivery: its state, and one attempt for ever."""

import random
import re
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import ngettext, override

from core.statements import Question
from notifications import leases
from notifications.channels import Channel, Outcome, Repeats, Result, is_shared
from notifications.database_time import as_parameter, moment, named_moment
from notifications.models import Attempt, Delivery, DeliveryState

BROKEN = "broken"
# A row whose own text or data break the channel is given up soon; a provider that is away gets a day.
BROKEN_TRIES = 3
TRIES = 20
BACK_OFF = [timedelta(minutes=n) for n in (1, 5, 15, 60, 180)]
JITTER = 0.2
NAMED = re.compile(r"%\((\w+)\)s")

MARK = """
UPDATE notifications_delivery SET state = '{state}', next_attempt_at = {later}, sent_at = {sent_at}, sending_since = NULL,
    lease_token = NULL, last_code = %(code)s, last_error = %(words)s, provider_ref = %(ref)s, address_hash = %(address)s
WHERE id = %(delivery)s AND lease_token = %(token)s AND state = 'claimed'
"""
COMPANIONS = """
UPDATE notifications_delivery SET state = '{state}', sent_at = {sent_at}, lease_token = NULL, last_code = %(code)s,
    last_error = %(words)s, provider_ref = %(ref)s, address_hash = %(address)s
WHERE lead_id = %(delivery)s AND lease_token = %(token)s AND state = 'gathered'
"""
ATTEMPT = """
INSERT INTO notifications_attempt (delivery_id, n, started_at, finished_at, outcome, code, detail)
VALUES (%(delivery)s, %(attempts)s, %(started)s, {now}, '{outcome}', %(code)s, %(words)s)
"""


class Sent(NamedTuple):
    """A delivery of ours and what became of it."""

    delivery: int
    attempts: int
    outcome: Outcome
    address_hash: str
    started: datetime


class Marker:
    """Marks the messages of one batch. What is the same for all of them is worked out once."""

    def __init__(self, channel: Channel, token: UUID, cursor: Any, *, at: datetime | None = None) -> None:
        self.channel, self.cursor = channel, cursor
        self.vendor = connection.vendor
        self.clock = leases.lease_clock(channel, at)
        self.always = {**self.clock.values, "token": as_parameter(token)}
        self.shared_fate = _shared_fate(channel)

    def mark(self, sent: Sent, *, then: int | None = None) -> bool:
        """The outcome, if the delivery is still ours; the attempt in any case. `then` renews the lease of the next one in
        the same breath: whether that is ours. One round trip for each message, and the order stays send, then mark.
        """
        outcome, state = sent.outcome, _state(self.channel, sent)
        given = {
            **self.always,
            "code": outcome.code[:40],
            "words": outcome.words[:200],
            "ref": outcome.provider_ref[:100],
            "address": sent.address_hash,
            "delivery": sent.delivery,
            "attempts": sent.attempts,
            "started": as_parameter(sent.started),
            "following": then,
        }
        if state == DeliveryState.DUE:
            given["later"] = self.clock.after(_wait(outcome, sent.attempts))
        with_companions, renews = state in self.shared_fate, then is not None
        steps = _steps(Shape(self.vendor, self.clock.is_fixed, state, outcome.result, with_companions, renews))
        if self.vendor == "postgresql":
            return bool(_as_one(self.cursor, steps, given)) and renews
        with transaction.atomic():
            for sql in steps:
                self.cursor.execute(sql, given)
            return renews and bool(self.cursor.rowcount == 1)


class Shape(NamedTuple):
    """What decides how the statement reads; the rest are its parameters."""

    vendor: str
    is_fixed: bool
    state: DeliveryState
    result: Result
    with_companions: bool
    renews: bool


@cache
def _steps(shape: Shape) -> tuple[str, ...]:
    now, later = (named_moment(name, shape.vendor, shape.is_fixed) for name in ("now", "later"))
    words = {
        "state": shape.state.value,
        "outcome": shape.result.value,
        "now": now,
        "later": later if shape.state == DeliveryState.DUE else "next_attempt_at",
        "sent_at": now if shape.state == DeliveryState.SENT else "NULL",
    }
    steps = [MARK, *([COMPANIONS] if shape.with_companions else []), ATTEMPT]
    renewal = [leases.renewal(shape.vendor, shape.is_fixed)] if shape.renews else []
    return (*(step.format(**words) for step in steps), *renewal)


def _as_one(cursor: Any, steps: tuple[str, ...], given: dict[str, Any]) -> list[Any]:
    """One statement whose plan the connection keeps, because this is done for every message. What the last step wrote."""
    question, names = _question(steps)
    return question.ask_by(cursor, **{name: given[name] for name in names})


@cache
def _question(steps: tuple[str, ...]) -> tuple[Question, frozenset[str]]:
    first = ", ".join(f"s{n} AS ({sql})" for n, sql in enumerate(steps[:-1]))
    sql = f"WITH {first} {steps[-1]} RETURNING id"
    names = NAMED.findall(sql)
    return Question(NAMED.sub("%s", sql), names, {name: name for name in names}), frozenset(names)


def _state(channel: Channel, sent: Sent) -> DeliveryState:
    outcome = sent.outcome
    if outcome.result == Result.ACCEPTED:
        return DeliveryState.SENT
    if outcome.result == Result.UNKNOWN and not _may_repeat(channel, sent.delivery):
        return DeliveryState.UNKNOWN
    allowed = BROKEN_TRIES if outcome.code == BROKEN else TRIES
    if outcome.result == Result.PERMANENT or sent.attempts >= allowed:
        return DeliveryState.DEAD
    return DeliveryState.DUE


def _shared_fate(channel: Channel) -> tuple[str, ...]:
    """What happens to all that travelled in one message. A refusal is the first one's alone, unless it was a group's:
    there it is the address that is wrong.
    """
    if is_shared(channel):
        return DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.DEAD
    return (DeliveryState.SENT, DeliveryState.UNKNOWN) if channel.gathers else ()


def _may_repeat(channel: Channel, delivery: int) -> bool:
    if channel.repeats == Repeats.ONCE:
        return not Attempt.objects.filter(delivery=delivery, outcome=Result.UNKNOWN).exists()
    return channel.repeats == Repeats.ALWAYS


def _wait(outcome: Outcome, attempts: int) -> timedelta:
    if outcome.retry_after is not None:
        return outcome.retry_after
    pause = BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
    return pause * random.uniform(1 - JITTER, 1 + JITTER)


def mark_written(ids: list[int], token: UUID, *, at: datetime | None = None) -> list[int]:
    """Those that are still ours, marked as sent: for a channel that writes our own database in this transaction."""
    if not ids:
        return []
    ours = Delivery.objects.filter(pk__in=ids, lease_token=token, state=DeliveryState.CLAIMED)
    mine = list(ours.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    now = moment(at)
    marks = ", ".join(["%s"] * len(mine))
    with connection.cursor() as cursor:
        if mine:
            cursor.execute(
                f"UPDATE notifications_delivery SET state = 'sent', sent_at = {now.sql} WHERE id IN ({marks})",
                [*now.params, *mine],
            )
    return mine


def subject_of_many(n: int, language: str) -> str:
    with override(language):
        return ngettext("%(n)s reminder", "%(n)s reminders", n) % {"n": n}
