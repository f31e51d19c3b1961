"""System checks: the site does not start with broken wiring."""

from typing import Any

import kombu
import redis
from django.conf import settings
from django.core.checks import Error, Warning, register
from django.utils.module_loading import import_string

WIRING = [
    "VISIT_CLOSING_CHECKS",
    "VISIT_ISSUE_COUNTS",
    "VISIT_AGENDA_PARTS",
    "HANDOVER_PARTS",
    "NIGHTLY_JOBS",
    "REMINDER_SOURCES",
    "REMINDER_CHANNELS",
    "REMINDER_GROUPS",
    "SMS_GATEWAY",
    "WORKING_DAYS",
]


@register()
def wiring_imports(app_configs: Any, **kwargs: Any) -> list[Error]:
    errors = []
    for name in WIRING:
        paths = getattr(settings, name)
        for path in [paths] if isinstance(paths, str) else paths:
            try:
                import_string(path)
            except ImportError as error:
                errors.append(Error(f"{name} names {path}, which cannot be imported: {error}", id="core.E001"))
    return errors


# A message to a worker is a doorbell: it may be lost or ring twice. These keep it from ringing late, and a dead worker from
# keeping others waiting.
TASK_SETTINGS = {
    "TASK_ACKS_LATE": True,
    "TASK_REJECT_ON_WORKER_LOST": True,
    "WORKER_PREFETCH_MULTIPLIER": 1,
    "TASK_TIME_LIMIT": 120,
    "TASK_SOFT_TIME_LIMIT": 90,
    "WORKER_MAX_TASKS_PER_CHILD": 500,
    "WORKER_MAX_MEMORY_PER_CHILD": 250_000,
    "WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS": True,
    "TASK_IGNORE_RESULT": True,
    "ACCEPT_CONTENT": ["json"],
    "TASK_SERIALIZER": "json",
}
VISIBILITY = {"BROKER_TRANSPORT_OPTIONS", "RESULT_BACKEND_TRANSPORT_OPTIONS"}
SECONDS_INVISIBLE = 600
OLDEST_KOMBU = (5, 4)


@register()
def tasks_are_set_up(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """The settings of Celery that reminders rely on, each with its number."""
    found = []
    for number, (name, wanted) in enumerate(TASK_SETTINGS.items(), start=901):
        value = getattr(settings, f"CELERY_{name}", None)
        if value != wanted:
            found.append(Warning(f"CELERY_{name} is {value!r} and should be {wanted!r}", id=f"core.W{number}"))
    for name in sorted(VISIBILITY):
        seconds = getattr(settings, f"CELERY_{name}", {}).get("visibility_timeout")
        if seconds != SECONDS_INVISIBLE:
            words = f"CELERY_{name} hides a task for {seconds} seconds and should for {SECONDS_INVISIBLE}"
            found.append(Warning(words, id="core.W920"))
    if tuple(int(part) for part in kombu.__version__.split(".")[:2]) < OLDEST_KOMBU:
        found.append(
            Warning(f"kombu {kombu.__version__} loses tasks when Redis restarts; use 5.4 or newer", id="core.W921")
        )
    return found


# A queue that is full must refuse the next message instead of dropping an older one, and a killed Redis must lose a second
# at most. Reminders survive both, because the ledger knows them; a message that is dropped rings a tick late.
REDIS_SETTINGS = {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "everysec"}
SECONDS_FOR_REDIS = 1.0


@register()
def redis_keeps_the_queue(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """Asked of the server itself. One that is away says nothing here (/healthz does), nor one that forbids the question."""
    if not settings.REDIS_URL:
        return []
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS_FOR_REDIS) as server:
            found = {name: server.config_get(name).get(name) for name in REDIS_SETTINGS}
    except (redis.RedisError, OSError):
        return []
    return [
        Warning(f"Redis has {name} {found[name]} and should have {wanted}", id=f"core.W{number}")
        for number, (name, wanted) in enumerate(REDIS_SETTINGS.items(), start=923)
        if found[name] not in (wanted, None)
    ]


@register()
def sqlite_waits_for_writers(app_configs: Any, **kwargs: Any) -> list[Warning]:
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        return []
    options = database.get("OPTIONS", {})
    if options.get("transaction_mode") == "IMMEDIATE" and "journal_mode=WAL" in options.get("init_command", ""):
        return []
    words = "SQLite needs transaction_mode IMMEDIATE and journal_mode=WAL, or two workers break each other's writes"
    return [Warning(words, id="core.W922")]
