"""The list of teams, one team, its past, and what is missing in the district."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.clock import today
from core.csv_export import csv_answer
from core.paging import page_of
from teams import coverage as missing
from teams.forms import TeamFilter
from teams.grants import holds
from teams.guards import policy
from teams.history import entries, team_events
from teams.models import Team
from teams.permissions import Permission
from teams.policies import sees_phones
from teams.queries import (
    TeamRow,
    area_rows,
    areas_in_reach,
    find_teams,
    person_on,
    seat_rows,
    seats_in_reach,
    secretaries,
    team_row,
    with_people,
)
from teams.requests import SignedInRequest


@require_safe
@policy(Permission.TEAM_VIEW)
def teams(request: SignedInRequest) -> HttpResponseBase:
    day = today(timezone.now())
    form = TeamFilter(request.GET)
    found = find_teams(Team.objects.visible_to(request.user).active(), day, **form.criteria())
    listed = with_people(found, day)
    if request.GET.get("format") == "csv":
        return _teams_csv(request, [team_row(team) for team in listed.order_by("number")])
    page = page_of(listed, order=["number"], cursor=request.GET.get("cursor", ""))
    page = replace(page, rows=[team_row(team) for team in page.rows])
    context = {
        "page": page,
        "form": form,
        "total": found.count(),
        "reachable": areas_in_reach(request.user, [area for row in page.rows for area in row.areas]),
    }
    return render(request, "teams/teams.html", context)


def _teams_csv(request: SignedInRequest, rows: list[TeamRow]) -> HttpResponseBase:
    """One line a seat. Numbers only for those who manage the teams."""
    phones = holds(request.user, Permission.TEAM_MANAGE)
    header = [
        _("Team"),
        _("Pairing unit"),
        _("Street office"),
        _("Residential area"),
        _("Seat"),
        _("Name"),
        _("Post or law firm"),
    ]
    if phones:
        header.append(_("Mobile phone"))

    def lines() -> Iterator[list[Any]]:
        for row in rows:
            streets = "、".join(dict.fromkeys(area.street.name for area in row.areas))
            areas = "、".join(area.name for area in row.areas)
            for seat in row.seats:
                person = person_on(seat)
                about = (person.law_firm or person.title) if person else ""
                line = [row.team.number, row.team.unit.name, streets, areas, seat.kind.name, person, about]
                yield [*line, person.phone if person else ""] if phones else line

    return csv_answer("teams.csv", header, lines())


@require_safe
@policy(Permission.TEAM_VIEW)
def team(request: SignedInRequest, number: int) -> HttpResponse:
    day = today(timezone.now())
    found = get_object_or_404(Team.objects.visible_to(request.user).select_related("unit", "template"), number=number)
    rows = seat_rows(found, day)
    for row in rows:
        row.seat.team = found
    pairings = list(found.pairings.on(day).select_related("area__street").order_by("area__position", "area_id"))
    people = secretaries([pairing.area for pairing in pairings], day)
    context = {
        "team": found,
        "rows": rows,
        "seated": sum(1 for row in rows if row.is_taken),
        "pairings": [(pairing, people.get(pairing.area_id)) for pairing in pairings],
        "reachable": areas_in_reach(request.user, [pairing.area for pairing in pairings]),
        "phones": sees_phones(request.user),
        "crumbs": [(_("Teams"), reverse("teams:teams")), (str(found), "")],
    }
    return render(request, "teams/team.html", context)


@require_safe
@policy(Permission.TEAM_VIEW)
def team_history(request: SignedInRequest, number: int) -> HttpResponse:
    found = get_object_or_404(Team.objects.visible_to(request.user), number=number)
    page = page_of(team_events(found), order=["-seq"], cursor=request.GET.get("cursor", ""))
    crumbs = [(_("Teams"), reverse("teams:teams")), (str(found), found.get_absolute_url()), (_("History"), "")]
    context = {"team": found, "page": page, "entries": entries(page.rows, found), "crumbs": crumbs}
    return render(request, "teams/team_history.html", context)


@require_safe
@policy(Permission.COVERAGE_VIEW)
def coverage(request: SignedInRequest) -> HttpResponse:
    day = today(timezone.now())
    lists = {
        "seats": (
            seats_in_reach(missing.incomplete_seats(day), request.user),
            ["team__number", "kind__position", "pk"],
        ),
        "areas": (missing.areas_without_team(day).visible_to(request.user), ["position", "pk"]),
        "teams": (missing.teams_without_area(day).visible_to(request.user), ["number"]),
    }
    view = request.GET.get("view", "")
    view = view if view in lists else "seats"
    queryset, order = lists[view]
    related = {"seats": ("team__unit", "kind__supplied_by"), "areas": ("street",), "teams": ("unit",)}[view]
    page = page_of(queryset.select_related(*related), order=order, cursor=request.GET.get("cursor", ""))
    if view == "areas":
        page = replace(page, rows=area_rows(page.rows, day))
    context = {
        "view": view,
        "page": page,
        "counts": {name: rows.count() for name, (rows, _order) in lists.items()},
    }
    return render(request, f"teams/coverage_{view}.html", context)
