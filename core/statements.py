"""Queries written once and asked many times: for pages where writing the SQL, or planning it, costs more than running it.

PostgreSQL keeps the plan of such a query for as long as the connection lives.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, MutableMapping, Sequence
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
        self._parts, self._params, self._blanks = sql.split("%s"), params, blanks
        self._key = (sql, tuple(map(repr, params)))

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
        if self._key not in prepared:
            if len(prepared) >= MOST_PREPARED:
                cursor.execute("DEALLOCATE ALL")
                prepared.clear()
            name = f"manyi_{next(_numbers)}"
            text, params = self._with_places(list(filled))
            cursor.execute(f"PREPARE {name} AS {text}; EXECUTE {name} {sql}", [*params, *values])
            prepared[self._key] = name
        else:
            cursor.execute(f"EXECUTE {prepared[self._key]} {sql}", values)

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
    """A queryset to be kept where equal questions meet (see `written`).

    With blanks `{-1: "issue"}` the queryset says `filter(issue_id=-1)`, and each asking `rows(issue=7)`.
    """

    def __init__(self, rows: QuerySet[Any, Any], blanks: Mapping[Any, str] | None = None) -> None:
        self._question: Question | None = None
        self._iterable, self._query, self.db = rows._iterable_class, rows.query, rows.db
        self._known_related_objects = rows._known_related_objects
        self._compiler = rows.query.get_compiler(rows.db)
        try:
            self._question = Question(*self._compiler.as_sql(), blanks or {})
        except EmptyResultSet:  # nothing can fit, whatever the database holds
            return

    def rows(self, **filled: Any) -> list[Any]:
        """One query, and what the queryset would give."""
        if self._question is None:
            return []
        return list(self._iterable(_Asked(self, self._question.ask(**filled))))


class _Asked:
    """Stands in for queryset and query where Django makes objects from rows."""

    def __init__(self, statement: Statement, found: list[tuple[Any, ...]]) -> None:
        self._statement, self._found = statement, found
        self._known_related_objects = statement._known_related_objects
        self.db, self.query = statement.db, self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._statement._query, name)

    def get_compiler(self, *args: Any, **kwargs: Any) -> "_Found":
        return _Found(self._statement._compiler, self._found)


class _Found:
    """Stands in for the compiler: its rows are there already."""

    def __init__(self, compiler: Any, found: list[tuple[Any, ...]]) -> None:
        self._compiler, self._found = compiler, found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiler, name)

    def execute_sql(self, **kwargs: Any) -> list[list[tuple[Any, ...]]]:
        return [self._found]

    def results_iter(self, *args: Any, tuple_expected: bool = False, **kwargs: Any) -> Iterable[Any]:
        return self._compiler.results_iter([self._found], tuple_expected)  # type: ignore[no-any-return]


def written(*key: Hashable, make: Callable[[], Statement]) -> Statement:
    """The statement of this key, made once in a process. The key says everything that shapes the SQL."""
    found = _written.get(key)
    if found is None:
        if len(_written) >= MOST:
            _written.clear()
        found = _written[key] = make()
    return found
