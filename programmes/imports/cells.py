"""One line under its headings. Every reader takes the value as people type it, or notes a sentence at its cell."""

import re
import unicodedata
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from programmes.imports.reading import NO_VALUE, Line
from programmes.imports.report import Notes, Place
from teams.names import clean_name, clean_phone, is_mobile

VACANT = {"暂缺", "空缺", "待定", "无"}
TOTALS = ("合计", "总计", "小计", "共计")
EXCEL_ERRORS = {"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"}
FULL_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0?0:00(?::00)?)?")
SHORT_DATE = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
YEARS = range(2000, 2101)
LONGEST_NAME = 40


def folded(value: Any) -> str:
    """Full-width forms made narrow and blanks at both ends taken off: for comparing, not for keeping."""
    return unicodedata.normalize("NFKC", shown(value)).strip()


def shown(value: Any) -> str:
    """The value as the spreadsheet shows it: a number typed into a text column has no “.0”."""
    if value is None or value is NO_VALUE:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


@dataclass(frozen=True, slots=True)
class Record:
    """A line of a table. `columns` says at which position each heading stands."""

    file: str
    sheet: str
    line: Line
    columns: Mapping[str, int]
    notes: Notes

    def place(self, heading: str = "") -> Place:
        cell = self.line.address(self.columns[heading]) if heading in self.columns else f"A{self.line.number}"
        return Place(self.file, self.sheet, cell)

    def error(self, heading: str, sentence: Any, *, follows: bool = False) -> None:
        self.notes.error(self.place(heading), sentence, follows=follows)

    def missing(self, heading: str) -> None:
        self.error(heading, _("“%(heading)s” is missing.") % {"heading": heading})

    def is_first(self, heading: str, name: str, seen: MutableMapping[str, "Record"]) -> bool:
        """Whether the name stands here for the first time; one that comes again is refused."""
        if name in seen:
            self.error(
                heading,
                _("“%(name)s” stands in %(place)s already.") % {"name": name, "place": seen[name].place(heading)},
            )
            return False
        if name:
            seen[name] = self
        return bool(name)

    def value(self, heading: str) -> Any:
        """The cell, or None with a sentence where a formula has no usable result."""
        found = self.line[self.columns[heading]] if heading in self.columns else None
        if found is NO_VALUE:
            self.error(
                heading, _("The formula has no stored result. Open the workbook in Excel, save it and try again.")
            )
            return None
        if isinstance(found, str) and found.strip() in EXCEL_ERRORS:
            self.error(heading, _("The formula has an error: %(error)s") % {"error": found.strip()})
            return None
        return found

    def is_empty(self, heading: str) -> bool:
        """Nothing was typed; what was typed wrongly is there and gets a sentence of its own."""
        found = self.line[self.columns[heading]]
        return found is not NO_VALUE and not folded(found)

    @property
    def is_total(self) -> bool:
        return any(folded(value).startswith(TOTALS) for value in self.line.values[:2])

    # -- Readers: each returns an empty value after noting a problem ------------------------------

    def text(self, heading: str, *, most: int, required: bool = True) -> str:
        text = re.sub(r"\s+", " ", shown(self.value(heading)).replace("\u3000", " ")).strip()
        if any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
            self.error(heading, _("There is a character in it that cannot be stored."))
            return ""
        if required and not text:
            self.missing(heading)
        if len(text) > most:
            self.error(heading, _("At most %(most)s characters; there are %(n)s.") % {"most": most, "n": len(text)})
            return ""
        return text

    def name(self, heading: str, *, required: bool = True) -> str:
        name = clean_name(self.text(heading, most=LONGEST_NAME, required=required))
        if len(name) > LONGEST_NAME:  # one character may be folded into eighteen
            words = _("At most %(most)s characters; there are %(n)s.")
            self.error(heading, words % {"most": LONGEST_NAME, "n": len(name)})
            return ""
        return name

    def is_vacant(self, heading: str) -> bool:
        return folded(self.value(heading)) in VACANT

    def mobile(self, heading: str) -> str:
        """Eleven digits, however they were typed."""
        typed = shown(self.value(heading))
        phone = clean_phone(typed)
        if is_mobile(phone):
            return phone
        if not typed.strip():
            self.error(heading, _("The mobile number is missing."))
        elif phone and len(phone) != 11:
            self.error(heading, _("A mobile number has 11 digits; this one has %(n)s.") % {"n": len(phone)})
        else:
            self.error(heading, _("This is not a mobile number."))
        return ""

    def number(self, heading: str, *, most: int) -> int:
        """A whole number that is not negative; thousands may be divided by commas."""
        text = folded(self.value(heading)).replace(",", "")
        if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > most:
            self.error(heading, _("Please write a whole number from 0 to %(most)s.") % {"most": most})
            return 0
        return int(text)

    def day(self, heading: str, *, year: int, required: bool = True) -> date | None:
        """An Excel date, 2026/4/7, 2026-04-07, 2026年4月7日, or 4月7日 in the year of the file."""
        value = self.value(heading)
        found = day_of(value, year=year)
        if found is None and (required or folded(value)):
            self.error(heading, _("This is not a date. Write it like 2026-10-09 or 10月9日."))
        return found

    def choice(self, heading: str, words: Mapping[str, Any], *, required: bool = True) -> Any:
        """What the word stands for. Of several words for one thing the first is the one to be typed."""
        typed = folded(self.value(heading))
        if typed in words:
            return words[typed]
        if typed or required:
            first_words = {str(value): word for word, value in reversed(list(words.items()))}
            shown_words = _(", ").join(reversed(first_words.values()))
            self.error(
                heading, _("“%(typed)s” is not one of: %(words)s.") % {"typed": typed[:40], "words": shown_words}
            )
        return None


def day_of(value: Any, *, year: int) -> date | None:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value if value.year in YEARS else None
    text = folded(value)
    try:
        if full := FULL_DATE.fullmatch(text):
            found = date(*(int(part) for part in full.groups()))
            return found if found.year in YEARS else None
        if short := SHORT_DATE.fullmatch(text):
            return date(year, int(short[1]), int(short[2]))
    except ValueError:
        return None
    return None


def has_year(value: Any) -> int | None:
    """The year a date cell carries itself, if it does."""
    if isinstance(value, date):
        return value.year
    full = FULL_DATE.fullmatch(folded(value))
    return int(full[1]) if full else None
