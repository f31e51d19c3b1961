"""Putting right what is stuck: too late, given up, perhaps sent, left behind by the message it should travel with."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import connection

from notifications.channels import channels
from notifications.database_time import Moment, moment
from notifications.marks import TRIES

# What a worker that died had begun to send by a channel that must not repeat itself.
PERHAPS_SENT = """
UPDATE notifications_delivery SET state = 'unknown', reason = 'answer_lost', lease_token = NULL
WHERE state = 'claimed' AND lease_until <= {now} AND sending_since IS NOT NULL AND channel IN ({marks})
"""
# What was in the same message.
PERHAPS_SENT_TOO = """
UPDATE notifications_delivery SET state = 'unknown', reason = 'answer_lost', lease_token = NULL
WHERE state = 'gathered' AND lead_id IN (SELECT id FROM notifications_delivery WHERE state = 'unknown')
"""
EXPIRED = """
UPDATE notifications_delivery SET state = 'expired', lease_token = NULL
WHERE expires_at <= {now} AND (state = 'due' OR (state = 'claimed' AND lease_until <= {now}))
"""
EXPIRED_WITH_LEAD = """
UPDATE notifications_delivery SET state = 'expired', lease_token = NULL WHERE state = 'gathered' AND expires_at <= {now}
"""
GIVEN_UP = """
UPDATE notifications_delivery SET state = 'dead', reason = 'tries_used', lease_token = NULL
WHERE state = 'claimed' AND lease_until <= {now} AND attempts >= %s
"""
LEFT_BEHIND = """
UPDATE notifications_delivery SET state = 'due', lead_id = NULL, lease_token = NULL
WHERE state = 'gathered' AND (lead_id IS NULL OR lead_id IN (
    SELECT id FROM notifications_delivery WHERE state NOT IN ('due', 'claimed')
))
"""


def reconcile(*, at: datetime | None = None) -> Counter[str]:
    """How many of each were put right. Set-based, so it costs the same whatever has happened."""
    now = moment(at)
    silent = [name for name, channel in channels().items() if not channel.repeats]
    found: Counter[str] = Counter()
    if silent:
        marks = ", ".join(["%s"] * len(silent))
        found["unknown"] = _run(PERHAPS_SENT.format(now=now.sql, marks=marks), [*now.params, *silent])
        found["unknown"] += _run(PERHAPS_SENT_TOO, [])
    found["expired"] = _run_now(EXPIRED, now, 2) + _run_now(EXPIRED_WITH_LEAD, now, 1)
    found["dead"] = _run(GIVEN_UP.format(now=now.sql), [*now.params, TRIES])
    found["left behind"] = _run(LEFT_BEHIND, [])
    return +found


def _run_now(sql: str, now: Moment, times: int) -> int:
    return _run(sql.format(now=now.sql), now.params * times)


def _run(sql: str, params: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)
