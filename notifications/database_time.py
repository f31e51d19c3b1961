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


class Clock:
    """SQL for this moment and moments around it, with named parameters: the text is always the same, so it is made once.

    `later={"until": …}` names the moments beside `now`.
    """

    def __init__(self, at: datetime | None, **later: timedelta) -> None:
        self._at, self._vendor = at, connection.vendor
        self.values = {name: self.after(plus) for name, plus in later.items()}
        if at is not None:
            self.values["now"] = as_parameter(at)

    @property
    def is_fixed(self) -> bool:
        return self._at is not None

    def after(self, plus: timedelta) -> Any:
        """The value of a moment that is so much later than now."""
        if self._at is not None:
            return as_parameter(self._at + plus)
        seconds = plus.total_seconds()
        return seconds if self._vendor == "postgresql" else f"{seconds:+f} seconds"


def named_moment(name: str, vendor: str, is_fixed: bool) -> str:
    """The SQL that reads what `Clock` gives."""
    if is_fixed:
        return f"%({name})s"
    if vendor == "postgresql":
        plus = "" if name == "now" else f" + make_interval(secs => %({name})s)"
        return f"(clock_timestamp(){plus})"
    plus = "" if name == "now" else f", %({name})s"
    return f"STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'now'{plus})"


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
