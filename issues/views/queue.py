"""The queue: what somebody works through, most urgent first, with a preview that is enough to act."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models.functions import Left
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.clock import today
from core.csv_export import csv_answer
from core.events import append
from core.localized import pick
from core.paging import Page, page_of
from issues.duewords import Due, due_of
from issues.filters import FilterForm
from issues.lists import VIEWS, Desk, View, counts_of, number, rows_of, views_of
from issues.models import IssueStatus
from issues.views.ledger import HEADER, ledger
from teams.grants import holds
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.calendar import Calendar

COLUMNS = (
    "id",
    "code",
    "words",
    "title",
    "status",
    "due_on",
    "accept_by",
    "days_used",
    "closed_at",
    "area__name",
    "category__name_zh",
    "category__name_en",
    "level__number",
    "level__name_zh",
    "level__name_en",
    "handler__name",
    "owner_unit_id",
    "owner_unit__name",
    "visit__code",
)


@dataclass(frozen=True)
class Row:
    code: str
    headline: str
    place: str
    level: int | None
    level_name: str
    status: str
    look: str
    due: Due
    who: str
    url: str
    nobody: bool = False


@dataclass
class Part:
    """Rows under one heading; without a label there is no heading."""

    label: Any = ""
    count: str = ""
    rows: list[Row] = field(default_factory=list)


@require_safe
@policy(Permission.ISSUE_VIEW)
def queue(request: SignedInRequest) -> HttpResponseBase:
    at = timezone.now()
    desk = Desk(request.user, at, Calendar.load(today(at), today(at)))
    lists = views_of(desk)
    view = VIEWS[request.GET["view"] if request.GET.get("view") in lists else next(iter(lists))]
    form = FilterForm(request.GET, desk=desk, view=view.key)
    rows = form.narrow(rows_of(desk, view, lists[view.key]))
    if request.GET.get("format") == "csv":
        return _export(request, form, rows, at)
    counts = counts_of(desk, lists)
    page = page_of(_columns(rows, view), order=view.order, cursor=request.GET.get("cursor", ""))
    parts = list(_parts(page.rows, desk, view, counts if not form.active else {}))
    context = {
        "view": view,
        "views": list(_tabs(lists, view, counts)),
        "filters": form,
        "page": Page(parts, page.next, page.previous),
        "may_export": holds(request.user, Permission.LEDGER_EXPORT),
        "first": next((row for part in parts for row in part.rows), None),
        "now": at,
    }
    return render(request, "issues/queue.html", context)


def _columns(rows: Any, view: View) -> Any:
    columns = (*COLUMNS, "urgency") if view.key == "todo" else COLUMNS
    return rows.annotate(words=Left("original_text", 18)).values(*columns)


def _tabs(lists: Iterable[str], current: View, counts: dict[str, int]) -> Iterator[dict[str, Any]]:
    for view in (VIEWS[key] for key in lists):
        count = counts.get(view.key)
        if view == current or count or not view.quiet:
            yield {
                "label": view.label,
                "url": f"{reverse('issues:queue')}?view={view.key}",
                "count": None if count is None else number(count),
                "alarm": view.alarm and bool(count),
                "current": view == current,
            }


def _parts(rows: list[dict[str, Any]], desk: Desk, view: View, counts: dict[str, int]) -> Iterator[Part]:
    if view.key != "todo":
        if rows:
            yield Part(rows=[_row(row, desk) for row in rows])
        return
    for place, members in groupby(rows, key=lambda row: row["urgency"]):
        group = desk.groups[min(place, len(desk.groups) - 1)]
        found = [_row(row, desk) for row in members]
        yield Part(group.label, _group_count(group.key, desk, counts, len(found)), found)


def _group_count(key: str, desk: Desk, counts: dict[str, int], shown: int) -> str:
    """How many the group has in all; a later group leaves out what stands in an earlier one."""
    if key in ("late", "today") and key in counts:
        return number(counts[key])
    return str(shown)


def _row(row: dict[str, Any], desk: Desk) -> Row:
    status = IssueStatus(row["status"])
    category = pick(row["category__name_zh"] or "", row["category__name_en"] or "")
    is_draft = status == IssueStatus.DRAFT
    due = due_of(
        status=status,
        due_on=row["due_on"],
        accept_by=row["accept_by"],
        days_used=row["days_used"],
        day=desk.day,
        workdays=desk.workdays,
    )
    return Row(
        code=row["code"] or "",
        headline=row["title"] or row["words"],
        place=" · ".join(part for part in (row["area__name"], category) if part),
        level=row["level__number"],
        level_name=pick(row["level__name_zh"] or "", row["level__name_en"] or ""),
        status=status.label,
        look=status.look,
        due=due,
        who=row["handler__name"] or row["owner_unit__name"] or "",
        nobody=not row["handler__name"] and row["owner_unit_id"] in desk.units,
        url=_draft_url(row) if is_draft else reverse("issues:issue", args=[row["code"]]),
    )


def _draft_url(row: dict[str, Any]) -> str:
    """Where a draft is finished: on the page of its visit."""
    return reverse("issues:log_start", args=[row["visit__code"]]) if row["visit__code"] else reverse("issues:queue")


def _export(request: SignedInRequest, form: FilterForm, rows: Any, at: datetime) -> HttpResponseBase:
    """The whole list as a ledger, without persons. That somebody took it along is on record."""
    if not holds(request.user, Permission.LEDGER_EXPORT):
        raise PermissionDenied
    append(request.user, "export_ledger", by=request.user, at=at, payload={"filters": form.active})
    return csv_answer(f"{_('ledger')}-{today(at).isoformat()}.csv", HEADER, ledger(rows))
