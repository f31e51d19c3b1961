"""Many new rows through one door: inserted together, one event each. For imports; a page changes rows one by one."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

from core.events import Happened

M = TypeVar("M", bound=models.Model)

AT_ONCE = 500


def create_all(
    rows: Sequence[M], *, by: Any, at: datetime, payload: Callable[[M], dict[str, Any]], verb: str = "create"
) -> list[Happened]:
    """Insert the rows and return what is to be appended to the log.

    The caller appends everything at the end of its transaction: the head of the chain is always the last lock.
    """
    insert(rows)
    return [Happened(row, verb, by, at, payload(row)) for row in rows]


def insert(rows: Sequence[M]) -> None:
    """Rows may point to others that were inserted only just before."""
    if rows:
        type(rows[0])._default_manager.bulk_create(rows, batch_size=AT_ONCE)
