"""Presets: a folder of TOML for each programme. Reading them and saying what is wrong, with file and entry."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from teams.models import Programme

FOLDER = Path(__file__).parent / "presets"


class PresetError(Exception):
    """A preset that cannot be loaded. For whoever edits the files: English, like the files' own words."""


def names() -> list[str]:
    return sorted(folder.name for folder in FOLDER.iterdir() if (folder / "programme.toml").exists())


@dataclass(frozen=True)
class Entry:
    """One table of a TOML file. Every reader says file, entry and key when something is wrong."""

    where: str
    values: Mapping[str, Any]

    def text(self, key: str, default: str | None = None) -> str:
        return self._value(key, str, default)

    def number(self, key: str, default: int | None = None) -> int:
        return self._value(key, int, default)

    def flag(self, key: str, default: bool) -> bool:
        return self._value(key, bool, default)

    def day(self, key: str) -> date:
        return self._value(key, date, None)

    def choice(self, key: str, choices: type[Any], default: Any = None) -> Any:
        text = self.text(key, default)
        if text not in choices.values:
            raise PresetError(f"{self.where}: {key} = {text!r} is not one of {', '.join(choices.values)}")
        return text

    def entries(self, key: str) -> list["Entry"]:
        """The tables of an array. Those with a `code` are named by it."""
        rows = self._value(key, list, [])
        found = []
        for n, row in enumerate(rows, start=1):
            if not isinstance(row, dict):
                raise PresetError(f"{self.where}: entry {n} of {key} is not a table; write [[{key}]]")
            found.append(Entry(f"{self.where}, {key} {row.get('code') or n}", row))
        return found

    def texts(self, key: str) -> list[str]:
        """A list of texts; empty when the entry leaves it out."""
        words = self._value(key, list, [])
        if not all(isinstance(word, str) for word in words):
            raise PresetError(f"{self.where}: {key} = {words!r} should be a list of texts")
        return list(words)

    def table(self, key: str) -> "Entry":
        """One table in the file; empty when the file leaves it out."""
        return Entry(f"{self.where}, {key}", self._value(key, dict, {}))

    def only(self, *keys: str) -> "Entry":
        """Refuse keys nobody reads: most often a slip of the pen."""
        unknown = sorted(self.values.keys() - set(keys))
        if unknown:
            raise PresetError(f"{self.where}: nobody reads {', '.join(unknown)}; known are {', '.join(keys)}")
        return self

    def _value(self, key: str, kind: type, default: Any) -> Any:
        value = self.values.get(key, default)
        if value is None:
            raise PresetError(f"{self.where}: {key} is missing")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise PresetError(f"{self.where}: {key} = {value!r} should be a {kind.__name__}")
        return value


@dataclass(frozen=True)
class Preset:
    name: str

    @classmethod
    def find(cls, name: str) -> "Preset":
        if name not in names():
            raise PresetError(f"There is no programme {name!r}. There are: {', '.join(names())}")
        return cls(name)

    def file(self, stem: str) -> Entry:
        """A file of the folder; a programme that has nothing to say about something leaves the file out."""
        path = FOLDER / self.name / f"{stem}.toml"
        where = f"{self.name}/{path.name}"
        if not path.exists():
            return Entry(where, {})
        try:
            return Entry(where, tomllib.loads(path.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PresetError(f"{where}: {error}") from None

    def seats(self) -> Iterator[tuple[Entry, Entry]]:
        """Every seat with the template it belongs to."""
        for template in self.file("teams").entries("template"):
            for seat in template.entries("seat"):
                yield template, seat


def installed() -> Preset | None:
    """The preset that the installed programme came from, if its folder is still there."""
    code = Programme.current().code
    return Preset(code) if code in names() else None


def supplying_organs() -> dict[tuple[str, str], str]:
    """Names of the units that fill seats, by template and seat: for linking them when the units are imported."""
    preset = installed()
    if preset is None:
        return {}
    return {
        (template.text("code"), seat.text("code")): seat.text("supplied_by", "") for template, seat in preset.seats()
    }
