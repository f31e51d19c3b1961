"""From an uploaded file to sheets of cells with addresses. Whatever cannot be read is refused with a sentence."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 300
MOST_ROWS = 20_000
MOST_COLUMNS = 100

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Unreadable(Exception):
    """The file is not what it should be. The message is a sentence for the user."""

    def __init__(self, sentence: Any, *, sheet: str = "") -> None:
        super().__init__(sentence)
        self.sentence, self.sheet = sentence, sheet


class NoValue:
    """A formula whose result the workbook does not carry."""


NO_VALUE = NoValue()


@dataclass(frozen=True, slots=True)
class Line:
    """One row that is not blank, with its number as the spreadsheet shows it."""

    number: int
    values: tuple[Any, ...]

    def address(self, column: int) -> str:
        return f"{get_column_letter(column + 1)}{self.number}"

    def __getitem__(self, column: int) -> Any:
        return self.values[column] if column < len(self.values) else None


@dataclass(frozen=True)
class Sheet:
    name: str
    lines: list[Line]
    hidden: bool = False


def read(content: bytes, *, size: int | None = None) -> list[Sheet]:
    """The sheets of a workbook, or the one sheet of a CSV file (its name is empty).

    `size` is the file's own; of one that is too large nobody needs to hand in all of it.
    """
    refuse_by_size(len(content) if size is None else size)
    if content.startswith(OLE):
        raise Unreadable(
            _("The workbook is protected with a password. Take the password off in Excel, save it and try again.")
            if ENCRYPTED in content
            else _("This is an old workbook (.xls). Open it in Excel and save it as an Excel workbook (.xlsx).")
        )
    if content.startswith(b"PK"):
        return _workbook(content)
    return [
        Sheet(
            "", list(_lines(csv.reader(io.StringIO(_decoded(content), newline=""), delimiter=_delimiter(content)), ""))
        )
    ]


def refuse_by_size(size: int) -> None:
    """Before anything is unpacked or parsed."""
    if size == 0:
        raise Unreadable(_("The file is empty (0 bytes)."))
    if size > LARGEST_FILE:
        raise Unreadable(
            _("The file has %(size)s MB; at most %(most)s MB can be imported. Divide it into smaller files.")
            % {"size": round(size / 1024 / 1024), "most": LARGEST_FILE // 1024 // 1024}
        )


# -- Workbooks --------------------------------------------------------------------------------


def _workbook(content: bytes) -> list[Sheet]:
    has_formulas = _look_inside(content)
    try:
        values = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        formulas = load_workbook(io.BytesIO(content), read_only=True, keep_links=False) if has_formulas else None
        return [
            Sheet(name, list(_lines(_rows(values[name], formulas), name)), hidden=values[name].sheet_state != "visible")
            for name in (sheet.title for sheet in values.worksheets)
        ]
    except Unreadable:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers meet in a damaged file
        raise Unreadable(
            _("The workbook is damaged and cannot be read. Open it in Excel and save it again.")
        ) from error


def _look_inside(content: bytes) -> bool:
    """Refuse what only looks like a workbook, or would fill the memory. Says whether there are formulas."""
    not_one = Unreadable(_("This is not an Excel workbook (.xlsx) and not a CSV file."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if "[Content_Types].xml" not in archive.namelist() or not any(
                part.filename.startswith("xl/") for part in parts
            ):
                raise not_one
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise Unreadable(_("Unpacked, the workbook is far too large. Copy the table into a new workbook."))
            found = [_part_has_formulas(archive, part) for part in parts if part.filename.endswith(".xml")]
            return any(found)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise not_one from error


def _part_has_formulas(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """The sizes in the directory may lie, so no more is read than they promised."""
    with archive.open(part) as stream:
        text = stream.read(part.file_size + 1)
    if len(text) > part.file_size or DOCTYPE.search(text[:4096]):
        raise zipfile.BadZipFile
    return part.filename.startswith("xl/worksheets/") and FORMULA.search(text) is not None


def _rows(sheet: Any, formulas: Any) -> Iterator[tuple[Any, ...]]:
    """Values as last calculated; NO_VALUE where a formula was never calculated."""
    sheet.reset_dimensions()  # what the file says about its size is often wrong
    if formulas is None:
        yield from sheet.iter_rows(values_only=True)
        return
    twin = formulas[sheet.title]
    twin.reset_dimensions()
    for values, cells in zip_longest(sheet.iter_rows(values_only=True), twin.iter_rows(), fillvalue=()):
        uncalculated = {
            n for n, cell in enumerate(cells) if cell.data_type == "f" and (n >= len(values) or values[n] is None)
        }
        width = max(len(values), max(uncalculated, default=-1) + 1)
        yield tuple(NO_VALUE if n in uncalculated else values[n] if n < len(values) else None for n in range(width))


# -- Text -------------------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, or GB18030, as Excel in China writes it."""
    not_one = Unreadable(_("This is not an Excel workbook (.xlsx) and not a CSV file."))
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(ord(char) < 32 and char not in "\t\r\n" for char in text):
            break
        return text
    raise not_one


def _delimiter(content: bytes) -> str:
    first = next((line for line in _decoded(content).splitlines() if line.strip()), "")
    return max(",\t;", key=first.count)


# -- Both -------------------------------------------------------------------------------------


def _lines(rows: Iterable[Iterable[Any]], sheet: str) -> Iterator[Line]:
    """Rows with something in them, up to the limits."""
    found = 0
    try:
        for number, row in enumerate(rows, start=1):
            values = tuple(row)
            while values and _is_blank(values[-1]):
                values = values[:-1]
            if not values:
                continue
            found += 1
            if found > MOST_ROWS or len(values) > MOST_COLUMNS:
                raise Unreadable(
                    _("The sheet has more than %(rows)s rows or %(columns)s columns. Divide it into smaller files.")
                    % {"rows": MOST_ROWS, "columns": MOST_COLUMNS},
                    sheet=sheet,
                )
            yield Line(number, values)
    except csv.Error as error:
        raise Unreadable(_("This is not an Excel workbook (.xlsx) and not a CSV file.")) from error


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
