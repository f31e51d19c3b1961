"""Keyset paging: a page starts after the last row of the one before, so page 1,000 costs what page 1 costs.

The cursor is the sort key of a row, written as JSON in the address. It holds no secret: a changed cursor
only starts the list somewhere else, and an unreadable one starts it at the beginning.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Q, QuerySet

from core.storable import storable

PAGE_SIZE = 30


@dataclass(frozen=True)
class Page:
    """`rows` of one page and the cursors of its neighbours ("" where there is none)."""

    rows: list[Any]
    next: str
    previous: str


def page_of(queryset: QuerySet, *, order: Sequence[str], cursor: str = "", size: int = PAGE_SIZE) -> Page:
    """One page of `queryset` sorted by `order`, one query.

    `order` are field names, "-" for descending; the last one must be unique and none may be NULL.
    The cursor begins with ">" (rows after the key) or "<" (rows before it).
    """
    direction, key = _read(queryset, order, cursor)
    backwards = direction == "<"
    ordered = queryset.order_by(*(_flip(name) for name in order) if backwards else order)
    if key is not None:
        ordered = ordered.filter(_beyond(order, key, backwards))
    return _page(list(ordered[: size + 1]), order, size, backwards, is_first=key is None)


def first_page(rows: list[Any], *, order: Sequence[str], size: int = PAGE_SIZE) -> Page:
    """The page without a cursor, from the first `size + 1` rows of the list."""
    return _page(rows, order, size, backwards=False, is_first=True)


def _page(rows: list[Any], order: Sequence[str], size: int, backwards: bool, *, is_first: bool) -> Page:
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_previous = more if backwards else not is_first
    has_next = not is_first if backwards else more
    return Page(
        rows,
        next=_write(">", order, rows[-1]) if rows and has_next else "",
        previous=_write("<", order, rows[0]) if rows and has_previous else "",
    )


def _flip(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: Sequence[str], key: list[Any], backwards: bool) -> Q:
    """Rows that come after `key` in this order: first field beyond, or equal and the second beyond, and so on."""
    beyond, equal, start = Q(pk__in=[]), Q(), Q()
    for name, value in zip(order, key, strict=True):
        field = name.lstrip("-")
        comes_after = "lt" if name.startswith("-") != backwards else "gt"
        beyond |= equal & Q(**{f"{field}__{comes_after}": value})
        equal &= Q(**{field: value})
        # The first field alone tells an index where to begin; the rest only sorts out its equals.
        start = start or Q(**{f"{field}__{comes_after}e": value})
    return start & beyond


def _write(direction: str, order: Sequence[str], row: Any) -> str:
    values = [_value(row, name.lstrip("-")) for name in order]
    text = json.dumps([direction, *values], default=lambda value: value.isoformat())
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _value(row: Any, path: str) -> Any:
    if isinstance(row, dict):
        return row[path]
    for part in path.split("__"):
        row = getattr(row, part)
    return row


def _read(queryset: QuerySet, order: Sequence[str], cursor: str) -> tuple[str, list[Any] | None]:
    try:
        direction, *key = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        if direction not in ("<", ">") or len(key) != len(order):
            return ">", None
        return direction, [_clean(queryset, name, value) for name, value in zip(order, key, strict=True)]
    except (ValueError, TypeError, binascii.Error, ValidationError, FieldDoesNotExist, OverflowError, RecursionError):
        return ">", None


def _clean(queryset: QuerySet, name: str, value: Any) -> Any:
    """The value as the field would hold it, so that a made-up cursor cannot upset the database."""
    model, *parts = queryset.model, *name.lstrip("-").split("__")
    for part in parts[:-1]:
        model = model._meta.get_field(part).related_model
    field = model._meta.pk if parts[-1] == "pk" else model._meta.get_field(parts[-1])
    kept = field.clean(value, None)
    if kept is None or not storable(str(kept)):
        raise ValidationError("nothing a row could hold")
    return _moment(kept) if isinstance(kept, datetime) else kept


def _moment(moment: datetime) -> datetime:
    """A moment as rows have it: with its zone, and within the years that UTC has."""
    if moment.tzinfo is None:
        raise ValidationError("a moment without a zone")
    return moment.astimezone(UTC)
