"""Which table a sheet holds. Tables are known by their headings, whatever the file or the sheet is called."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from programmes.imports.cells import Record, folded
from programmes.imports.reading import Line, Sheet
from programmes.imports.report import Notes, Place

ROWS_BEFORE_HEADINGS = 15
YEAR_IN_WORDS = re.compile(r"(20\d\d)\s*年?")


@dataclass(frozen=True)
class Kind:
    """A table we know. `repeated` headings (手机) belong to the last of `people` before them: 律师手机."""

    key: str
    label: Any
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        return self.required + self.optional

    def shown(self) -> str:
        """The heading row as it should be typed."""
        words = (heading.removeprefix(person) if heading != person else heading for heading, person in self._owners())
        return _(", ").join(words)

    def _owners(self) -> Iterator[tuple[str, str]]:
        for heading in self.required:
            owner = next((person for person in self.people if heading == f"{person}{self.repeated[0]}"), "")
            yield heading, owner

    def columns_of(self, line: Line) -> dict[str, int]:
        """Where each heading of this kind stands in the line."""
        found: dict[str, int] = {}
        person = ""
        for position, value in enumerate(line.values):
            heading = plain(value)
            if heading in self.people:
                person = heading
            if heading in self.repeated:
                heading = f"{person}{heading}"
            if heading in self.headings:
                found.setdefault(heading, position)
        return found


def plain(value: Any) -> str:
    """A heading without blanks, and without what stands in brackets after it."""
    return re.sub(r"\s+|\(.*\)", "", folded(value))


@dataclass
class Table:
    """A sheet whose kind is known: where its headings stand and the lines below them."""

    kind: Kind
    file: str
    sheet: str
    columns: Mapping[str, int]
    lines: list[Line]
    notes: Notes
    titles: list[str] = field(default_factory=list)

    def records(self) -> Iterator[Record]:
        """The lines with content; sums at the foot are skipped."""
        for line in self.lines:
            record = Record(self.file, self.sheet, line, self.columns, self.notes)
            if not record.is_total:
                yield record

    @property
    def year(self) -> int | None:
        """The year that the title above the headings, the sheet or the file names."""
        for text in (*self.titles, self.sheet, self.file):
            if found := YEAR_IN_WORDS.search(folded(text)):
                return int(found[1])
        return None


def recognise(file: str, sheet: Sheet, kinds: list[Kind], notes: Notes) -> Table | None:
    """The table on this sheet, or None after noting why there is none."""
    place = Place(file, sheet.name)
    if sheet.hidden:
        notes.remark(place, _("The sheet is hidden and was not read."))
        return None
    best = _best(sheet, kinds)
    if best is None:
        notes.unread(
            place,
            _("This is none of the tables we know: %(kinds)s. Delete or hide the sheet, or check its headings.")
            % {"kinds": _(", ").join(str(kind.label) for kind in kinds)},
        )
        return None
    kind, position, columns = best
    headings = sheet.lines[position]
    missing = [heading for heading in kind.required if heading not in columns]
    for heading in missing:
        notes.unread(
            Place(file, sheet.name, f"A{headings.number}"),
            _("The column “%(heading)s” is missing. The headings must be: %(all)s.")
            % {"heading": heading, "all": kind.shown()},
        )
    if missing:
        return None
    titles = [str(value) for line in sheet.lines[:position] for value in line.values if isinstance(value, str)]
    return Table(kind, file, sheet.name, columns, sheet.lines[position + 1 :], notes, titles)


def _best(sheet: Sheet, kinds: list[Kind]) -> tuple[Kind, int, dict[str, int]] | None:
    """The kind and the line that agree in most headings; at least half of the required ones."""
    found: list[tuple[float, Kind, int, dict[str, int]]] = []
    for position, line in enumerate(sheet.lines[:ROWS_BEFORE_HEADINGS]):
        for kind in kinds:
            columns = kind.columns_of(line)
            agree = sum(heading in columns for heading in kind.required)
            if agree >= 2 and agree * 2 >= len(kind.required):
                found.append((agree / len(kind.required) + agree / 1000, kind, position, columns))
    return max(found, key=lambda item: item[0])[1:] if found else None
