"""A PostgreSQL whose clock we set, for all processes that use it: its clock_timestamp() is found before the real one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection

SET_UP = """
CREATE SCHEMA movable;
CREATE TABLE movable.clock AS SELECT interval '0' AS ahead;
CREATE FUNCTION movable.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT pg_catalog.clock_timestamp() + ahead FROM movable.clock';
"""
FIND_OURS = 'ALTER DATABASE "{name}" SET search_path = movable, pg_catalog, public'
MOVE = "UPDATE movable.clock SET ahead = %s"
FORGET = 'ALTER DATABASE "{name}" RESET search_path; DROP SCHEMA movable CASCADE'


@contextmanager
def movable_clock() -> Iterator[Callable[[timedelta], None]]:
    """Gives the function that sets how far the database's clock is ahead of the real one."""
    name = connection.settings_dict["NAME"]
    _run(SET_UP + FIND_OURS.format(name=name))
    connection.close()  # a session finds it from its beginning
    try:
        yield lambda ahead: _run(MOVE, ahead)
    finally:
        _run(FORGET.format(name=name))
        connection.close()


def _run(sql: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
