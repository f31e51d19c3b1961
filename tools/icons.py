"""Build var/vendor/icons.svg, one symbol for each icon named in static/icons.txt: `python -m tools.icons`."""

import json
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import quoteattr

from tools import ROOT, VAR

# An icon as Tabler ships it: [["path", {"d": "M4 7a2 2 0 0 1 2 -2"}], ...]
Shapes = list[tuple[str, dict[str, str]]]

NAMES = ROOT / "static/icons.txt"
LIBRARY = VAR / "icons.json"
SPRITE = VAR / "vendor/icons.svg"
NOTICE = "<!-- Tabler Icons (outline), MIT License, see icons/LICENSE.txt -->"


def main() -> None:
    library = json.loads(LIBRARY.read_text())
    write(sprite(names_in(NAMES), library), SPRITE)


def names_in(file: Path) -> list[str]:
    """The names in the file, one a line; lines that start with # are remarks."""
    lines = (line.strip() for line in file.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def sprite(names: Iterable[str], library: dict[str, Shapes]) -> str:
    """Symbols without colour and stroke: those come from the style sheet, through `currentColor`."""
    names = list(names)
    if unknown := [name for name in names if name not in library]:
        raise SystemExit(f"static/icons.txt names icons that Tabler does not have: {', '.join(unknown)}")
    symbols = [symbol(name, library[name]) for name in names]
    return "\n".join([NOTICE, '<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])


def symbol(name: str, shapes: Shapes) -> str:
    inside = "".join(f"<{tag}{attributes(values)}/>" for tag, values in shapes)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inside}</symbol>'


def attributes(values: dict[str, str]) -> str:
    return "".join(f" {key}={quoteattr(value)}" for key, value in values.items())


def write(text: str, file: Path) -> None:
    """All or nothing: a running site never reads half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.write_text(text)
    draft.replace(file)


if __name__ == "__main__":
    main()
