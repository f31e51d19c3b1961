"""CSV for office workers: Excel reads it as UTF-8 and no cell is taken for a formula."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse

BOM = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def safe_cell(value: Any) -> str:
    """The value as text; an apostrophe keeps a spreadsheet from running it or shortening a long number."""
    text = "" if value is None else str(value)
    if text.startswith(FORMULA_STARTS) or (text.isdigit() and len(text) > 10):
        return f"'{text}"
    return text


class _Line:
    def write(self, line: str) -> str:
        return line


def csv_answer(filename: str, header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        writer = csv.writer(_Line())
        yield BOM + writer.writerow([safe_cell(cell) for cell in header])
        for row in rows:
            yield writer.writerow([safe_cell(cell) for cell in row])

    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )
