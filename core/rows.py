"""Many table rows as one string: what `format_html_join` does, several times as fast."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.safestring import SafeString


def join_rows(pattern: str, rows: Iterable[Iterable[Any]]) -> SafeString:
    """`pattern` is our own mark-up with a {} for each cell; texts are escaped, safe strings stay as they are."""
    return SafeString("".join(pattern.format(*map(_cell, row)) for row in rows))


def _cell(value: Any) -> str:
    return value if isinstance(value, SafeString) else escape(str(value))
