"""Is everything that has to run running? One answer for people and for whoever watches the machine."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from notifications.models import Heartbeat

SILENT_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Health:
    """Each part with "ok" or what is wrong. Only the database is vital: without the rest, work waits but is not lost."""

    parts: dict[str, str]

    @property
    def ok(self) -> bool:
        return self.parts["database"] == "ok"


def examine(at: datetime) -> Health:
    database = _database()
    parts = {"database": database, "broker": _broker()}
    if database == "ok":
        parts["scheduler"] = _scheduler(at)
    return Health(parts)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok"
    except DatabaseError:
        return "does not answer"


def _broker() -> str:
    if not settings.REDIS_URL:
        return "not used"
    try:
        cache.get("health")
        return "ok"
    except (RedisError, OSError):
        return "does not answer"


def _scheduler(at: datetime) -> str:
    beat = Heartbeat.objects.filter(name="scheduler").first()
    if beat is None:
        return "not started yet"
    last = beat.last_ok or beat.last_started
    return "ok" if at - last < SILENT_AFTER else f"silent since {last:%Y-%m-%dT%H:%M}Z"
