"""How many a list has when filters are on: from the counters where they know, else counted up to a thousand."""

from django.db.models import QuerySet, Sum
from django.utils.translation import ngettext

from issues.filters import NOBODY, FilterForm
from issues.lists import MOST, Desk, View, number, rows_of
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
        n = counted.aggregate(n=Sum("n"))["n"] or 0
        return _words(str(n), n)
    n = rows_of(user, desk, view, form.where()).order_by()[:MOST].count()
    return _words(number(n), n)


def _words(shown: str, n: int) -> str:
    return ngettext("%(n)s issue in this list", "%(n)s issues in this list", n) % {"n": shown}


def _counters(form: FilterForm, view: View) -> QuerySet[IssueCounter] | None:
    """The counters that add up to this list; None when they do not know it. They count the whole district."""
    facets = [name for name in form.active if name not in ("quarter", "status")]
    if view.key not in STATUSES or len(facets) > 1:
        return None
    rows = _of_facet(form, facets[0]) if facets else IssueCounter.objects.filter(facet="all")
    if rows is None:
        return None
    statuses = set(STATUSES[view.key])
    if "status" in form.active:
        wanted = form.cleaned_data["status"]
        statuses &= set(S.closed_states) if wanted == "closed" else {wanted}
    rows = rows.filter(status__in=sorted(statuses))
    return rows.filter(quarter=form.cleaned_data["quarter"]) if "quarter" in form.active else rows


def _of_facet(form: FilterForm, name: str) -> QuerySet[IssueCounter] | None:
    value = form.cleaned_data[name]
    if name == "lacks":
        return IssueCounter.objects.filter(facet=value, key=LACKING)
    if name not in FACETS:
        return None
    row = form.chosen[name]
    key = value if name == "level" else getattr(row, "pk", NOBODY)
    return IssueCounter.objects.filter(facet=name, key=str(key))
