"""One tick: plan, drain, reconcile. Celery beat rings for it every minute, cron may, and a test does; all are the same.

Each part leaves its heartbeat, so that silence is seen.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from notifications.database_time import database_now
from notifications.drain import drain
from notifications.models import Heartbeat
from notifications.planner import plan
from notifications.reconcile import reconcile
from notifications.restored import came_back_from_backup, hold_after_restore, leave_stamp

logger = logging.getLogger(__name__)

PARTS = ("plan", "drain", "reconcile")
# A clock that was put back: leases live longer and nothing new comes due until it has caught up.
BACKWARDS = timedelta(minutes=5)


def tick(*, at: datetime | None = None, seconds: float = 50.0) -> dict[str, str]:
    """What each part said. `at` None is the real thing: the database's clock, and a look at whether it was restored."""
    now = at or database_now()
    if at is None and came_back_from_backup(now):
        held = hold_after_restore(at=now)
        logger.error("the database came back from a backup: %s reminders wait until somebody releases them", held)
    said = {
        "plan": beating("plan", now, lambda: plan(at=now)),
        "drain": beating("drain", now, lambda: drain(at=at, seconds=seconds)),
        "reconcile": beating("reconcile", now, lambda: reconcile(at=at)),
    }
    if at is None:
        leave_stamp(now)
    return said


def beating(name: str, at: datetime, work: Callable[[], Any]) -> str:
    """Run it between two marks of its heartbeat; what it said is kept for the status page."""
    before = Heartbeat.objects.filter(name=name).first()
    if before is not None and before.last_started > at + BACKWARDS:
        logger.error("the clock went back: %s last ran at %s and it is %s now", name, before.last_started, at)
    Heartbeat.objects.update_or_create(name=name, defaults={"last_started": at})
    said = str(work() or "nothing to do")[:200]
    Heartbeat.objects.filter(name=name).update(last_ok=at, note=said)
    return said
