"""The database's own clock in SQL: leases must not depend on the clocks of the machines that hold them."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection


class Moment(NamedTuple):
    """A piece of SQL and its parameters."""

    sql: str
    params: list[Any]


def moment(at: datetime | None = None, plus: timedelta = timedelta()) -> Moment:
    """Now by the database's clock, or `at` where a test or a person says what time it is."""
    if at is not None:
        return Moment("%s", [as_parameter(at + plus)])
    seconds = plus.total_seconds()
    if connection.vendor == "postgresql":
        return Moment("(clock_timestamp() + make_interval(secs => %s))", [seconds])
    return Moment("STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %s)", [f"{seconds:+f} seconds"])


def database_now() -> datetime:
    now = moment()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {now.sql}", now.params)
        value = cursor.fetchone()[0]
    return value if isinstance(value, datetime) else datetime.fromisoformat(value).replace(tzinfo=UTC)


def as_parameter(value: Any) -> Any:
    """A value as this database keeps it."""
    if isinstance(value, UUID):
        return str(value) if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
