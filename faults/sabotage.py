"""Taking one safeguard away, so that it can be seen that the counting would notice."""

import os
import signal
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from notifications import drain, leases, marks
from notifications.channels import Outcome, Result
from notifications.models import Delivery, Occurrence

KEYS = {
    "notifications_occurrence": "a_step_comes_up_once",
    "notifications_delivery": "one_delivery_per_person_and_channel",
}


def take_away(safeguard: str) -> None:
    if safeguard == "lease re-check":
        leases.renew = lambda *_args, **_kwargs: True
    else:
        drain.Batch._send_one = _mark_then_die  # type: ignore[method-assign]


def _mark_then_die(self: Any, row: Any, following: int | None) -> bool:
    """The order everybody writes first, and the kill that shows why it is wrong."""
    hoped = Outcome(Result.ACCEPTED, "hoped")
    self.marker.mark(marks.Sent(row.id, row.attempts, hoped, "", datetime.now(UTC)), then=following)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives this")


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


def put_the_keys_back() -> None:
    """For a database that is used again: whatever came twice has to be gone by then."""
    Occurrence.objects.all().delete()
    for model, name in ((Occurrence, "a_step_comes_up_once"), (Delivery, "one_delivery_per_person_and_channel")):
        key = next(key for key in model._meta.constraints if key.name == name)
        with connection.schema_editor() as editor:
            editor.add_constraint(model, key)
