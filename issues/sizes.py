"""How many a list has when filters are on: from the counters where they know, else counted up to a thousand."""

from django.utils.translation import ngettext

from core.models import ChainHead
from core.statements import Statement, written
from issues.filters import NOBODY, FilterForm
from issues.lists import CappedCount, Desk, View, number, rows_of
from issues.models import IssueCounter, IssueStatus
from teams.models import User

S = IssueStatus
STATUSES = {"all": frozenset(S.values) - {S.DRAFT}, "open": frozenset(S.open_states)}
FACETS = {"level", "category", "street", "area", "unit"}
LACKING = "0"


def size_of(user: User, desk: Desk, view: View, form: FilterForm) -> str:
    """`312 issues`, or `999+ issues`. One query."""
    counted = _counters(form, view) if desk.district else None
    if counted is not None:
        n = sum(counted)
        return _words(str(n), n)
    n = _counted(user, desk, view, form)
    return _words(number(n), n)


def _counted(user: User, desk: Desk, view: View, form: FilterForm) -> int:
    where = form.counted()

    def counting() -> Statement:
        return Statement(ChainHead.objects.values_list(CappedCount(rows_of(user, desk, view, where))))

    statement = counting() if form.words else written("counted", desk, *user.grants, view.key, where, make=counting)
    n: int = statement.rows()[0][0]
    return n


def _words(shown: str, n: int) -> str:
    return ngettext("%(n)s issue in this list", "%(n)s issues in this list", n) % {"n": shown}


def _counters(form: FilterForm, view: View) -> list[int] | None:
    """The counters that add up to this list; None when they do not know it. They count the whole district."""
    facets = [name for name in form.active if name not in ("quarter", "status")]
    if view.key not in STATUSES or len(facets) > 1:
        return None
    cell = _cell_of(form, facets[0]) if facets else ("all", "0")
    if cell is None:
        return None
    statuses = set(STATUSES[view.key])
    if "status" in form.active:
        wanted = form.cleaned_data["status"]
        statuses &= set(S.closed_states) if wanted == "closed" else {wanted}
    return _numbers(*cell, tuple(sorted(statuses)), form.cleaned_data["quarter"])


def _cell_of(form: FilterForm, name: str) -> tuple[str, str] | None:
    """Facet and key of its counters."""
    value = form.cleaned_data[name]
    if name == "lacks":
        return value, LACKING
    if name not in FACETS:
        return None
    return name, str(value if name == "level" else getattr(form.chosen[name], "pk", NOBODY))


def _numbers(facet: str, key: str, statuses: tuple[str, ...], quarter: str) -> list[int]:
    def counters() -> Statement:
        rows = IssueCounter.objects.filter(facet=facet, key="?", status__in=statuses).order_by()
        rows = rows.filter(quarter="??") if quarter else rows
        return Statement(rows.values_list("n", flat=True), blanks={"?": "key", "??": "quarter"})

    filled = {"key": key, "quarter": quarter} if quarter else {"key": key}
    return written("size", facet, statuses, bool(quarter), make=counters).rows(**filled)
