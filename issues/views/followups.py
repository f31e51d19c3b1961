"""Follow-up visits: choosing the issues, and writing down what became of each."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import today
from core.forms import Card, Cards, CardsMany, LayoutMixin, NoteField
from core.once import once
from core.refusals import RuleBroken
from issues import services
from issues.models import FollowUp, Issue, IssueStatus, Outcome
from issues.services.followups import refuse_without_words
from teams.grants import scopes_with
from teams.guards import policy
from teams.models import Pairing, Team
from teams.permissions import Permission
from teams.policies import DISTRICT_WIDE
from teams.requests import SignedInRequest
from visits.forms import VersionForm
from visits.models import Visit
from visits.policies import may

MOST = 30


class ChooseForm(LayoutMixin, forms.Form):
    issues = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Which issues does the team look at again?"),
        widget=CardsMany,
        error_messages={"required": gettext_lazy("Please choose at least one issue.")},
    )

    def __init__(self, *args: Any, found: list[Issue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (one.code, Card(one.headline, hint=f"{one.code} · {IssueStatus(one.status).label}")) for one in found
        ]
        self.fields["issues"].choices = choices  # type: ignore[attr-defined]


class OutcomeForm(VersionForm):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What did you find?"),
        choices=[(one.value, Card(one.label)) for one in Outcome],
        widget=Cards,
        error_messages={"required": gettext_lazy("Please choose what you found.")},
    )
    note = NoteField(
        label=gettext_lazy("What is not in order?"),
        max_length=300,
        rows=3,
        dictation=True,
        required=False,
        help_text=gettext_lazy("Not needed when everything is in order. No names of residents, please."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        try:
            refuse_without_words(data.get("outcome", Outcome.IN_ORDER), data.get("note", ""))
        except RuleBroken as refusal:
            self.add_error("note", str(refusal.sentence))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_PLAN)
@once
def follow_up_new(request: SignedInRequest, code: str) -> HttpResponse:
    """A visit to the area of this issue, for it and for others of the same area."""
    asked = get_object_or_404(Issue.objects.visible_to(request.user).submitted().select_related("area"), code=code)
    team = _team_for(request, asked)
    found = _others(request, asked)
    form = ChooseForm(request.POST or None, found=found, initial={"issues": [asked.code]})
    if form.is_valid():
        chosen = [one for one in found if one.code in form.cleaned_data["issues"]]
        try:
            visit = services.plan_follow_up(issues=chosen, team=team, by=request.user, at=timezone.now())
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return redirect("visits:schedule", visit.code)
    context = {
        "form": form,
        "title": _("Plan a follow-up visit to %(area)s") % {"area": asked.area},
        "lead": _("%(team)s goes there again and writes down what became of each issue.") % {"team": team},
        "submit": _("Go on to the day"),
        "cancel_url": asked.get_absolute_url(),
        "crumbs": [
            (_("Issues"), reverse("issues:queue")),
            (asked.code, asked.get_absolute_url()),
            (_("Follow-up"), ""),
        ],
    }
    return render(request, "_parts/form_page.html", context, status=422 if form.errors else 200)


@require_safe
@policy(Permission.VISIT_VIEW)
def follow_ups(request: SignedInRequest, code: str) -> HttpResponse:
    """The issues of a follow-up visit with what was found: a part of the visit's page."""
    visit = get_object_or_404(Visit.objects.visible_to(request.user), code=code)
    rows = FollowUp.objects.visible_to(request.user).filter(visit=visit).select_related("issue")
    context = {"rows": rows, "visit": visit, "may_write": may(request.user, Permission.VISIT_RECORD, visit)}
    return render(request, "issues/_follow_ups.html" if request.htmx else "issues/follow_ups.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_RECORD)
@once
def follow_up_outcome(request: SignedInRequest, code: str, issue: str) -> HttpResponse:
    rows = FollowUp.objects.visible_to(request.user).select_related("visit__area", "issue")
    row = get_object_or_404(rows, visit__code=code, issue__code=issue)
    if not may(request.user, Permission.VISIT_RECORD, row.visit):
        raise PermissionDenied
    form = OutcomeForm(request.POST or None, initial={"outcome": row.outcome, "version": row.version})
    if form.is_valid():
        try:
            services.write_outcome(follow_up=row, by=request.user, at=timezone.now(), **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Written down: %(headline)s.") % {"headline": row.issue.headline})
            return redirect(row.visit)
    context = {
        "form": form,
        "title": row.issue.headline,
        "lead": row.issue.original_text,
        "submit": _("Save"),
        "cancel_url": row.visit.get_absolute_url(),
        "crumbs": [(str(row.visit.area), row.visit.get_absolute_url()), (row.issue.code, "")],
    }
    return render(request, "_parts/form_page.html", context, status=422 if form.errors else 200)


def _team_for(request: SignedInRequest, issue: Issue) -> Team:
    """The own team where it is paired with the area, for the office the first that is; nobody else plans there."""
    pairings = Pairing.objects.on(today(timezone.now())).filter(area=issue.area_id, team__is_active=True)
    pairings = pairings.select_related("team").order_by("team__number")
    scopes = scopes_with(request.user, Permission.VISIT_PLAN)
    if not any(scope.role in DISTRICT_WIDE for scope in scopes):
        pairings = pairings.filter(team_id__in={scope.team_id for scope in scopes if scope.team_id})
    pairing = pairings.first()
    if pairing is None:
        raise PermissionDenied
    return pairing.team


def _others(request: SignedInRequest, asked: Issue) -> list[Issue]:
    """The issue itself first, then the newest of its area."""
    rows = Issue.objects.visible_to(request.user).submitted().filter(area=asked.area_id).exclude(pk=asked.pk)
    return [asked, *rows.select_related("area").order_by("-pk")[:MOST]]
