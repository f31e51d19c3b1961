"""Everything the page of the district, or of one street, shows: figures, their lists, and what else belongs beside them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse

from core.clock import quarter_code
from dashboard import charts, figures, satisfaction, streets
from dashboard.delays import longest_overdue
from dashboard.figures import QuarterFigures
from dashboard.findings import findings
from dashboard.quarters import in_short, round_of_quarter, year_of
from dashboard.satisfaction import Satisfaction
from dashboard.tiles import tiles
from dashboard.trend import trend_chart
from teams.models import OrgUnit, User
from visits.models import Round

NO_STREET = "-"  # asked for when no street shall be open in place


def district(quarter: str, day: date, user: User, opened: str) -> dict[str, Any]:
    found, rated = figures.of_quarter(quarter, day), satisfaction.of_year(year_of(quarter))
    survey_url = reverse("assessment:survey_results", args=[rated.year]) if rated else ""
    return street_table(found, rated, opened) | {
        "findings": findings(found, rated),
        "tiles": tiles(found, rated, survey_url),
        "levels": charts.rows(quarter, found.levels, "level"),
        "categories": charts.rows(quarter, found.categories, "category"),
        "chart": trend_chart(found.trend, quarter_code(day)),
        "trend": [(in_short(name), tally, charts.links(name)) for name, tally in reversed(found.trend)],
        "overdue": longest_overdue(user, day),
        "survey_url": survey_url,
    }


def districts_streets(quarter: str, day: date, opened: str) -> dict[str, Any]:
    """The table of streets alone: another one is opened in place."""
    return street_table(figures.of_quarter(quarter, day), satisfaction.of_year(year_of(quarter)), opened)


def street_table(found: QuarterFigures, rated: Satisfaction | None, opened: str) -> dict[str, Any]:
    """One street is open in place: the one asked for, else the first that has something overdue."""
    rows = charts.rows(found.quarter, found.streets, "street", rated.streets if rated else None)
    total = charts.rows(found.quarter, [found.district], "street")[0]
    first = rows[0].slice.key if rows and rows[0].slice.tally.overdue else NO_STREET
    street = next((row.slice for row in rows if row.slice.key == (opened or first)), None)
    return {
        "code": round_of_quarter(found.quarter),
        "figures": found,
        "satisfaction": rated,
        "streets": rows,
        "total": replace(total, share=rated.overall) if rated else total,
        "glance": _glance(found, street) if street else None,
    }


def _glance(found: QuarterFigures, street: figures.Slice) -> dict[str, Any]:
    seen = figures.glance(found, street)
    return {
        "street": street,
        "categories": charts.rows(found.quarter, seen.categories[:3], "category", street=street.key),
        "areas": charts.rows(found.quarter, seen.areas[:4], "area", street=street.key),
        "area_count": seen.area_count,
    }


@dataclass(frozen=True)
class Chosen:
    """What the street's page was asked to show: every area or those that need attention, and which one closely."""

    everything: bool
    area: str


def street(quarter: str, unit: OrgUnit, day: date, user: User, chosen: Chosen) -> dict[str, Any]:
    found, rated = figures.of_street(quarter, unit, day), satisfaction.of_year(year_of(quarter))
    round_ = Round.objects.filter(code=round_of_quarter(quarter)).first()
    rows = streets.rows_of(found, quarter, rated, round_, day)
    attention = [row for row in rows if row.why]
    shown = rows if chosen.everything or not attention else attention
    area = next((row for row in rows if row.slice.key == chosen.area), shown[0] if shown else None)
    return {
        "figures": found,
        "satisfaction": rated,
        "links": charts.links(quarter, street=unit.slug),
        "share": rated.streets.get(unit.pk) if rated else None,
        "rows": rows,
        "shown": shown,
        "attention": attention,
        "lowest": charts.rows(quarter, found.categories[:5], "category", street=unit.slug),
        "closely": streets.closely(area, quarter, user) if area else None,
    }
