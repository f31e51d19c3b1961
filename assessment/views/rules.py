"""The versions of a year's rules: read by everybody scored, written by the office, approved by two others."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessment import services
from assessment.forms import WeightsForm
from assessment.models import RuleSet, RuleSetStatus
from assessment.policies import may
from assessment.queries import results_are_known
from assessment.transitions import approve_rule_set
from assessment.views.access import crumbs_to, scores_in_use
from core.once import once
from core.refusals import RuleBroken
from teams.grants import holds
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest


@require_safe
@policy(Permission.SCORE_VIEW)
def score_rules(request: SignedInRequest, year: int) -> HttpResponse:
    scores_in_use(year)
    related = ("created_by", "first_by", "second_by")
    versions = list(RuleSet.objects.visible_to(request.user).filter(year=year).select_related(*related))
    writes = holds(request.user, Permission.RULES_EDIT)
    if not versions and not writes:
        raise Http404
    known = results_are_known(year)
    for version in versions:
        version.by_group = [(group, version.rules.of_group(group.code)) for group in version.rules.groups]  # type: ignore[attr-defined]
        waiting = version.status == RuleSetStatus.DRAFT and not known
        version.may_approve = waiting and may(request.user, Permission.RULES_APPROVE, version)  # type: ignore[attr-defined]
    context = {
        "year": year,
        "versions": versions,
        "known": known,
        "may_write": writes and not known and bool(_newest(year)),
        "crumbs": crumbs_to(year, _("Rules")),
    }
    return render(request, "assessment/score_rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.RULES_EDIT)
@once
def score_rules_new(request: SignedInRequest, year: int) -> HttpResponse:
    """A new version with other points, from the newest version of this year or, for a new year, of an earlier one."""
    scores_in_use(year)
    old = _newest(year)
    if old is None:
        raise Http404
    form = WeightsForm(request.POST or None, rules=old.rules)
    back = reverse("assessment:score_rules", args=[year])
    if request.method == "POST" and form.is_valid():
        try:
            made = services.write_rule_set(year=year, body=form.body(old.body), by=request.user, at=timezone.now())
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("%s is written. Two people of the leading group must approve it.") % made)
            return redirect(back)
    context = {
        "title": _("New version of the rules %s") % year,
        "lead": _("The points must add up to 100. Everything else stays as in “%s”.") % old,
        "form": form,
        "submit": _("Write the new version"),
        "cancel_url": back,
        "crumbs": crumbs_to(year, _("Rules")),
    }
    return render(request, "_parts/form_page.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.RULES_APPROVE)
@once
def score_rule_set_approve(request: SignedInRequest, year: int, number: int) -> HttpResponse:
    scores_in_use(year)
    found = get_object_or_404(RuleSet.objects.visible_to(request.user), year=year, number=number)
    if not may(request.user, Permission.RULES_APPROVE, found):
        raise PermissionDenied
    back, sentence = reverse("assessment:score_rules", args=[year]), ""
    if request.method == "POST":
        try:
            found = approve_rule_set(rule_set=found, by=request.user, at=timezone.now())
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            messages.success(request, _approved_words(found))
            return redirect(back)
    context = {
        "title": _("Approve “%s”?") % found,
        "consequences": [
            _("Two people approve a version; neither of them wrote it."),
            _("Once approved it cannot be changed any more. All teams are scored by it."),
        ],
        "sentence": sentence,
        "submit": _("Approve the rules"),
        "cancel_label": _("Leave it for now"),
        "cancel_url": back,
    }
    return render(request, "_parts/confirm.html", context, status=422 if sentence else 200)


def _approved_words(found: RuleSet) -> str:
    if found.status == RuleSetStatus.APPROVED:
        return _("%s is in force.") % found
    return _("Approved. One more person must approve it.")


def _newest(year: int) -> RuleSet | None:
    return RuleSet.objects.filter(year__lte=year).order_by("-year", "-number").first()
