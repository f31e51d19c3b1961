"""The queue: what somebody works through, most urgent first, with a preview that is enough to act."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.clock import today
from core.csv_export import csv_answer
from core.events import append
from core.paging import PAGE_SIZE, Page, first_page, page_of
from core.until_change import until_change
from issues.filters import LABELS, FilterForm, pills
from issues.filters import choices as offered
from issues.lists import VIEWS, Desk, View, counts_of, first_rows, most_urgent, number, rows_of, views_of
from issues.rows import COLUMNS, Row, Words, row_of
from issues.sizes import size_of
from issues.views.ledger import HEADER, ledger
from teams.grants import holds
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.calendar import Calendar

URGENT = PAGE_SIZE  # more than this nobody works through; the other lists have pages


@dataclass(frozen=True)
class Part:
    """Rows under one heading; without a label there is no heading."""

    rows: list[Row]
    label: Any = ""
    count: str = ""


@require_safe
@policy(Permission.ISSUE_VIEW)
def queue(request: SignedInRequest) -> HttpResponseBase:
    at = timezone.now()
    desk = Desk.of(request.user, at, Calendar.load(today(at), today(at)))
    lists, form = views_of(desk), FilterForm(request.GET)
    view = VIEWS[request.GET["view"] if request.GET.get("view") in lists else next(iter(lists))]
    if request.GET.get("format") == "csv":
        return _export(request, form, rows_of(request.user, desk, view, form.where()), at)
    counts, size = _numbers(request, desk, view, form)
    page = _page(request, desk, view, form)
    parts, shown = _parts(page.rows, desk, view, {} if form.active else counts), pills(desk, form, view.key)
    context = {
        "view": view,
        "views": list(_tabs(desk, view, counts)),
        "filters": form,
        "pills": shown,
        "pill_names": tuple(pill.name for pill in shown),
        "size": size,
        "page": Page(parts, page.next, page.previous),
        "cut": view.key == "todo" and len(page.rows) == URGENT,
        "may_export": holds(request.user, Permission.LEDGER_EXPORT),
        "first": next((row for part in parts for row in part.rows), None),
        "now": at,
    }
    return render(request, "issues/queue.html", context)


@require_safe
@policy(Permission.ISSUE_VIEW)
def choices(request: SignedInRequest, name: str) -> HttpResponse:
    """What one filter offers, as links that keep the other filters."""
    if name not in LABELS:
        raise Http404
    at = timezone.now()
    desk, form = Desk.of(request.user, at, Calendar.load(today(at), today(at))), FilterForm(request.GET)
    query = request.GET.copy()
    for gone in ("cursor", name):
        query.pop(gone, None)
    context = {
        "label": LABELS[name],
        "name": name,
        "offered": offered(request.user, desk, name, form),
        "chosen": form.cleaned_data.get(name),
        "kept": query.urlencode(),
    }
    return render(request, "issues/_choices.html" if request.htmx else "issues/choices.html", context)


def _numbers(request: SignedInRequest, desk: Desk, view: View, form: FilterForm) -> tuple[dict[str, int], str]:
    """The counts of the tabs, and in words how many issues stand in a list that no tab counts."""

    def make() -> tuple[dict[str, int], str]:
        counts = counts_of(desk)
        return counts, size_of(request.user, desk, view, form) if form.active or view.key not in counts else ""

    filters = tuple((name, form.cleaned_data[name]) for name in form.active)
    return until_change("issue-numbers", desk, *request.user.grants, view.key, filters, get_language(), make=make)


def _page(request: SignedInRequest, desk: Desk, view: View, form: FilterForm) -> Page:
    columns = (*COLUMNS, "visit__code") if view.key == "drafts" else COLUMNS
    if view.key == "todo":
        return Page(most_urgent(request.user, desk, form.where(), columns, URGENT), "", "")
    if (cursor := request.GET.get("cursor", "")) or form.words:
        rows = rows_of(request.user, desk, view, form.where()).values(*columns)
        return page_of(rows, order=view.order, cursor=cursor)
    rows = first_rows(request.user, desk, view, form.where(), columns, PAGE_SIZE + 1)
    return first_page(rows, order=view.order)


def _tabs(desk: Desk, current: View, counts: dict[str, int]) -> Iterator[dict[str, Any]]:
    """The office has a desk of its own besides; its lists are shown only while something is in them."""
    base = reverse("issues:queue")
    quiet = {"new", "escalated"} if desk.district else set()
    for view in (VIEWS[key] for key in views_of(desk)):
        count = counts.get(view.key)
        if view == current or count or not (view.quiet or view.key in quiet):
            yield {
                "label": view.label,
                "url": f"{base}?view={view.key}",
                "count": None if count is None else number(count),
                "alarm": view.alarm and bool(count),
                "current": view == current,
            }


def _parts(rows: list[dict[str, Any]], desk: Desk, view: View, counts: dict[str, int]) -> list[Part]:
    words = Words(desk)
    if view.key != "todo":
        return [Part([row_of(row, words) for row in rows])] if rows else []
    parts = []
    for place, members in groupby(rows, key=lambda row: row["urgency"]):
        group, found = desk.groups[place], [row_of(row, words) for row in members]
        parts.append(Part(found, group.label, number(_size(group.key, counts, len(found)))))
    return parts


def _size(key: str, counts: dict[str, int], shown: int) -> int:
    """How many a group has in all. What stands in an earlier group is not counted again, so only some are known."""
    return counts.get(key, shown) if key not in OVERLAPPING else shown


OVERLAPPING = {"accept", "soon", "later"}


def _export(request: SignedInRequest, form: FilterForm, rows: Any, at: datetime) -> HttpResponseBase:
    """The whole list as a ledger, without persons. That somebody took it along is on record."""
    if not holds(request.user, Permission.LEDGER_EXPORT):
        raise PermissionDenied
    append(request.user, "export_ledger", by=request.user, at=at, payload={"filters": form.active})
    return csv_answer(f"{_('ledger')}-{today(at).isoformat()}.csv", HEADER, ledger(rows))
