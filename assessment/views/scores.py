"""The years, a year's teams in their bands, and one team's sheet down to the rows behind every number."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment import services
from assessment.bands import strip_of
from assessment.forms import RunForm, SheetFilter
from assessment.history import run_entries
from assessment.models import OfficeRating, RuleSet, RunStatus, ScoreRun, ScoreSheet, Survey
from assessment.policies import may
from assessment.queries import current_run, rules_in_force
from assessment.sheets import lead_of, losses_of, places_of, sheet_view
from assessment.transitions import publish_scores, reasons_not_to_publish
from assessment.views.access import scores_in_use
from core.once import once
from core.paging import page_of
from core.refusals import RuleBroken
from core.templatetags.core import zhdate
from teams.grants import holds
from teams.guards import policy
from teams.models import Pairing
from teams.permissions import Permission
from teams.policies import sees_district
from teams.requests import SignedInRequest


@require_safe
@policy(Permission.SCORE_VIEW)
def periods(request: SignedInRequest) -> HttpResponse:
    """Every year somebody may see something of: a run, rules, or, for a team, its own sheets."""
    scores_in_use()
    runs = ScoreRun.objects.visible_to(request.user).order_by("-year", "-number")
    rules = RuleSet.objects.visible_to(request.user).order_by("-year", "-number")
    latest: dict[int, dict[str, Any]] = {}
    for rule_set in rules.defer("body"):
        latest.setdefault(rule_set.year, {"year": rule_set.year}).setdefault("rule_set", rule_set)
    for run in runs:
        latest.setdefault(run.year, {"year": run.year}).setdefault("run", run)
    if not sees_district(request.user):
        _add_own_sheets(request, latest)
    context = {
        "years": [latest[year] for year in sorted(latest, reverse=True)],
        "sees_district": sees_district(request.user),
    }
    return render(request, "assessment/periods.html", context)


@require_safe
@policy(Permission.SCORE_VIEW)
def scores(request: SignedInRequest, year: int) -> HttpResponse:
    scores_in_use(year)
    run, district = current_run(year, request.user), sees_district(request.user)
    if run is None and not (district and _is_known(year)):
        raise Http404
    context: dict[str, Any] = {
        "year": year,
        "run": run,
        "rules_ready": rules_in_force(year) is not None,
        "survey": Survey.objects.visible_to(request.user).filter(year=year).first(),
        "sees_district": district,
        "may_compute": holds(request.user, Permission.SCORE_COMPUTE),
        "may_rate": holds(request.user, Permission.OFFICE_RATE),
        "crumbs": [(_("Appraisal"), reverse("assessment:periods")), (str(year), "")],
    }
    if run:
        rules = run.rule_set.rules
        form = SheetFilter(request.GET, rules=rules)
        page = page_of(_filtered(request, run, form), order=["team__number"], cursor=request.GET.get("cursor", ""))
        _add_places(page.rows, run)
        waiting = run.status == RunStatus.COMPUTED and context["may_compute"]
        context |= {
            "page": page,
            "filter_form": form,
            "strip": strip_of(run, rules),
            "bands": rules.bands,
            "reasons": reasons_not_to_publish(run) if waiting else [],
        }
    return render(request, "assessment/scores.html", context)


@require_safe
@policy(Permission.SCORE_VIEW)
def sheet(request: SignedInRequest, year: int, number: int) -> HttpResponse:
    """“Why 13.3?”: every line opens to its arithmetic and to the visits and issues that were counted or not."""
    scores_in_use(year)
    found = _sheet(request, year, number)
    rules, run = found.run.rule_set.rules, found.run
    view = sheet_view(found, rules, request.user)
    rating = OfficeRating.objects.filter(year=year, team=found.team).select_related("by").first()
    context = {
        "sheet": found,
        "run": run,
        "band": next(band for band in rules.bands if band.code == found.band),
        "groups": view,
        "losses": losses_of(view),
        "strip": strip_of(run, rules, found),
        "areas": places_of([found.team_id], run.as_of).get(found.team_id, []),
        "lead": lead_of(found.team, run.as_of),
        "last_year": _last_year(request, found),
        "entries": run_entries(run, rating),
        "crumbs": [
            (_("Appraisal"), reverse("assessment:periods")),
            (str(year), reverse("assessment:scores", args=[year])),
            (str(found.team), ""),
        ],
    }
    return render(request, "assessment/sheet.html", context)


@require_POST
@policy(Permission.SCORE_COMPUTE)
@once
def score_compute(request: SignedInRequest, year: int) -> HttpResponse:
    """All teams in the request: seconds for a district. `manage.py compute_scores` does the same."""
    scores_in_use(year)
    run = services.compute_scores(year=year, by=request.user, at=timezone.now())
    n = run.sheets.count()
    messages.success(request, ngettext("Scored %(n)s team.", "Scored %(n)s teams.", n) % {"n": n})
    return redirect(run)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.SCORE_COMPUTE)
@once
def score_publish(request: SignedInRequest, year: int) -> HttpResponse:
    scores_in_use(year)
    run = _run_looked_at(request, year)
    if not may(request.user, Permission.SCORE_COMPUTE, run):
        raise PermissionDenied
    sentence = ""
    if request.method == "POST":
        try:
            publish_scores(run=run, by=request.user, at=timezone.now())
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            messages.success(request, _("Published. The lead cadres have a message."))
            return redirect(run)
    context = {
        "title": _("Publish the scores of %s?") % year,
        "form": RunForm(initial={"number": run.number}),
        "consequences": [
            _("Computation %(number)s, data as of %(day)s.") % {"number": run.number, "day": zhdate(run.as_of)},
            _("Every team can read its own sheet, with every number behind it."),
            _("The lead cadres get a message. This cannot be taken back."),
        ],
        "sentence": sentence,
        "submit": _("Publish the scores"),
        "cancel_label": _("Leave it for now"),
        "cancel_url": run.get_absolute_url(),
    }
    return render(request, "_parts/confirm.html", context, status=422 if sentence else 200)


def _run_looked_at(request: SignedInRequest, year: int) -> ScoreRun:
    """The computation whose number came with the link or the form. Only a page opened without one means the newest."""
    form = RunForm(request.POST or request.GET)
    runs = ScoreRun.objects.visible_to(request.user).filter(year=year).order_by("-number")
    if form.is_valid():
        runs = runs.filter(number=form.cleaned_data["number"])
    elif request.method == "POST":
        raise Http404
    if (run := runs.first()) is None:
        raise Http404
    return run


def _is_known(year: int) -> bool:
    return RuleSet.objects.filter(year=year).exists() or Survey.objects.filter(year=year).exists()


def _filtered(request: SignedInRequest, run: ScoreRun, form: SheetFilter) -> QuerySet[ScoreSheet]:
    sheets = ScoreSheet.objects.visible_to(request.user).filter(run=run).select_related("team__unit", "run")
    if not form.is_valid():
        return sheets
    street, band, number = (form.cleaned_data[name] for name in ("street", "band", "number"))
    if street:
        sheets = sheets.filter(team__in=Pairing.objects.on(run.as_of).filter(area__street=street).values("team"))
    if band:
        sheets = sheets.filter(band=band)
    return sheets.filter(team__number=number) if number else sheets


def _add_places(sheets: list[Any], run: ScoreRun) -> None:
    places = places_of([sheet.team_id for sheet in sheets], run.as_of)
    names = {band.code: band.name for band in run.rule_set.rules.bands}
    for sheet in sheets:
        sheet.areas, sheet.band_name = places.get(sheet.team_id, []), names[sheet.band]


def _add_own_sheets(request: SignedInRequest, latest: dict[int, dict[str, Any]]) -> None:
    """For a team: its sheet of each year, from the newest run it may see."""
    own = ScoreSheet.objects.visible_to(request.user).select_related("team", "run__rule_set")
    for found in own.order_by("run__number"):
        row = latest.setdefault(found.run.year, {"year": found.run.year})
        row.setdefault("sheets", {})[found.team_id] = found
    for row in latest.values():
        row["sheets"] = sorted(row.get("sheets", {}).values(), key=lambda found: found.team.number)


def _sheet(request: SignedInRequest, year: int, number: int) -> ScoreSheet:
    """The team's sheet of the newest run this person may see."""
    seen = ScoreSheet.objects.visible_to(request.user).filter(run__year=year, team__number=number)
    related = ("team__unit", "run__rule_set", "run__computed_by", "run__published_by")
    found = seen.select_related(*related).order_by("-run__number").first()
    if found is None:
        raise Http404
    return found


def _last_year(request: SignedInRequest, found: ScoreSheet) -> ScoreSheet | None:
    before = ScoreSheet.objects.visible_to(request.user).filter(run__year=found.run.year - 1, team=found.team)
    return before.filter(run__status=RunStatus.PUBLISHED).order_by("-run__number").first()
