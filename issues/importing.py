"""Bulk doors for an import: the responsibility list, and a ledger kept before there was Manyi.

A ledger row becomes an issue as the services would have left it, with one event for each step the ledger tells of,
dated when it happened. Nothing is made up: who acted and what was answered is not known, so it stays empty.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from core import bulk
from core.clock import SHANGHAI
from core.events import Happened
from issues import counters, vault
from issues.models import Assignment, Category, Issue, IssueNumber, IssueStatus, Level, Reporter, Responsibility
from issues.rulebook import Rulebook
from issues.services.desks import named_unit
from teams.models import Area, OrgUnit, Team, User

# A ledger knows days, not hours: what was raised stands at the beginning of the day, what was closed at its end.
MORNING, EVENING = time(9), time(17)
TITLE = 40
CELLS_AT_ONCE = 1000
ISSUES_AT_ONCE = 1000  # a large ledger has twenty thousand; they need not all be in memory


@dataclass(frozen=True, slots=True)
class LedgerRow:
    code: str
    area: Area
    team: Team | None
    text: str
    category: Category
    level: Level
    unit: OrgUnit
    raised_on: date
    status: str
    closed_on: date | None = None
    reporter_name: str = field(default="", repr=False)
    reporter_phone: str = field(default="", repr=False)

    @property
    def raised_at(self) -> datetime:
        return datetime.combine(self.raised_on, MORNING, SHANGHAI)

    @property
    def closed_at(self) -> datetime | None:
        return datetime.combine(self.closed_on, EVENING, SHANGHAI) if self.closed_on else None

    @property
    def is_accepted(self) -> bool:
        return self.status != IssueStatus.ASSIGNED


def import_ledger(rows: Sequence[LedgerRow], *, by: User | None, at: datetime) -> Iterator[Happened]:
    """New issues under the numbers the ledger gave them. What happened is put together as it is asked for, at the end."""
    books = {day: Rulebook(day) for day in {row.raised_on for row in rows}}
    cells: counters.Numbers = Counter()
    written: list[tuple[int, date | None]] = []
    for start in range(0, len(rows), ISSUES_AT_ONCE):
        for issue in _insert(rows[start : start + ISSUES_AT_ONCE], books):
            cells.update(counters.cells_of(issue))
            written.append((issue.pk, issue.due_on))
    _count_on([row.code for row in rows])
    _count(cells)
    return _courses(rows, written, by, at)


def _insert(rows: Sequence[LedgerRow], books: dict[date, Rulebook]) -> list[Issue]:
    issues = [_issue(row, books[row.raised_on]) for row in rows]
    bulk.insert(issues)
    bulk.insert([_assignment(issue, row) for issue, row in zip(issues, rows, strict=True)])
    bulk.insert(list(_reporters(issues, rows)))
    return issues


def _issue(row: LedgerRow, book: Rulebook) -> Issue:
    issue = Issue(
        code=row.code,
        quarter=row.code.partition("-")[0],
        team=row.team,
        area=row.area,
        street=row.area.street,
        raised_on=row.raised_on,
        title=row.text if len(row.text) <= TITLE else "",
        original_text=row.text,
        category=row.category,
        status=row.status,
        level=row.level,
        owner_unit=row.unit,
        ending=row.status if row.status in IssueStatus.closed_states else "",
        submitted_at=row.raised_at,
        accepted_at=row.raised_at if row.is_accepted else None,
        answered_at=row.closed_at,
        closed_at=row.closed_at,
    )
    limits = book.deadlines(issue, row.level.number, submitted_on=row.raised_on, assigned_on=row.raised_on)
    issue.accept_by, issue.due_on = limits.accept_by, limits.due_on
    if row.closed_on:
        issue.days_used = max(book.workdays.between(row.raised_on, row.closed_on), 0)
    return issue


def _assignment(issue: Issue, row: LedgerRow) -> Assignment:
    return Assignment(issue=issue, level=row.level, unit=row.unit, since=row.raised_at, until=row.closed_at)


def _reporters(issues: Iterable[Issue], rows: Iterable[LedgerRow]) -> Iterable[Reporter]:
    for issue, row in zip(issues, rows, strict=True):
        if row.reporter_name or row.reporter_phone:
            yield vault.sealed(issue, vault.Reported(row.reporter_name, row.reporter_phone))


def _count_on(codes: Iterable[str]) -> None:
    """Numbers given from now on come after the ledger's."""
    last: dict[str, int] = {}
    for code in codes:
        quarter, _, number = code.partition("-")
        last[quarter] = max(last.get(quarter, 0), int(number))
    for quarter, newest in sorted(last.items()):
        row, _created = IssueNumber.objects.select_for_update(no_key=True).get_or_create(quarter=quarter)
        if row.last < newest:
            row.last = newest
            row.save(update_fields=["last"])


def _count(cells: counters.Numbers) -> None:
    rows = sorted(cells.items())
    for start in range(0, len(rows), CELLS_AT_ONCE):
        counters.apply(Counter(dict(rows[start : start + CELLS_AT_ONCE])))


def _courses(
    rows: Sequence[LedgerRow], written: Sequence[tuple[int, date | None]], by: User | None, at: datetime
) -> Iterator[Happened]:
    for row, (pk, due_on) in zip(rows, written, strict=True):
        yield from _course(Issue(pk=pk, code=row.code, due_on=due_on), row, by, at)


def _course(issue: Issue, row: LedgerRow, by: User | None, at: datetime) -> Iterator[Happened]:
    """Who acted then is not known, so these steps name nobody; who brought them in stands in the last event."""
    code, due_on = {"code": issue.code, "level": row.level.number}, {"due_on": issue.due_on}
    yield Happened(issue, "submit", None, row.raised_at, {**code, **due_on})
    yield Happened(issue, "route", None, row.raised_at, {"level": row.level.number, **named_unit(row.unit), **due_on})
    if row.is_accepted:
        yield Happened(issue, "accept", None, row.raised_at)
    if row.closed_at is not None:
        yield Happened(issue, f"confirm_{row.status}", None, row.closed_at)
    yield Happened(issue, "import", by, at, {"code": issue.code})


# -- The responsibility list ------------------------------------------------------------------


def add_categories(categories: Sequence[Category], *, by: User | None, at: datetime) -> list[Happened]:
    return bulk.create_all(categories, by=by, at=at, payload=lambda category: {"name": category.name_zh})


def add_responsibilities(entries: Sequence[Responsibility], *, by: User | None, at: datetime) -> list[Happened]:
    return bulk.create_all(entries, by=by, at=at, payload=_entry)


def replace_responsibility(
    old: Responsibility, new: Responsibility, *, by: User | None, at: datetime
) -> list[Happened]:
    """The entry before ends the day before; one that began on the same day or later is put right in its place."""
    if old.from_day < new.from_day:
        old.until_day = new.from_day - timedelta(days=1)
        old.save(update_fields=["until_day"])
        ended = Happened(old, "change", by, at, {"until_day": old.until_day})
        return [ended, *bulk.create_all([new], by=by, at=at, payload=_entry)]
    fields = ["unit", "basis", "ordinary_days", "complex_days", "from_day"]
    for name in fields:
        setattr(old, name, getattr(new, name))
    old.save(update_fields=fields)
    return [Happened(old, "change", by, at, _entry(old))]


def _entry(entry: Responsibility) -> dict[str, object]:
    return {
        "category": entry.category_id,
        "unit": entry.unit_id,
        "basis": entry.basis,
        "days": [entry.ordinary_days, entry.complex_days],
    }
