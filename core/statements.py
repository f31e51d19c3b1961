"""Queries written once and asked many times: for pages where writing the SQL costs more than running it."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Converters = dict[int, tuple[list[Any], Any]]
MOST = 2000
_written: dict[tuple[Hashable, ...], "Statement"] = {}


class Statement:
    """The SQL of a `values()` queryset, to be kept where equal questions meet (see `written`).

    `blanks` name the values of the queryset that each asking fills in: `{-1: "issue"}` for `filter(issue_id=-1)` and
    `rows(issue=7)`. A blank in an `__in` of one may be filled with many.
    """

    def __init__(self, rows: QuerySet[Any, dict[str, Any]], blanks: Mapping[Any, str] | None = None) -> None:
        self._blanks = blanks or {}
        self._parts: list[str] = []
        compiler = rows.query.get_compiler(rows.db)
        try:
            sql, self._params = compiler.as_sql()
        except EmptyResultSet:  # nothing can fit, whatever the database holds
            return
        self._parts = sql.split("%s")
        self._names = list(rows.query.selected or ())
        self._converters: Converters = compiler.get_converters([one for one, *_ in compiler.select])

    def rows(self, **filled: Any) -> list[dict[str, Any]]:
        """One query, and what the queryset would give."""
        if not self._parts:
            return []
        sql, params = self._filled(filled) if self._blanks else ("%s".join(self._parts), self._params)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            found = cursor.fetchall()
        if self._converters:
            found = list(_converted(found, self._converters))
        return [dict(zip(self._names, row, strict=False)) for row in found]

    def _filled(self, filled: Mapping[str, Any]) -> tuple[str, list[Any]]:
        first, *rest = self._parts
        sql, params = [first], list[Any]()
        for param, part in zip(self._params, rest, strict=True):
            value = filled[self._blanks[param]] if param in self._blanks else param
            values = value if isinstance(value, list) else [value]
            sql += [", ".join(["%s"] * len(values)), part]
            params += values
        return "".join(sql), params


def _converted(rows: Sequence[Sequence[Any]], converters: Converters) -> Iterator[list[Any]]:
    for found in rows:
        row = list(found)
        for at, (steps, column) in converters.items():
            for step in steps:
                row[at] = step(row[at], column, connection)
        yield row


def written(*key: Hashable, make: Callable[[], Statement]) -> Statement:
    """The statement of this key, made once in a process. The key says everything that shapes the SQL."""
    found = _written.get(key)
    if found is None:
        if len(_written) >= MOST:
            _written.clear()
        found = _written[key] = make()
    return found
