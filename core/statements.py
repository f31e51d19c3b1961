"""Queries written once and asked many times: for pages where writing the SQL, or planning it, costs more than running it.

PostgreSQL keeps the plan of such a query for as long as the connection lives.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, MutableMapping, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

MOST = 2000  # statements in a process
MOST_PREPARED = 200  # plans of a connection
_written: dict[tuple[Hashable, ...], "Statement"] = {}
_prepared: MutableMapping[Any, dict[Hashable, str]] = WeakKeyDictionary()  # by connection, gone with it
_numbers = count(1)


class Question:
    """SQL with its values. `blanks` name the values that each asking fills in."""

    def __init__(self, sql: str, params: Sequence[Any], blanks: Mapping[Any, str]) -> None:
        self._parts, self._params = sql.split("%s"), params
        self._blanks = {_as_sent(blank): name for blank, name in blanks.items()}
        self._key = (sql, *map(repr, params))

    def ask(self, **filled: Any) -> list[tuple[Any, ...]]:
        """One query. A blank within `IN (…)` may be filled with a list that is not empty."""
        with connection.cursor() as cursor:
            return self.ask_by(cursor, **filled)

    def ask_by(self, cursor: Any, /, **filled: Any) -> list[tuple[Any, ...]]:
        """The same by a cursor that is open already: opening one costs a fifth of a short query."""
        values = {
            name: _round_up(value) if isinstance(value, list) else [_as_sent(value)] for name, value in filled.items()
        }
        if connection.vendor == "postgresql":
            self._execute_prepared(cursor, values)
        else:
            cursor.execute(*self._written_with({name: ["%s"] * len(own) for name, own in values.items()}, values))
        return cursor.fetchall()

    def _written_with(self, places: Mapping[str, list[str]], values: Mapping[str, list[Any]]) -> tuple[str, list[Any]]:
        """The SQL with these places for the blanks, and the parameters it takes then."""
        first, *rest = self._parts
        sql, params = [first], list[Any]()
        for param, part in zip(self._params, rest, strict=True):
            name = self._blanks.get(param)
            sql += [", ".join(places[name]) if name else "%s", part]
            params += values.get(name, []) if name else [param]
        return "".join(sql), params

    def _execute_prepared(self, cursor: Any, values: Mapping[str, list[Any]]) -> None:
        prepared = _prepared.setdefault(connection.connection, {})
        key = (self._key, *map(len, values.values()))
        given = [value for own in values.values() for value in own]
        if key in prepared:
            cursor.execute(prepared[key], given)
            return
        if len(prepared) >= MOST_PREPARED:
            cursor.execute("DEALLOCATE ALL")
            prepared.clear()
        numbers = count(1)
        places = {name: [f"${next(numbers)}" for _value in own] for name, own in values.items()}
        sql, params = self._written_with(places, {})
        name = f"manyi_{next(_numbers)}"
        command = f"EXECUTE {name} ({', '.join(['%s'] * len(given))})" if given else f"EXECUTE {name}"
        cursor.execute(f"PREPARE {name} AS {sql}; {command}", [*params, *given])
        prepared[key] = command


def _as_sent(value: Any) -> Any:
    """A day as the database gets it: SQLite takes text."""
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return connection.ops.adapt_datefield_value(value) if is_day else value


def _round_up(values: list[Any]) -> list[Any]:
    """The last value repeated until there are 1, 2, 4, 8 … of them, so that few lengths occur."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))


class Statement:
    """A queryset to be kept where equal questions meet (see `written`).

    With blanks `{-1: "issue"}` the queryset says `filter(issue_id=-1)`, and each asking `rows(issue=7)`.
    """

    def __init__(self, rows: QuerySet[Any, Any], blanks: Mapping[Any, str] | None = None) -> None:
        self.queryset: Any = rows
        self.compiler = rows.query.get_compiler(rows.db)
        self._question: Question | None = None
        try:
            sql, params = self.compiler.as_sql()
            self._question = Question(sql, params, blanks or {})
        except EmptyResultSet:  # nothing can fit, whatever the database holds
            return

    def rows(self, **filled: Any) -> list[Any]:
        """One query, and what the queryset would give."""
        if self._question is None:
            return []
        return list(self.queryset._iterable_class(_Asked(self, self._question.ask(**filled))))


class _Asked:
    """Stands in for queryset and query where Django makes objects from rows."""

    def __init__(self, statement: Statement, found: list[tuple[Any, ...]]) -> None:
        self._statement, self._found = statement, found
        self._known_related_objects = statement.queryset._known_related_objects
        self.db, self.query = statement.queryset.db, self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._statement.queryset.query, name)

    def get_compiler(self, *args: Any, **kwargs: Any) -> "_Found":
        return _Found(self._statement.compiler, self._found)


class _Found:
    """Stands in for the compiler: its rows are there already."""

    def __init__(self, compiler: Any, found: list[tuple[Any, ...]]) -> None:
        self._compiler, self._found = compiler, found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiler, name)

    def execute_sql(self, **kwargs: Any) -> list[list[tuple[Any, ...]]]:
        return [self._found]

    def results_iter(self, *args: Any, tuple_expected: bool = False, **kwargs: Any) -> Iterable[Any]:
        return self._compiler.results_iter([self._found], tuple_expected)


def written(*key: Hashable, make: Callable[[], Statement]) -> Statement:
    """The statement of this key, made once in a process. The key says everything that shapes the SQL."""
    found = _written.get(key)
    if found is None:
        if len(_written) >= MOST:
            _written.clear()
        found = _written[key] = make()
    return found
