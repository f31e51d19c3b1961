"""How many a list has when filters are on: from the counters where they know, else counted up to a thousand."""

from django.db.models import CharField, QuerySet, Sum
from django.db.models.functions import Cast
from django.utils.translation import ngettext

from issues.filters import FilterForm
from issues.lists import MOST, Desk, View, number, rows_of
from issues.models import Category, IssueCounter, IssueStatus
from teams.models import Area, OrgUnit, User

S = IssueStatus
STATUSES = {"all": frozenset(S.values) - {S.DRAFT}, "open": frozenset(S.open_states)}
KEYS: dict[str, QuerySet] = {
    "street": OrgUnit.objects.all(),
    "unit": OrgUnit.objects.all(),
    "area": Area.objects.all(),
    "category": Category.objects.all(),
}
FIELDS = {"category": "code"}  # the others are named by their slug
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
    if name == "level":
        return IssueCounter.objects.filter(facet=name, key=str(value))
    if name not in KEYS:
        return None
    found = KEYS[name].filter(**{FIELDS.get(name, "slug"): value}).order_by()
    return IssueCounter.objects.filter(facet=name, key__in=found.values(as_key=Cast("pk", CharField())))
