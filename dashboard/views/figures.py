"""What officials look at: the district in a quarter, a street in it, and what the numbers mean."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.clock import quarter_code, today
from core.guards import signed_in
from dashboard import charts, figures, satisfaction, streets
from dashboard.delays import longest_overdue
from dashboard.figures import QuarterFigures
from dashboard.findings import findings
from dashboard.quarters import in_short, in_words, quarter_of_round, quarters_up_to, round_of_quarter, year_of
from dashboard.satisfaction import Satisfaction
from dashboard.tiles import tiles
from dashboard.trend import trend_chart
from teams.guards import policy
from teams.models import OrgUnit
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.models import Round

CLOSED = "-"  # ?open=- : no street is opened in place


@require_safe
@policy(Permission.DASHBOARD_VIEW)
def figures_now(request: SignedInRequest) -> HttpResponse:
    """The newest round's quarter, which is this one unless its round has not begun."""
    quarter = quarter_code(today(timezone.now()))
    return HttpResponseRedirect(reverse("dashboard:figures_of", args=[round_of_quarter(quarter)]))


@require_safe
@policy(Permission.DASHBOARD_VIEW)
def figures_of(request: SignedInRequest, code: str) -> HttpResponse:
    at, quarter = timezone.now(), quarter_of_round(code)
    found = figures.of_quarter(quarter, today(at))
    context = _quarter(code, at)
    context |= _streets(request, found, context["satisfaction"])
    if request.htmx and request.htmx.target == "streets":
        return render(request, "dashboard/_streets.html", context)
    rated: Satisfaction | None = context["satisfaction"]
    now = quarter_code(today(at))
    survey_url = reverse("assessment:survey_results", args=[rated.year]) if rated else ""
    context |= {
        "findings": findings(found, rated),
        "tiles": tiles(found, rated, survey_url),
        "levels": charts.rows(quarter, found.levels, "level"),
        "categories": charts.rows(quarter, found.categories, "category"),
        "chart": trend_chart(found.trend, now),
        "trend": [(in_short(name), tally, charts.links(name)) for name, tally in reversed(found.trend)],
        "overdue": longest_overdue(request.user, today(at)),
        "survey_url": survey_url,
        "quarters": _choices(quarter, now),
    }
    return render(request, "dashboard/figures.html", context)


def _quarter(code: str, at: datetime) -> dict[str, Any]:
    quarter = quarter_of_round(code)
    return {
        "at": at,
        "code": code,
        "quarter": quarter,
        "words": in_words(quarter),
        "satisfaction": satisfaction.of_year(year_of(quarter)),
    }


def _streets(request: SignedInRequest, found: QuarterFigures, rated: Satisfaction | None) -> dict[str, Any]:
    """The table of streets; one is open in place: the one asked for, else the first that has something overdue."""
    quarter, shares = found.quarter, rated.streets if rated else None
    rows = charts.rows(quarter, found.streets, "street", shares)
    total = charts.rows(quarter, [found.district], "street")[0]
    first = rows[0].slice.key if rows and rows[0].slice.tally.overdue else CLOSED
    asked = request.GET.get("open") or first
    opened = next((row.slice for row in rows if row.slice.key == asked), None)
    return {
        "figures": found,
        "streets": rows,
        "total": replace(total, share=rated.overall) if rated else total,
        "glance": _glance(found, opened) if opened else None,
    }


def _glance(found: QuarterFigures, street: figures.Slice) -> dict[str, Any]:
    seen = figures.glance(found, street)
    return {
        "street": street,
        "categories": charts.rows(found.quarter, seen.categories[:3], "category", street=street.key),
        "areas": charts.rows(found.quarter, seen.areas[:4], "area", street=street.key),
        "area_count": seen.area_count,
    }


def _choices(quarter: str, now: str) -> list[tuple[str, str, bool]]:
    """The last four quarters, and the one that is shown if it is older."""
    names = quarters_up_to(now, 4)
    return [
        (round_of_quarter(name), in_short(name), name == quarter)
        for name in ([] if quarter in names else [quarter]) + names
    ]


@require_safe
@policy(Permission.DASHBOARD_VIEW)
def figures_of_street(request: SignedInRequest, code: str, slug: str) -> HttpResponse:
    at, quarter = timezone.now(), quarter_of_round(code)
    all_streets = OrgUnit.objects.visible_to(request.user).streets()
    street = get_object_or_404(all_streets, slug=slug)
    found = figures.of_street(quarter, street, today(at))
    context = _quarter(code, at)
    round_ = Round.objects.filter(code=code).first()
    rows = streets.rows_of(found, quarter, context["satisfaction"], round_, today(at))
    attention = [row for row in rows if row.why]
    shown_all = request.GET.get("show") == "all" or not attention
    shown = rows if shown_all else attention
    area = next((row for row in rows if row.slice.key == request.GET.get("area")), shown[0] if shown else None)
    context |= {
        "street": street,
        "figures": found,
        "links": charts.links(quarter, street=slug),
        "share": context["satisfaction"].streets.get(street.pk) if context["satisfaction"] else None,
        "rows": rows,
        "shown": shown,
        "shown_all": shown_all,
        "attention": attention,
        "lowest": charts.rows(quarter, found.categories[:5], "category", street=slug),
        "closely": streets.closely(area, quarter, request.user) if area else None,
        "others": all_streets.order_by("position", "pk"),
        "crumbs": [(_("Whole district"), reverse("dashboard:figures_of", args=[code])), (street.name, "")],
    }
    return render(request, "dashboard/street.html", context)


@require_safe
@signed_in
def indicators(request: SignedInRequest) -> HttpResponse:
    return render(request, "dashboard/indicators.html")
