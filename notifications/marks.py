"""Writing down what became of a delivery: its state, and one attempt for ever."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import ngettext, override

from notifications import leases
from notifications.channels import Channel, Outcome, Repeats, Result, is_shared
from notifications.database_time import Moment, as_parameter, moment
from notifications.models import Attempt, Delivery, DeliveryState

BROKEN = "broken"
# A row whose own text or data break the channel is given up soon; a provider that is away gets a day.
BROKEN_TRIES = 3
TRIES = 20
BACK_OFF = [timedelta(minutes=n) for n in (1, 5, 15, 60, 180)]
JITTER = 0.2

MARK = """
UPDATE notifications_delivery SET state = %s, next_attempt_at = {later}, sent_at = {sent}, sending_since = NULL,
    lease_token = NULL, last_code = %s, last_error = %s, provider_ref = %s, address_hash = %s
WHERE id = %s AND lease_token = %s AND state = 'claimed'
"""
COMPANIONS = """
UPDATE notifications_delivery SET state = %s, sent_at = {sent}, lease_token = NULL, last_code = %s, last_error = %s,
    provider_ref = %s, address_hash = %s
WHERE lead_id = %s AND lease_token = %s AND state = 'gathered'
"""
ATTEMPT = """
INSERT INTO notifications_attempt (delivery_id, n, started_at, finished_at, outcome, code, detail)
VALUES (%s, %s, %s, {now}, %s, %s, %s)
"""


@dataclass(frozen=True)
class Sent:
    """A delivery of ours and what became of it."""

    delivery: int
    token: UUID
    attempts: int
    outcome: Outcome
    address_hash: str
    started: datetime


def mark(channel: Channel, sent: Sent, *, then: int | None = None, at: datetime | None = None) -> bool:
    """The outcome, if the delivery is still ours; the attempt in any case. `then` renews the lease of the next one in
    the same breath: whether that is ours. One round trip for each message, and the order stays send, then mark.
    """
    steps = _marks(channel, sent, at)
    if then is not None:
        steps.append(leases.renewal(channel, then, sent.token, at=at))
    return _together(steps) == 1 and then is not None


def _marks(channel: Channel, sent: Sent, at: datetime | None) -> list[tuple[str, list[Any]]]:
    outcome = sent.outcome
    state = _state(channel, sent.delivery, outcome, sent.attempts)
    now, later = moment(at), moment(at, _wait(state, outcome, sent.attempts))
    sent_at = now if state == DeliveryState.SENT else Moment("NULL", [])
    code, words, ref = outcome.code[:40], outcome.words[:200], outcome.provider_ref[:100]
    ours = [sent.delivery, as_parameter(sent.token)]
    said = [*sent_at.params, code, words, ref, sent.address_hash, *ours]
    steps = [(MARK.format(later=later.sql, sent=sent_at.sql), [state, *later.params, *said])]
    if state in _shared_fate(channel):
        steps.append((COMPANIONS.format(sent=sent_at.sql), [state, *said]))
    started = as_parameter(sent.started)
    tried = [sent.delivery, sent.attempts, started, *now.params, outcome.result.value, code, words]
    return [*steps, (ATTEMPT.format(now=now.sql), tried)]


def _together(steps: list[tuple[str, list[Any]]]) -> int:
    """All or nothing; on PostgreSQL one statement, because this is done for every message. Rows the last step changed."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            first = ", ".join(f"s{n} AS ({sql})" for n, (sql, _params) in enumerate(steps[:-1]))
            cursor.execute(f"WITH {first} {steps[-1][0]}", [value for _sql, params in steps for value in params])
            return int(cursor.rowcount)
        with transaction.atomic():
            for sql, params in steps:
                cursor.execute(sql, params)
            return int(cursor.rowcount)


def _state(channel: Channel, delivery: int, outcome: Outcome, attempts: int) -> str:
    if outcome.result == Result.ACCEPTED:
        return DeliveryState.SENT
    if outcome.result == Result.UNKNOWN and not _may_repeat(channel, delivery):
        return DeliveryState.UNKNOWN
    allowed = BROKEN_TRIES if outcome.code == BROKEN else TRIES
    if outcome.result == Result.PERMANENT or attempts >= allowed:
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


def _wait(state: str, outcome: Outcome, attempts: int) -> timedelta:
    if state != DeliveryState.DUE:
        return timedelta()
    if outcome.retry_after is not None:
        return outcome.retry_after
    pause = BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
    return pause * random.uniform(1 - JITTER, 1 + JITTER)


def mark_written(ids: list[int], token: UUID, *, at: datetime | None = None) -> list[int]:
    """Those that are still ours, marked as sent: for a channel that writes our own database in this transaction."""
    if not ids:
        return []
    ours = Delivery.objects.filter(pk__in=ids, lease_token=token, state=DeliveryState.CLAIMED)
    mine = list(ours.select_for_update().order_by("pk").values_list("pk", flat=True))
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
