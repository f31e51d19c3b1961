"""Visits: the list, one visit, one's own, a team's, an area's, a month."""

from calendar import Calendar as MonthGrid
from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import prefetch_related_objects
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.clock import today
from core.paging import page_of
from core.until_change import until_change
from teams.grants import holds
from teams.guards import policy
from teams.models import Area, Team
from teams.permissions import Permission
from teams.policies import sees_district
from teams.requests import SignedInRequest
from visits.agenda import agenda_of
from visits.briefing import pack_of
from visits.calendar import Calendar
from visits.filters import VisitFilter
from visits.models import Visit
from visits.preparing import preparation_of
from visits.queries import leads_on, next_visit_of, own_visits
from visits.rows import columns_of, first_page_of_all
from visits.tasks import view_of
from visits.views.access import RECORD_PARTS, visit_for
from visits.words import month_words, weekday
from visits.workdays import DAY

SHOWN_IN_MONTH = 4
SHOWN_IN_FRAGMENT = 8
# By day; a visit without one where the window of its round ends, and what has neither first: it waits to be scheduled.
NEWEST_FIRST = (Coalesce("day", "round__window_end").desc(nulls_first=True), "-pk")


@require_safe
@policy(Permission.VISIT_VIEW)
def visits(request: SignedInRequest) -> HttpResponse:
    """The list; who only has visits of his own starts with those."""
    only_own = not sees_district(request.user) and not any(scope.unit_id for scope in request.user.grants)
    if only_own and not request.GET:
        return redirect("visits:mine")
    at, found = timezone.now(), Visit.objects.visible_to(request.user)
    if request.GET:
        form = VisitFilter(request.GET)
        found = form.apply(found, at)
        page = page_of(columns_of(found), order=form.order(), cursor=request.GET.get("cursor", ""))
    else:
        page = first_page_of_all(request.user)
    filters, leads = _around(request, today(at))
    context = {"page": page, "count": found.count(), "today": today(at), "filters": SafeString(filters), "leads": leads}
    context["may_plan"] = holds(request.user, Permission.VISIT_PLAN)
    return render(request, "visits/visits.html", context)


def _around(request: SignedInRequest, day: date) -> tuple[str, dict[int, str]]:
    """The filters as this address has them and the names of the teams' leads: kept until something changes."""
    chosen = tuple(request.GET.get(name, "")[:80] for name in VisitFilter.base_fields)

    def make() -> tuple[str, dict[int, str]]:
        form = VisitFilter(request.GET)
        return render_to_string("_parts/filters.html", {"form": form, "request": request}), leads_on(day)

    return until_change("visit-list", get_language(), day, chosen, bool(request.GET), make=make)


@require_safe
@policy(Permission.VISIT_VIEW)
def visit(request: SignedInRequest, code: str) -> HttpResponse:
    """On a phone a list of things to do; at a desk the same beside people and history."""
    shown = visit_for(request, code)
    at = timezone.now()
    prefetch_related_objects([shown], *RECORD_PARTS)
    page = view_of(shown, request.user, at)
    context = {
        "visit": shown,
        "page": page,
        "agenda": agenda_of(shown, request.user),
        "preparation": preparation_of(shown, at),
        "pack": pack_of(shown.round),
    }
    return render(request, "visits/visit_phone.html" if page.is_own else "visits/visit.html", context)


@require_safe
@policy(Permission.VISIT_VIEW)
def mine(request: SignedInRequest) -> HttpResponse:
    at = timezone.now()
    own = own_visits(request.user)
    first = next_visit_of(request.user, at)
    others = own.exclude(pk=first.pk) if first else own
    context = {
        "next": first,
        "visits": others.order_by(*NEWEST_FIRST)[:30],
        "today": today(at),
        "may_ask": holds(request.user, Permission.VISIT_REQUEST),
        "may_plan": holds(request.user, Permission.VISIT_PLAN),
    }
    return render(request, "visits/mine.html", context)


@require_safe
@policy(Permission.VISIT_VIEW)
def for_team(request: SignedInRequest, number: int) -> HttpResponse:
    team = get_object_or_404(Team.objects.visible_to(request.user), number=number)
    return _newest(request, team.visits.visible_to(request.user), str(team), f"team={team.number}")


@require_safe
@policy(Permission.VISIT_VIEW)
def for_area(request: SignedInRequest, slug: str) -> HttpResponse:
    area = get_object_or_404(Area.objects.visible_to(request.user).select_related("street"), slug=slug)
    return _newest(request, area.visits.visible_to(request.user), str(area), f"street={area.street.slug}")


@require_safe
@policy(Permission.VISIT_VIEW)
def month(request: SignedInRequest, year: int, month: int) -> HttpResponse:
    if not (2014 <= year <= 2099 and 1 <= month <= 12):
        raise Http404
    weeks = MonthGrid().monthdatescalendar(year, month)
    first, last = weeks[0][0], weeks[-1][-1]
    found: dict[date, list[Any]] = defaultdict(list)
    rows = Visit.objects.visible_to(request.user).on_plan().filter(day__range=(first, last)).order_by("starts_at", "pk")
    for row in rows.select_related("area"):
        found[row.day or first].append(row)
    calendar = Calendar.load(first, last)
    context = {
        "weeks": [[_month_day(day, month, found[day], calendar) for day in week] for week in weeks],
        "title": _("Visits in %(month)s") % {"month": month_words(date(year, month, 1))},
        "weekdays": [weekday(day) for day in weeks[0]],
        "neighbours": [(day, month_words(day)) for day in (date(year, month, 1) - DAY, _month_after(last, month))],
        "today": today(timezone.now()),
        "count": sum(len(rows) for day, rows in found.items() if day.month == month),
    }
    return render(request, "visits/month.html", context)


def _month_after(last: date, month: int) -> date:
    """A day of the next month: the last week shown ends in it, or just before it."""
    return last if last.month != month else last + DAY


def _month_day(day: date, month: int, rows: list[Visit], calendar: Calendar) -> dict[str, Any]:
    return {
        "day": day,
        "here": day.month == month,
        "working": calendar.is_working(day),
        "note": calendar.notes.get(day, ""),
        "visits": rows[:SHOWN_IN_MONTH],
        "more": max(len(rows) - SHOWN_IN_MONTH, 0),
        "url": f"{reverse('visits:visits')}?status=on_plan&day={day.isoformat()}",
    }


def _newest(request: SignedInRequest, found: Any, heading: str, query: str) -> HttpResponse:
    """The newest visits, drawn into the page of a team or an area; opened by itself, a page."""
    rows = found.select_related("area__street", "team", "round", "kind").order_by(*NEWEST_FIRST)
    context = {
        "visits": rows[:SHOWN_IN_FRAGMENT],
        "heading": heading,
        "all_url": f"{reverse('visits:visits')}?{query}",
        "label": _("All visits"),
    }
    return render(request, "visits/_visits.html" if request.htmx else "visits/newest.html", context)
