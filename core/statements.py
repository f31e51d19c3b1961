"""Queries written once and asked many times: for pages where writing the SQL, or planning it, costs more than running it.

PostgreSQL keeps the plan of such a query for as long as the connection lives.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, MutableMapping, Sequence
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

MOST = 2000  # statements in a process
MOST_PREPARED = 200  # plans of a connection
Converters = dict[int, tuple[list[Any], Any]]
_written: dict[tuple[Hashable, ...], "Statement"] = {}
_prepared: MutableMapping[Any, dict["Question", str]] = WeakKeyDictionary()  # by connection, gone with it
_numbers = count(1)


class Question:
    """SQL with its values. `blanks` name the values that each asking fills in."""

    def __init__(self, sql: str, params: Sequence[Any], blanks: Mapping[Any, str]) -> None:
        self._parts, self._params, self._blanks = sql.split("%s"), params, blanks

    def ask(self, **filled: Any) -> list[tuple[Any, ...]]:
        """One query. A blank within `IN (…)` may be filled with a list."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql" and not any(isinstance(value, list) for value in filled.values()):
                self._execute_prepared(cursor, filled)
            else:
                cursor.execute(*self._filled(filled))
            return cursor.fetchall()

    def _filled(self, filled: Mapping[str, Any]) -> tuple[str, list[Any]]:
        first, *rest = self._parts
        sql, params = [first], list[Any]()
        for param, part in zip(self._params, rest, strict=True):
            value = filled[self._blanks[param]] if param in self._blanks else param
            values = value if isinstance(value, list) else [value]
            sql += [", ".join(["%s"] * len(values)), part]
            params += values
        return "".join(sql), params

    def _execute_prepared(self, cursor: Any, filled: Mapping[str, Any]) -> None:
        prepared = _prepared.setdefault(connection.connection, {})
        values = list(filled.values())
        sql, params = f"({', '.join(['%s'] * len(values))})" if values else "", list[Any]()
        if self not in prepared:
            if len(prepared) >= MOST_PREPARED:
                cursor.execute("DEALLOCATE ALL")
                prepared.clear()
            name = f"manyi_{next(_numbers)}"
            text, params = self._with_places(list(filled))
            cursor.execute(f"PREPARE {name} AS {text}; EXECUTE {name} {sql}", [*params, *values])
            prepared[self] = name
        else:
            cursor.execute(f"EXECUTE {prepared[self]} {sql}", values)

    def _with_places(self, names: list[str]) -> tuple[str, list[Any]]:
        first, *rest = self._parts
        sql, params = [first], list[Any]()
        for param, part in zip(self._params, rest, strict=True):
            if param in self._blanks:
                sql += [f"${names.index(self._blanks[param]) + 1}", part]
            else:
                sql += ["%s", part]
                params.append(param)
        return "".join(sql), params


class Statement:
    """A `values()` queryset to be kept where equal questions meet (see `written`).

    With blanks `{-1: "issue"}` the queryset says `filter(issue_id=-1)`, and each asking `rows(issue=7)`.
    """

    def __init__(self, rows: QuerySet[Any, dict[str, Any]], blanks: Mapping[Any, str] | None = None) -> None:
        self._question: Question | None = None
        compiler = rows.query.get_compiler(rows.db)
        try:
            self._question = Question(*compiler.as_sql(), blanks or {})
        except EmptyResultSet:  # nothing can fit, whatever the database holds
            return
        self._names = list(rows.query.selected or ())
        self._converters: Converters = compiler.get_converters([one for one, *_ in compiler.select])

    def rows(self, **filled: Any) -> list[dict[str, Any]]:
        """One query, and what the queryset would give."""
        found: Sequence[Sequence[Any]] = self._question.ask(**filled) if self._question else []
        if found and self._converters:
            found = list(_converted(found, self._converters))
        return [dict(zip(self._names, row, strict=False)) for row in found]


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
