"""One step of an import: what a kind of table would create, change and leave, and how it is written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Model

from core import changes
from core.events import Happened
from core.models import Versioned
from programmes.imports.known import Known
from programmes.imports.report import Count, Notes
from programmes.imports.tables import Table
from teams.models import Seat, User

Make = Callable[[User | None, datetime], Sequence[Happened] | None]


@dataclass(frozen=True)
class Change:
    """A row that exists and differs. `make` changes it through the service that pages use too; what it has not appended
    itself it returns. `rows` are those it locks.
    """

    words: str
    make: Make
    rows: Sequence[Model] = ()


@dataclass
class Step:
    """Plan first, without writing; then apply. `tables` are the sheets of this kind, in the order given."""

    known: Known
    notes: Notes
    changes: list[Change] = field(default_factory=list)

    key: ClassVar[str] = ""

    def plan(self, tables: list[Table]) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        """After every step has read its tables: what only then is complete."""

    def create(self, by: User | None, at: datetime) -> Iterable[Happened]:
        """Insert what is new and return what happened."""
        raise NotImplementedError

    def grant(self, by: User | None, at: datetime) -> list[Happened]:
        """Give the roles that follow, when everybody and everything is there."""
        return []

    def to_change(self) -> list[Change]:
        return self.changes

    def rows(self) -> Iterator[Model]:
        """What is there already and has to be locked before the first event is appended."""
        for one in self.to_change():
            yield from one.rows

    def change(self, by: User | None, at: datetime) -> list[Happened]:
        return [happened for one in self.to_change() for happened in one.make(by, at) or ()]

    def counts(self) -> list[Count]:
        raise NotImplementedError

    def actions(self) -> Iterator[str]:
        """Everything this step would do, in words that stay the same for the same files and data."""
        raise NotImplementedError


def save(row: Versioned, verb: str, **values: Any) -> Make:
    """A change of plain fields."""

    def make(by: User | None, at: datetime) -> list[Happened]:
        current = changes.lock(row, version=row.version)
        for name, value in values.items():
            setattr(current, name, value)
        changes.write(current, list(values))
        return [Happened(current, verb, by, at, values)]

    return make


def lock_all(rows: Iterable[Model]) -> None:
    """One query for each kind, seats first and each kind in the order of its keys, as the services do it.

    Services append as they go, and the head of the chain must be the last lock: whoever holds one of these rows and
    waits for the head would otherwise wait for an import that waits for the row. Others may still refer to the rows:
    PostgreSQL looks at what a new row refers to when it commits, and then it holds the head.
    """
    keys: dict[type[Model], set[int]] = {}
    for row in rows:
        if row.pk is not None:
            keys.setdefault(row._meta.model, set()).add(row.pk)
    for model in sorted(keys, key=lambda model: (model is not Seat, model._meta.label)):
        found = model._default_manager.select_for_update(no_key=True).filter(pk__in=keys[model])
        list(found.order_by("pk").values_list("pk"))


def differing(row: Any, **values: Any) -> dict[str, Any]:
    """Which of the values are not what the row has."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}
