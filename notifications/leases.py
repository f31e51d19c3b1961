"""Taking deliveries and keeping them: nobody sends what another has.

A claim is good for LEASE. Before each single sending it is renewed or given up; afterwards the outcome is written only
by whoever still has the token. So a worker that froze and wakes up sends nothing and overwrites nothing.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction

from notifications.channels import Channel
from notifications.database_time import Clock, Moment, as_parameter, moment, named_moment

LEASE = timedelta(seconds=settings.REMINDER_LEASE_SECONDS)
TABLE = "notifications_delivery"
TAKEABLE = "state IN ('due', 'claimed')"


def claim(channel: Channel, *, limit: int, at: datetime | None = None) -> tuple[UUID, list[int]]:
    """The oldest due deliveries of this channel, ours for LEASE, also those whose worker's lease has ended."""
    token = uuid4()
    now, until = moment(at), moment(at, LEASE)
    wanted = f"channel = %s AND {TAKEABLE} AND next_attempt_at <= {now.sql} AND expires_at > {now.sql}"
    wanted += f" AND (state = 'due' OR lease_until <= {now.sql})"
    if not channel.repeats:
        wanted += " AND sending_since IS NULL"
    chosen = f"SELECT id FROM {TABLE} WHERE {wanted} ORDER BY next_attempt_at, id LIMIT %s"
    given = [channel.name, *now.params * 3, limit]
    taken = f"state = 'claimed', lease_token = %s, lease_until = {until.sql}, attempts = attempts + 1"
    take = [as_parameter(token), *until.params]
    if connection.vendor == "postgresql":
        return token, _claim_skipping(chosen, given, taken, take)
    return token, _claim_alone(chosen, given, taken, take)


def _claim_skipping(chosen: str, given: list[Any], taken: str, take: list[Any]) -> list[int]:
    """One statement: rows another worker has locked at this moment are passed over."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH chosen AS MATERIALIZED ({chosen} FOR UPDATE SKIP LOCKED)"
            f" UPDATE {TABLE} AS d SET {taken} FROM chosen WHERE d.id = chosen.id RETURNING d.id",
            [*given, *take],
        )
        return sorted(row[0] for row in cursor.fetchall())


def _claim_alone(chosen: str, given: list[Any], taken: str, take: list[Any]) -> list[int]:
    """SQLite knows no row locks, but its transactions begin as writers here, so nobody writes between the two."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(chosen, given)
        ids = [row[0] for row in cursor.fetchall()]
        if ids:
            cursor.execute(f"UPDATE {TABLE} SET {taken} WHERE {_among(ids)}", [*take, *ids])
        return sorted(ids)


def renew(channel: Channel, delivery: int, token: UUID, *, at: datetime | None = None) -> bool:
    """Still ours with time enough to send? Then the lease begins anew and the row says that the request goes out."""
    clock = lease_clock(channel, at)
    with connection.cursor() as cursor:
        given = {**clock.values, "following": delivery, "token": as_parameter(token)}
        cursor.execute(renewal(connection.vendor, clock.is_fixed), given)
        return bool(cursor.rowcount == 1)


def lease_clock(channel: Channel, at: datetime | None) -> Clock:
    return Clock(at, until=LEASE, enough=timedelta(seconds=channel.seconds))


@cache
def renewal(vendor: str, is_fixed: bool) -> str:
    """The statement that renews the lease of `following`; it changes one row or none."""
    now, until, enough = (named_moment(name, vendor, is_fixed) for name in ("now", "until", "enough"))
    return (
        f"UPDATE {TABLE} SET lease_until = {until}, sending_since = {now} WHERE id = %(following)s"
        f" AND lease_token = %(token)s AND state = 'claimed' AND lease_until > {enough}"
    )


def take_companions(leads: list[int], token: UUID) -> None:
    """What travels with these deliveries is ours as well."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} SET lease_token = %s WHERE state = 'gathered' AND lead_id IN ({_marks(leads)})",
            [as_parameter(token), *leads],
        )


def give_back(ids: list[int], token: UUID, *, at: datetime | None = None, wait: timedelta | None = None) -> None:
    """Claimed but not tried: due again as it was or after `wait`, and the claim does not count."""
    if not ids:
        return
    later = moment(at, wait) if wait is not None else Moment("next_attempt_at", [])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} SET state = 'due', lease_token = NULL, sending_since = NULL, next_attempt_at = {later.sql},"
            " attempts = attempts - 1"
            f" WHERE {_among(ids)} AND lease_token = %s AND state = 'claimed'",
            [*later.params, *ids, as_parameter(token)],
        )


def put_off(ids: list[int], token: UUID, *, at: datetime | None = None, wait: timedelta) -> None:
    """Nobody can say now whether these should go out: due again after `wait`, alone, and the claim does not count. What
    would have travelled with them is left behind: reconcile makes it due, and the next gathering finds it another lead.
    """
    later = moment(at, wait)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} SET lead_id = NULL, lease_token = NULL"
            f" WHERE state = 'gathered' AND lead_id IN ({_marks(ids)}) AND lease_token = %s AND NOT {_among(ids)}",
            [*ids, as_parameter(token), *ids],
        )
        cursor.execute(
            f"UPDATE {TABLE} SET state = 'due', lead_id = NULL, lease_token = NULL, sending_since = NULL,"
            f" next_attempt_at = {later.sql}, attempts = attempts - CASE state WHEN 'claimed' THEN 1 ELSE 0 END"
            f" WHERE {_among(ids)} AND lease_token = %s AND state IN ('claimed', 'gathered')",
            [*later.params, *ids, as_parameter(token)],
        )


def put_off_unsent(token: UUID, *, at: datetime | None = None, wait: timedelta) -> None:
    """What of this claim nobody has begun to send."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {TABLE} WHERE lease_token = %s AND state = 'claimed' AND sending_since IS NULL",
            [as_parameter(token)],
        )
        ids = [row[0] for row in cursor.fetchall()]
    if ids:
        put_off(ids, token, at=at, wait=wait)


def cancel(ids: list[int], token: UUID, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} SET state = 'cancelled', reason = %s, lease_token = NULL WHERE {_among(ids)}"
            " AND lease_token = %s AND state IN ('claimed', 'gathered')",
            [reason, *ids, as_parameter(token)],
        )


def _among(ids: list[int]) -> str:
    return f"id IN ({_marks(ids)})"


def _marks(ids: list[int]) -> str:
    return ", ".join(["%s"] * len(ids))
