"""The office prepares, opens and closes the survey of a year."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assessment import services
from assessment.cards import counts_of, issued_by_area
from assessment.forms import SurveyDaysForm, SurveyForm
from assessment.history import survey_entries
from assessment.models import Survey
from assessment.policies import may
from assessment.queries import only_with_areas
from assessment.questions import words
from assessment.transitions import close_survey, open_survey
from core.clock import today
from core.once import once
from core.refusals import RuleBroken
from core.templatetags.core import zhday
from teams.grants import holds
from teams.guards import policy
from teams.permissions import Permission
from teams.policies import sees_district
from teams.requests import SignedInRequest


@require_safe
@policy(Permission.SURVEY_RESULTS)
def surveys(request: SignedInRequest) -> HttpResponse:
    only_with_areas(request.user)
    context = {
        "surveys": list(Survey.objects.visible_to(request.user).defer("questions", "tallies")),
        "may_manage": holds(request.user, Permission.SURVEY_MANAGE),
        "sees_district": sees_district(request.user),
    }
    return render(request, "assessment/surveys.html", context)


@require_safe
@policy(Permission.SURVEY_RESULTS)
def survey(request: SignedInRequest, year: int) -> HttpResponse:
    """Where the survey stands. Whoever only reads results is taken to them."""
    found = get_object_or_404(Survey.objects.visible_to(request.user), year=year)
    only_with_areas(request.user)
    if not sees_district(request.user):
        return redirect("assessment:survey_results", year=year)
    counts = counts_of(found)
    context = {
        "survey": found,
        "counts": counts,
        "valid": counts.issued - counts.void,
        "areas": len(issued_by_area(found)),
        "may_manage": may(request.user, Permission.SURVEY_MANAGE, found),
        "may_make_cards": may(request.user, Permission.SURVEY_CARDS, found),
        "may_close": today(timezone.now()) >= found.closes_on,
        "questions": _asked(found),
        "entries": survey_entries(found),
        "crumbs": [(_("Surveys"), reverse("assessment:surveys")), (str(found.year), "")],
    }
    return render(request, "assessment/survey.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.SURVEY_MANAGE)
@once
def survey_new(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    year = today(now).year
    titles = {"title_zh": f"{year}年度群众测评", "title_en": f"Residents' survey {year}"}
    form = SurveyForm(request.POST or None, initial={"year": year, **titles})
    if request.method == "POST" and form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            made = services.create_survey(by=request.user, at=now, **data)
        except RuleBroken as refusal:
            form.add_error("year", str(refusal.sentence))
        else:
            messages.success(request, _("The survey is prepared. Next the auditor makes the cards."))
            return redirect(made)
    lead = _("Residents answer the four standard questions; they can be read on the next page.")
    return _form(request, form, _("Prepare a survey"), lead, _("Prepare the survey"), reverse("assessment:surveys"))


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.SURVEY_MANAGE)
@once
def survey_edit(request: SignedInRequest, year: int) -> HttpResponse:
    found = _to_manage(request, year)
    names = ("title_zh", "title_en", "opens_on", "closes_on", "version")
    form = SurveyDaysForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_survey(survey=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Saved."))
            return redirect(found)
    return _form(request, form, _("Change title and days"), "", _("Save"), found.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.SURVEY_MANAGE)
@once
def survey_open(request: SignedInRequest, year: int) -> HttpResponse:
    found = _to_manage(request, year)
    counts = counts_of(found)
    sentence = ""
    if request.method == "POST":
        try:
            open_survey(survey=found, by=request.user, at=timezone.now(), version=_version(request))
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            messages.success(request, _("The survey is open. Residents can answer until %s.") % zhday(found.closes_on))
            return redirect(found)
    valid = counts.issued - counts.void
    context = {
        "title": _("Open “%s”?") % found.title,
        "consequences": [
            ngettext("%(n)s card is valid.", "%(n)s cards are valid.", valid) % {"n": valid},
            _("Residents can answer from %(first)s to %(last)s.")
            % {"first": zhday(found.opens_on), "last": zhday(found.closes_on)},
            _("After that no card can be added and the days cannot be changed."),
        ],
        "submit": _("Open the survey"),
        "cancel_label": _("Leave it for now"),
    }
    return _confirm(request, found, sentence, context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.SURVEY_MANAGE)
@once
def survey_close(request: SignedInRequest, year: int) -> HttpResponse:
    found = _to_manage(request, year)
    sentence = ""
    if request.method == "POST":
        try:
            close_survey(survey=found, by=request.user, at=timezone.now(), version=_version(request))
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            messages.success(request, _("The survey is closed. The results can be read now."))
            return redirect("assessment:survey_results", year=year)
    context = {
        "title": _("Close “%s”?") % found.title,
        "consequences": [
            _("No card can be used any more."),
            _("The answers are put into random order; then everybody concerned can read the results."),
            _("This cannot be taken back."),
        ],
        "submit": _("Close the survey"),
        "cancel_label": _("Leave it for now"),
    }
    return _confirm(request, found, sentence, context)


def _asked(found: Survey) -> list[dict[str, Any]]:
    return [
        {"words": words(question), "options": [words(option) for option in question["options"]]}
        for question in found.questions
    ]


def _to_manage(request: SignedInRequest, year: int) -> Survey:
    found = get_object_or_404(Survey.objects.visible_to(request.user), year=year)
    if not may(request.user, Permission.SURVEY_MANAGE, found):
        raise PermissionDenied
    return found


def _version(request: SignedInRequest) -> int | None:
    """The version the confirm page was made for."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _confirm(request: SignedInRequest, found: Survey, sentence: str, context: dict[str, Any]) -> HttpResponse:
    more = {"sentence": sentence, "version": found.version, "cancel_url": found.get_absolute_url()}
    return render(request, "_parts/confirm.html", context | more, status=422 if sentence else 200)


def _form(request: SignedInRequest, form: Any, title: str, lead: str, submit: str, back: str) -> HttpResponse:
    context = {"title": title, "lead": lead, "form": form, "submit": submit, "cancel_url": back}
    context["crumbs"] = [(_("Surveys"), reverse("assessment:surveys")), (title, "")]
    return render(request, "_parts/form_page.html", context, status=422 if form.is_bound else 200)
