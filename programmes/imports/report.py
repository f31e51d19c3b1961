"""What an import found: places, problems in words, and how much of each kind would be created, changed or left."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

SEPARATOR = " · "


@dataclass(frozen=True)
class Place:
    """Where something stands: a file, and as far as it is known the sheet and the cell."""

    file: str
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        return SEPARATOR.join(part for part in (self.file, self.sheet, self.cell) if part)


@dataclass(frozen=True)
class Problem:
    """A sentence for the user and where it belongs. One that does not block only says what was left out.

    One that `follows` may only come from another file that could not be read.
    """

    place: Place
    sentence: Any
    blocks: bool = True
    follows: bool = False

    def __str__(self) -> str:
        return f"{self.place}{SEPARATOR}{self.sentence}"


@dataclass
class Count:
    """One line of the summary. `changes` are short words for what would change, shown before it does."""

    label: Any
    created: int = 0
    changed: int = 0
    left: int = 0
    changes: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def total(self) -> int:
        return self.created + self.changed + self.left


class Notes:
    """Collects problems while files are read; the same sentence is kept once per place."""

    def __init__(self) -> None:
        self._problems: dict[tuple[Place, str], Problem] = {}
        self.incomplete = False

    def error(self, place: Place, sentence: Any, *, follows: bool = False) -> None:
        self._add(Problem(place, sentence, follows=follows))

    def remark(self, place: Place, sentence: Any, *, follows: bool = False) -> None:
        """Something left out on purpose: worth reading, no reason to stop."""
        self._add(Problem(place, sentence, blocks=False, follows=follows))

    def unread(self, place: Place, sentence: Any) -> None:
        """A whole file or sheet that could not be read: what is missing now, other tables would miss line by line."""
        self.incomplete = True
        self.error(place, sentence)

    def _add(self, problem: Problem) -> None:
        self._problems.setdefault((problem.place, str(problem.sentence)), problem)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self._kept() if problem.blocks]

    @property
    def remarks(self) -> list[Problem]:
        return [problem for problem in self._kept() if not problem.blocks]

    def _kept(self) -> list[Problem]:
        return [problem for problem in self._problems.values() if not (self.incomplete and problem.follows)]


@dataclass
class Report:
    """The outcome of a dry run or of an import. `digest` names exactly what was shown."""

    files: list[str]
    counts: list[Count]
    errors: list[Problem]
    remarks: list[Problem]
    digest: str = ""

    @property
    def is_fine(self) -> bool:
        return not self.errors

    @property
    def has_changes(self) -> bool:
        return any(count.created or count.changed for count in self.counts)


def digest_of(actions: Iterable[str]) -> str:
    """A fingerprint of everything an import would do."""
    digest = hashlib.sha256()
    for action in actions:
        digest.update(f"{action}\n".encode())
    return digest.hexdigest()
