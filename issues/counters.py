"""Numbers kept at write time: every page reads dozens of counters, none counts issues.

| facet | key |
|---|---|
| all | 0 |
| level | number of the level, 0 while nobody has said |
| category, street, area, team, unit | primary key, 0 for none; unit is the responsible one |
| street_category | street:category |
| category_level | category:level |
| days | level:working days used, closed issues only |

`quarter` is the quarter of submission. Drafts are not counted.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import BigIntegerField, CharField, Count, QuerySet, Sum, Value
from django.db.models.functions import Cast

from issues.models import Issue, IssueCounter, IssueStatus


class Cell(NamedTuple):
    quarter: str
    facet: str
    key: str
    status: str


Numbers = Counter[Cell]

FIELDS = (
    "quarter",
    "status",
    "level__number",
    "category_id",
    "street_id",
    "area_id",
    "team_id",
    "owner_unit_id",
    "days_used",
)


def cells_of(issue: Issue) -> Numbers:
    """Where one issue counts."""
    if issue.status == IssueStatus.DRAFT:
        return Counter()
    level = issue.level.number if issue.level else None
    row = (issue.quarter, issue.status, level, issue.category_id, issue.street_id, issue.area_id, issue.team_id)
    return Counter(_cells(*row, issue.owner_unit_id, issue.days_used))


def _cells(
    quarter: str,
    status: str,
    level: int | None,
    category: int | None,
    street: int,
    area: int,
    team: int | None,
    unit: int | None,
    days: int | None,
) -> list[Cell]:
    level, category, team, unit = (each or 0 for each in (level, category, team, unit))
    keys = [
        ("all", 0),
        ("level", level),
        ("category", category),
        ("street", street),
        ("area", area),
        ("team", team),
        ("unit", unit),
        ("street_category", f"{street}:{category}"),
        ("category_level", f"{category}:{level}"),
    ]
    if status in IssueStatus.closed_states:
        keys.append(("days", f"{level}:{days}"))
    return [Cell(quarter, facet, str(key), status) for facet, key in keys]


def apply(deltas: Numbers) -> None:
    """Add the differences in one statement, rows in one order so that two writers never wait in a ring.

    Lock the issues first and append events last (see core.events).
    """
    rows = sorted((*cell, n) for cell, n in deltas.items() if n)
    if not rows:
        return
    table = IssueCounter._meta.db_table
    values = ", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (quarter, facet, key, status, n) VALUES {values} "
            f"ON CONFLICT (quarter, facet, key, status) DO UPDATE SET n = {table}.n + excluded.n",
            [value for row in rows for value in row],
        )


def subtract(after: Numbers, before: Numbers) -> Numbers:
    """What changed: counts may be negative, which `Counter`'s own minus would drop."""
    difference = Counter(after)
    difference.subtract(before)
    return difference


def stored(quarter: str) -> Numbers:
    """What the counters of a quarter say."""
    return compared(quarter)[0]


def compared(quarter: str) -> tuple[Numbers, Numbers]:
    """What the counters of a quarter say, and what they should say from the issues themselves.

    Both are read by one statement, so that an issue that moves meanwhile is in both or in none.
    """
    kept: Numbers = Counter()
    counted: Numbers = Counter()
    for facet, key, n, *row in _in_one_statement(quarter).iterator(chunk_size=2000):
        if facet:
            kept[Cell(row[0], facet, key, row[1])] += n
        else:
            for cell in _cells(*row):
                counted[cell] += n
    return kept, counted


def _in_one_statement(quarter: str) -> QuerySet[Any, Any]:
    """Rows of counters, and groups of issues with neither facet nor key."""
    counters = IssueCounter.objects.filter(quarter=quarter).exclude(n=0).order_by()
    groups = Issue.objects.submitted().filter(quarter=quarter).order_by().values(*FIELDS).annotate(c=Count("pk"))
    nothing = Value("", output_field=CharField())
    blanks = [Cast(Value(None), BigIntegerField())] * (len(FIELDS) - 2)
    return counters.values_list("facet", "key", "n", "quarter", "status", *blanks).union(
        groups.values_list(nothing, nothing, "c", *FIELDS), all=True
    )


@dataclass(frozen=True)
class Difference:
    cell: Cell
    stored: int
    counted: int


def differences() -> list[Difference]:
    """Where counters and issues disagree: nothing, unless somebody went past the services."""
    found = []
    for quarter in _quarters():
        kept, counted = compared(quarter)
        for cell in sorted(kept.keys() | counted.keys()):
            if kept[cell] != counted[cell]:
                found.append(Difference(cell, kept[cell], counted[cell]))
    return found


def repair() -> int:
    """Put the counters right and say how many were wrong. For after an accident or a bulk load."""
    with transaction.atomic():
        wrong = differences()
        apply(Counter({each.cell: each.counted - each.stored for each in wrong}))
    return len(wrong)


def _quarters() -> list[str]:
    kept = set(IssueCounter.objects.values_list("quarter", flat=True).distinct())
    return sorted(kept | set(Issue.objects.submitted().order_by().values_list("quarter", flat=True).distinct()))


def total(
    *, facet: str, key: Any = 0, statuses: Iterable[str] | None = None, quarters: Iterable[str] | None = None
) -> int:
    """One number: how many issues of this key have one of the statuses."""
    rows = IssueCounter.objects.filter(facet=facet, key=str(key))
    if statuses is not None:
        rows = rows.filter(status__in=list(statuses))
    if quarters is not None:
        rows = rows.filter(quarter__in=list(quarters))
    return rows.aggregate(n=Sum("n"))["n"] or 0
