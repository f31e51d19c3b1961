"""Taking one safeguard away, so that it can be seen that the counting would notice."""

import os
import signal
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from notifications import drain, leases, marks
from notifications.channels import Outcome, Result

KEYS = {
    "notifications_occurrence": "a_step_comes_up_once",
    "notifications_delivery": "one_delivery_per_person_and_channel",
}


def take_away(safeguard: str) -> None:
    if safeguard == "lease re-check":
        leases.renew = lambda *_args, **_kwargs: True
    else:
        drain.Batch._send_one = _mark_then_send  # type: ignore[method-assign]


def _mark_then_send(self: Any, row: Any, address: str | None) -> None:
    """The order everybody writes first."""
    if not leases.renew(self.channel, row.id, self.token, at=self.at):
        return
    sent = Outcome(Result.ACCEPTED, "hoped")
    marks.mark(self.channel, row.id, self.token, row.attempts, sent, "", datetime.now(UTC), at=self.at)
    drain.send(self.channel, drain.outgoing(row, [], address or ""))


def freeze_before_the_first_sending() -> None:
    """This process stops in the worst moment: it has claimed and looked, and is about to send."""
    renew = leases.renew
    frozen: list[int] = []

    def freeze_and_renew(channel: Any, *args: Any, **kwargs: Any) -> bool:
        if not frozen:
            frozen.append(1)
            os.kill(os.getpid(), signal.SIGSTOP)
        return renew(channel, *args, **kwargs)

    leases.renew = freeze_and_renew


def drop_the_keys() -> None:
    with connection.cursor() as cursor:
        for table, key in KEYS.items():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {key}")
