"""The office's own rating: a list of all teams, and one form a team."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessment import services
from assessment.forms import RatingFilter, RatingForm
from assessment.models import OfficeRating
from assessment.services import most_points
from assessment.sheets import places_of
from assessment.views.access import crumbs_to, scores_in_use
from core.clock import today
from core.once import once
from core.paging import page_of
from core.refusals import RuleBroken
from teams.guards import policy
from teams.models import Pairing, Team
from teams.permissions import Permission
from teams.requests import SignedInRequest


@require_safe
@policy(Permission.OFFICE_RATE)
def score_ratings(request: SignedInRequest, year: int) -> HttpResponse:
    scores_in_use(year)
    most = most_points(year)
    form = RatingFilter(request.GET)
    day = today(timezone.now())
    teams = Team.objects.visible_to(request.user).active().select_related("unit")
    rated = OfficeRating.objects.filter(year=year)
    everybody, done = teams.count(), rated.filter(team__is_active=True).count()
    if form.is_valid():
        if street := form.cleaned_data["street"]:
            teams = teams.filter(pk__in=Pairing.objects.on(day).filter(area__street=street).values("team"))
        if form.cleaned_data["rated"] == "missing":
            teams = teams.exclude(pk__in=rated.values("team"))
    page = page_of(teams, order=["number"], cursor=request.GET.get("cursor", ""))
    _add_ratings(page.rows, year, day)
    context = {"year": year, "most": most, "page": page, "filter_form": form, "everybody": everybody, "done": done}
    return render(request, "assessment/score_ratings.html", context | {"crumbs": crumbs_to(year, _("Office rating"))})


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.OFFICE_RATE)
@once
def score_rating(request: SignedInRequest, year: int, number: int) -> HttpResponse:
    scores_in_use(year)
    team = get_object_or_404(Team.objects.visible_to(request.user).active(), number=number)
    most = most_points(year)
    if most is None:
        raise Http404
    old = OfficeRating.objects.filter(year=year, team=team).first()
    known = {"points": old.points, "reason": old.reason, "version": old.version} if old else {}
    form = RatingForm(request.POST or None, most=most, initial=known)
    back = reverse("assessment:score_ratings", args=[year])
    if request.method == "POST" and form.is_valid():
        try:
            services.rate_team(year=year, team=team, by=request.user, at=timezone.now(), **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("%s is rated. It counts from the next computation on.") % team)
            return redirect(back)
    context = {
        "title": _("Rate %s") % team,
        "lead": ", ".join(str(area) for area in places_of([team.pk], today(timezone.now())).get(team.pk, [])),
        "form": form,
        "submit": _("Save the rating"),
        "cancel_url": back,
        "crumbs": [*crumbs_to(year, _("Office rating"))[:-1], (_("Office rating"), back), (str(team), "")],
    }
    return render(request, "_parts/form_page.html", context, status=422 if form.is_bound else 200)


def _add_ratings(teams: list[Any], year: int, day: Any) -> None:
    ids = [team.pk for team in teams]
    ratings = {rating.team_id: rating for rating in OfficeRating.objects.filter(year=year, team_id__in=ids)}
    places = places_of(ids, day)
    for team in teams:
        team.rating, team.areas = ratings.get(team.pk), places.get(team.pk, [])
