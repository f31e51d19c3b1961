"""One step of an import: what a kind of table would create, change and leave, and how it is written."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from core import changes
from core.events import Happened
from core.models import Versioned
from programmes.imports.known import Known
from programmes.imports.report import Count, Notes
from programmes.imports.tables import Table
from teams.models import User


@dataclass(frozen=True)
class Change:
    """A row that exists and differs: `make` changes it through the service that pages use too."""

    words: str
    make: Callable[[User | None, datetime], Any]


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

    def change(self, by: User | None, at: datetime) -> None:
        for one in self.changes:
            one.make(by, at)

    def counts(self) -> list[Count]:
        raise NotImplementedError

    def actions(self) -> Iterator[str]:
        """Everything this step would do, in words that stay the same for the same files and data."""
        raise NotImplementedError


def save(row: Versioned, verb: str, **values: Any) -> Callable[[User | None, datetime], Any]:
    """A change of plain fields, through the one door for changes."""

    def make(by: User | None, at: datetime) -> None:
        current = changes.lock(row, version=row.version)
        for name, value in values.items():
            setattr(current, name, value)
        changes.save(current, verb, by=by, at=at, fields=list(values))

    return make


def differing(row: Any, **values: Any) -> dict[str, Any]:
    """Which of the values are not what the row has."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}
