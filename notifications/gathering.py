"""What is due at once becomes one message: to one person, and to one group whoever of it each is for."""

from collections import defaultdict
from datetime import datetime

from django.db import connection, transaction

from notifications.channels import Channel
from notifications.database_time import moment

GATHER = """
WITH slots AS (
    SELECT recipient_id, min(id) AS lead FROM notifications_delivery
    WHERE channel = %s AND state = 'due' AND attempts = 0 AND next_attempt_at <= {now} AND expires_at > {now}
    GROUP BY recipient_id HAVING count(*) > 1
)
UPDATE notifications_delivery AS d SET state = 'gathered', lead_id = slots.lead FROM slots
WHERE d.recipient_id = slots.recipient_id AND d.id <> slots.lead
    AND d.channel = %s AND d.state = 'due' AND d.attempts = 0 AND d.next_attempt_at <= {now} AND d.expires_at > {now}
"""
WAITING = """
SELECT id, recipient_id FROM notifications_delivery
WHERE channel = %s AND state = 'due' AND next_attempt_at <= {now} AND expires_at > {now} ORDER BY id
"""
FOLLOW = """
UPDATE notifications_delivery SET state = 'gathered', lead_id = %s
WHERE state = 'due' AND channel = %s AND id IN ({marks})
"""
# What travelled with one that now travels itself, because the group was not reached the last time.
FOLLOW_ON = """
UPDATE notifications_delivery SET lead_id = %s WHERE state = 'gathered' AND lead_id IN (
    SELECT id FROM notifications_delivery WHERE lead_id = %s AND state = 'gathered'
)
"""
CHUNK = 500


def gather(channel: Channel, *, at: datetime | None = None) -> int:
    """What is due to one person at once becomes one message: nobody wakes up to thirty of them after a silence."""
    now = moment(at)
    with connection.cursor() as cursor:
        cursor.execute(GATHER.format(now=now.sql), [channel.name, *now.params * 2, channel.name, *now.params * 2])
        return cursor.rowcount


def gather_shared(channel: Channel, *, at: datetime | None = None) -> int:
    """How many travel with another. Those that were tried before are gathered as well: a group hears of all at once."""
    now = moment(at)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WAITING.format(now=now.sql), [channel.name, *now.params, *now.params])
        waiting = cursor.fetchall()
    addresses = channel.addresses({person for _pk, person in waiting}) if len(waiting) > 1 else {}
    groups: dict[str, list[int]] = defaultdict(list)
    for pk, person in waiting:
        if person in addresses:
            groups[addresses[person]].append(pk)
    return sum(_follow(channel, ids[0], ids[1:]) for ids in groups.values() if len(ids) > 1)


def _follow(channel: Channel, lead: int, others: list[int]) -> int:
    """Only while the lead still waits: one that a worker has taken meanwhile carries nobody along."""
    gathered = 0
    with transaction.atomic(), connection.cursor() as cursor:
        lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
        cursor.execute(f"SELECT id FROM notifications_delivery WHERE id = %s AND state = 'due'{lock}", [lead])
        if cursor.fetchone() is None:
            return 0
        for start in range(0, len(others), CHUNK):
            ids = others[start : start + CHUNK]
            marks = ", ".join(["%s"] * len(ids))
            cursor.execute(FOLLOW.format(marks=marks), [lead, channel.name, *ids])
            gathered += cursor.rowcount
        cursor.execute(FOLLOW_ON, [lead, lead])
    return gathered
