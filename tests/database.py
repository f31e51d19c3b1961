"""Emptying the database between tests that commit.

Events refuse to be deleted, so the triggers step aside for the flush and come back after it, and the
chain starts again at its head. Only tests do this.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from core.models import ChainHead

SQLITE_TRIGGERS = import_module("core.migrations.0002_events_are_append_only").SQLITE


OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    operations = type(connection.ops)
    flush = operations.execute_sql_flush
    operations.execute_sql_flush = _flush_events_too(flush)  # type: ignore[method-assign]
    yield
    if connection.vendor == "postgresql":
        # A thread of a browser test's server may still hold a connection; the database could not be dropped then.
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(OTHERS)


def _flush_events_too(flush: Callable[..., Any]) -> Callable[..., Any]:
    def flush_everything(operations: Any, statements: list[str]) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                for trigger in SQLITE_TRIGGERS:
                    cursor.execute(f"DROP TRIGGER {trigger.split()[2]}")
            flush(operations, statements)
            if connection.vendor == "sqlite":
                for trigger in SQLITE_TRIGGERS:
                    cursor.execute(trigger)
        ChainHead.objects.create(pk=1)

    return flush_everything
