"""Residential areas, street offices and units, and who works there."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import today
from core.once import once
from core.paging import page_of
from core.refusals import RuleBroken
from teams import services
from teams.forms import AreaFilter, EndPairingForm, PairForm
from teams.grants import scopes_with
from teams.guards import policy
from teams.models import Area, OrgUnit, Pairing, Team
from teams.permissions import Permission
from teams.policies import sees_phones
from teams.queries import area_rows, areas_in_reach, people_of_unit, team_row, with_people
from teams.requests import SignedInRequest


@require_safe
@policy(Permission.TEAM_VIEW)
def areas(request: SignedInRequest) -> HttpResponse:
    day = today(timezone.now())
    form = AreaFilter(request.GET)
    found = Area.objects.visible_to(request.user)
    if form.is_valid():
        found = found.filter(name__icontains=form.cleaned_data["q"])
        if street := form.cleaned_data["street"]:
            found = found.filter(street=street)
    page = page_of(found.select_related("street"), order=["position", "pk"], cursor=request.GET.get("cursor", ""))
    page = replace(page, rows=area_rows(page.rows, day))
    return render(request, "teams/areas.html", {"page": page, "form": form, "total": found.count()})


@require_safe
@policy(Permission.TEAM_VIEW)
def area(request: SignedInRequest, slug: str) -> HttpResponse:
    day = today(timezone.now())
    found = get_object_or_404(Area.objects.visible_to(request.user).select_related("street"), slug=slug)
    [row] = area_rows([found], day)
    context = {
        "area": found,
        "row": row,
        "pairings": found.pairings.select_related("team__unit"),
        "pairing": found.pairings.on(day).first(),
        "phones": sees_phones(request.user),
        "crumbs": [
            (_("Residential areas"), reverse("teams:areas")),
            (found.street.name, found.street.get_absolute_url()),
            (found.name, ""),
        ],
    }
    return render(request, "teams/area.html", context)


@require_safe
@policy(Permission.TEAM_VIEW)
def unit(request: SignedInRequest, slug: str) -> HttpResponse:
    """A street office with its areas, or an organ with the teams it leads; both with the people at their desks."""
    day = today(timezone.now())
    found = get_object_or_404(OrgUnit.objects.visible_to(request.user), slug=slug)
    own_teams = with_people(Team.objects.visible_to(request.user).active().filter(unit=found), day)
    team_rows = [team_row(team) for team in own_teams.order_by("number")]
    own_areas = Area.objects.visible_to(request.user).filter(street=found).select_related("street")
    context = {
        "unit": found,
        "people": people_of_unit(found, day),
        "contact_phone": found.contact_phone if sees_phones(request.user) else found.public_phone,
        "teams": team_rows,
        "reachable": areas_in_reach(request.user, [area for row in team_rows for area in row.areas]),
        "areas": area_rows(own_areas.order_by("position", "pk"), day) if found.is_street else [],
        "phones": sees_phones(request.user),
        "reads_results": found.is_street
        and any(scope.unit_id == found.pk for scope in scopes_with(request.user, Permission.SURVEY_RESULTS)),
    }
    return render(request, "teams/unit.html", context)


# -- Pairing ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.TEAM_MANAGE)
@once
def pair_area(request: SignedInRequest, slug: str) -> HttpResponse:
    at = timezone.now()
    found = get_object_or_404(Area.objects.visible_to(request.user), slug=slug)
    form = PairForm(request.POST or None, day=today(at), version=found.version)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            pairing = services.pair(
                team=wanted["team"],
                area=found,
                from_day=wanted["from_day"],
                by=request.user,
                at=at,
                version=wanted["version"],
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("%(area)s now belongs to %(team)s.") % {"area": found, "team": pairing.team})
            return redirect(found)
    return _pairing_page(request, form, found, _("Who looks after %(area)s?") % {"area": found}, _("Pair the team"))


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.TEAM_MANAGE)
@once
def end_pairing(request: SignedInRequest, slug: str) -> HttpResponse:
    at = timezone.now()
    found = get_object_or_404(Area.objects.visible_to(request.user), slug=slug)
    pairing = get_object_or_404(Pairing.objects.open_ended().filter(area=found))
    form = EndPairingForm(request.POST or None, day=today(at), version=found.version)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            services.end_pairing(
                pairing=pairing, last_day=wanted["last_day"], by=request.user, at=at, version=wanted["version"]
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The pairing has an end. Please give %(area)s a new team.") % {"area": found})
            return redirect(found)
    title = _("End the pairing of %(team)s with %(area)s?") % {"team": pairing.team, "area": found}
    return _pairing_page(request, form, found, title, _("End the pairing"))


def _pairing_page(request: SignedInRequest, form: Any, area: Area, title: str, submit: str) -> HttpResponse:
    crumbs = [(_("Residential areas"), reverse("teams:areas")), (area.name, area.get_absolute_url()), (submit, "")]
    context = {"form": form, "title": title, "submit": submit, "cancel_url": area.get_absolute_url(), "crumbs": crumbs}
    return render(request, "_parts/form_page.html", context, status=422 if form.is_bound else 200)
