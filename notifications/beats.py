"""Does what has to run by itself still run? Read in one query, for the status page and for whoever watches the machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.models import Heartbeat
from notifications.periodic import job_names
from notifications.pulse import PARTS
from notifications.tasks import SCHEDULER

EVERY_MINUTE = (SCHEDULER, *PARTS)
SILENT_AFTER = timedelta(minutes=5)
NIGHT_MISSED_AFTER = timedelta(hours=26)


@dataclass(frozen=True)
class Beat:
    """`last_ok` None: it has never gone well here. `age` counts from then."""

    name: str
    last_ok: datetime | None
    age: timedelta | None
    note: str
    is_silent: bool

    @property
    def is_ok(self) -> bool:
        return self.last_ok is not None and not self.is_silent


def beats(at: datetime, names: Sequence[str] = EVERY_MINUTE, silent_after: timedelta = SILENT_AFTER) -> list[Beat]:
    rows = Heartbeat.objects.in_bulk(list(names))
    return [_beat(name, rows.get(name), at, silent_after) for name in names]


def nightly_beats(at: datetime) -> list[Beat]:
    return beats(at, job_names(), NIGHT_MISSED_AFTER)


def _beat(name: str, row: Heartbeat | None, at: datetime, silent_after: timedelta) -> Beat:
    last = row.last_ok if row else None
    age = max(at - last, timedelta()) if last else None
    silent = row is not None and (age is None or age >= silent_after)
    return Beat(name, last, age, row.note if row else "", silent)
