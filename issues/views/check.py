"""Looking everything over once more, handing it in, and what happens next."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import today
from core.once import once
from core.refusals import Conflict, RuleBroken
from core.templatetags.core import zhdate
from issues.models import Issue
from issues.next_steps import next_steps
from issues.queries import drafts_of
from issues.rulebook import Rulebook
from issues.services import missing, submit_issues
from issues.slips import slip_for
from issues.views.log import own, submitted_of, visit_to_log
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.policies import may as may_on_visit

_LOOK_AGAIN = gettext_lazy("Somebody added or changed an issue just now. Please look once more, then submit.")


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ISSUE_LOG)
@once
def check(request: SignedInRequest, code: str) -> HttpResponse:
    """One card an issue. Only the lead submits, and only what this page showed."""
    visit = visit_to_log(request, code)
    may_submit = may_on_visit(request.user, Permission.ISSUE_SUBMIT, visit)
    issues = list(own(request, drafts_of(visit)))
    sentence: Any = ""
    if request.method == "POST":
        if not may_submit:
            raise PermissionDenied
        sentence = _submit(request, issues)
        if not sentence:
            return redirect("issues:submitted", visit.code)
        issues = list(own(request, drafts_of(visit)))
    context = {
        "visit": visit,
        "cards": [(issue, missing(issue), way) for issue, way in zip(issues, _ways(issues), strict=True)],
        "seen": _seen(issues),
        "gaps": sum(len(missing(issue)) for issue in issues),
        "sentence": sentence,
        "may_submit": may_submit,
    }
    return render(request, "issues/check.html", context, status=422 if sentence else 200)


@require_safe
@policy(Permission.ISSUE_LOG)
def submitted(request: SignedInRequest, code: str) -> HttpResponse:
    """The numbers given last, who does what by when, and the slips for those who spoke."""
    visit = visit_to_log(request, code)
    everything = list(submitted_of(request, visit))
    if not everything:
        return redirect("issues:log_start", visit.code)
    last = max(issue.submitted_at for issue in everything if issue.submitted_at)
    issues = [issue for issue in everything if issue.submitted_at == last]
    context = {
        "visit": visit,
        "slips": [slip_for(issue) for issue in issues],
        "all_slips": len(everything),
        "steps": next_steps(issues),
    }
    return render(request, "issues/submitted.html", context)


def _submit(request: SignedInRequest, issues: list[Issue]) -> Any:
    """Why not; an empty sentence when it is done."""
    if request.POST.get("seen") != _seen(issues):
        return _LOOK_AGAIN
    try:
        submit_issues(issues=issues, by=request.user, at=timezone.now())
    except Conflict:
        return _LOOK_AGAIN
    except RuleBroken as refused:
        return str(refused.sentence)
    return ""


def _ways(issues: list[Issue]) -> list[str]:
    """Where each would go if it were submitted now: the unit and the day."""
    day = today(timezone.now())
    rules = Rulebook(day)
    return [_way(issue, rules, day) if issue.level else "" for issue in issues]


def _way(issue: Issue, rules: Rulebook, day: date) -> str:
    assert issue.level is not None
    unit = rules.unit_of(issue, issue.level.number)
    due = rules.deadlines(issue, issue.level.number, submitted_on=day, assigned_on=day).due_on
    if unit is None:
        return _("the office names the unit, by %(day)s") % {"day": zhdate(due)}
    return _("%(unit)s, by %(day)s") % {"unit": unit, "day": zhdate(due)}


def _seen(issues: list[Issue]) -> str:
    """What the page shows, so that nothing is submitted unread."""
    return " ".join(f"{issue.pk}.{issue.version}" for issue in issues)
