"""The ledger: one line an issue for Excel, without names or numbers of residents."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.localized import pick
from core.personal import without_numbers
from issues.models import Complexity, IssueStatus

HEADER = [
    _("Number"),
    _("Raised on"),
    _("Street office"),
    _("Residential area"),
    _("Category"),
    _("Issue"),
    _("What the resident said"),
    _("Households"),
    _("Difficulty"),
    _("Level"),
    _("Responsible unit"),
    _("Case handler"),
    _("Status"),
    _("Answer by"),
    _("Answered on"),
    _("Closed on"),
    _("Working days used"),
]
COLUMNS = (
    "code",
    "raised_on",
    "street__name",
    "area__name",
    "category__name_zh",
    "category__name_en",
    "title",
    "original_text",
    "households",
    "complexity",
    "level__name_zh",
    "level__name_en",
    "owner_unit__name",
    "handler__name",
    "status",
    "due_on",
    "answered_at",
    "closed_at",
    "days_used",
)


def ledger(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Read in pieces, so that a quarter million lines need no more memory than a hundred."""
    for row in rows.order_by("id").values(*COLUMNS).iterator(chunk_size=2000):
        yield [
            row["code"],
            row["raised_on"],
            row["street__name"],
            row["area__name"],
            pick(row["category__name_zh"] or "", row["category__name_en"] or ""),
            without_numbers(row["title"]),
            without_numbers(row["original_text"]),
            row["households"],
            Complexity(row["complexity"]).label,
            pick(row["level__name_zh"] or "", row["level__name_en"] or ""),
            row["owner_unit__name"],
            row["handler__name"],
            IssueStatus(row["status"]).label,
            row["due_on"],
            _day(row["answered_at"]),
            _day(row["closed_at"]),
            row["days_used"],
        ]


def _day(moment: Any) -> Any:
    return today(moment) if moment else ""
