"""Is everything that has to run running? One answer for people and for whoever watches the machine."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from notifications.beats import Beat, beats

FINE = ("ok", "not used")


@dataclass(frozen=True)
class Health:
    """Each part with "ok" or what is wrong, and how long ago what runs by itself last went well.

    Only the database is vital: without the rest the site is degraded, work waits but is not lost.
    """

    parts: dict[str, str]
    seconds_ago: dict[str, int]

    @property
    def ok(self) -> bool:
        return self.parts["database"] == "ok"

    @property
    def status(self) -> str:
        if not self.ok:
            return "down"
        return "ok" if all(words in FINE for words in self.parts.values()) else "degraded"

    def as_json(self) -> dict[str, Any]:
        return {"status": self.status, **self.parts, "seconds_ago": self.seconds_ago}


def examine(at: datetime) -> Health:
    database = _database()
    parts, ages = {"database": database, "broker": _broker()}, {}
    for beat in beats(at) if database == "ok" else ():
        parts[beat.name] = _words(beat)
        if beat.age is not None:
            ages[beat.name] = int(beat.age.total_seconds())
    return Health(parts, ages)


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


def _words(beat: Beat) -> str:
    if beat.is_ok:
        return "ok"
    return f"silent since {beat.last_ok.astimezone(UTC):%Y-%m-%dT%H:%M}Z" if beat.last_ok else "not started yet"
