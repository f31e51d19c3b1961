"""One small page for every action. A button that needs no words posts here without one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from core.clock import today
from core.once import once
from core.refusals import RuleBroken
from core.statements import Statement, written
from core.templatetags.core import zhdate
from issues import forms, policies, services, vault
from issues.models import Issue, IssueStatus
from issues.offers import MOVE_OF
from issues.rulebook import Rulebook
from issues.story import Story
from issues.transitions import ISSUE
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.workdays import Workdays


@dataclass(frozen=True)
class Action:
    """A form, the service behind it, and the words around it."""

    form: type[forms.ActionForm]
    service: Callable[..., Issue]
    title: Any
    submit: Any
    done: Any
    lead: Any = ""
    names_people: bool = False  # then nothing of it is kept on the device


ACTIONS = {
    "accept": Action(
        forms.AcceptForm,
        services.accept_issue,
        gettext_lazy("Accept the issue?"),
        pgettext_lazy("issue", "Accept"),
        gettext_lazy("Accepted. The answer is due on %(due)s."),
        gettext_lazy("You become its case handler. The time limit has been running since it was submitted."),
    ),
    "assign": Action(
        forms.AssignForm,
        services.assign_handler,
        gettext_lazy("Name a case handler"),
        gettext_lazy("Name the case handler"),
        gettext_lazy("%(handler)s is the case handler now."),
    ),
    "route": Action(
        forms.RouteForm,
        services.route_issue,
        gettext_lazy("Who solves it?"),
        gettext_lazy("Set the level and send it out"),
        gettext_lazy("Sent to %(unit)s, to be accepted by %(accept)s."),
        gettext_lazy("The time limit counts from the day the team submitted it."),
    ),
    "send-back": Action(
        forms.SendBackForm,
        services.send_back,
        gettext_lazy("Ask the team for details"),
        gettext_lazy("Send it back to the team"),
        gettext_lazy("Sent back to the team."),
    ),
    "resubmit": Action(
        forms.ResubmitForm,
        services.resubmit_issue,
        gettext_lazy("Add the details"),
        gettext_lazy("Submit again"),
        gettext_lazy("Submitted again."),
        gettext_lazy("The resident's own words stay as they are."),
    ),
    "return": Action(
        forms.ReturnForm,
        services.return_issue,
        gettext_lazy("Return it to the office for a ruling?"),
        gettext_lazy("Return it"),
        gettext_lazy("Returned. The office rules; the time limit runs on."),
    ),
    "rule": Action(
        forms.RuleForm,
        services.rule_on_return,
        gettext_lazy("Rule on the return"),
        gettext_lazy("Rule and send it out"),
        gettext_lazy("Sent to %(unit)s, to be accepted by %(accept)s."),
        gettext_lazy("The unit you name has to handle it. The original day still counts."),
    ),
    "escalate": Action(
        forms.EscalateForm,
        services.escalate_issue,
        gettext_lazy("Escalate the issue?"),
        gettext_lazy("Escalate"),
        gettext_lazy("Escalated."),
        gettext_lazy(
            "The longer time limit of the next level counts from the day of submission; the days used stay on record."
        ),
    ),
    "progress": Action(
        forms.ProgressForm,
        services.add_progress,
        gettext_lazy("Write progress"),
        gettext_lazy("Save the progress"),
        gettext_lazy("The progress is saved."),
    ),
    "resolve": Action(
        forms.ResolveForm,
        services.resolve_issue,
        gettext_lazy("Hand in the result?"),
        gettext_lazy("Hand in the result"),
        gettext_lazy("Handed in. The lead cadre or the secretary asks the resident now."),
        gettext_lazy("Residents can read it at once. It counts as resolved when the resident has been told."),
    ),
    "explain": Action(
        forms.ExplainForm,
        services.explain_issue,
        gettext_lazy("Explain why it cannot be solved"),
        gettext_lazy("Hand in the explanation"),
        gettext_lazy("Handed in. The office gives its second opinion first."),
        gettext_lazy("The office gives a second opinion; only then do residents read it."),
    ),
    "review": Action(
        forms.ReviewForm,
        services.review_explanation,
        gettext_lazy("Second opinion on the explanation"),
        gettext_lazy("Save the second opinion"),
        gettext_lazy("The second opinion is saved."),
    ),
    "confirm": Action(
        forms.ConfirmForm,
        services.feed_back,
        gettext_lazy("What did the resident say?"),
        gettext_lazy("Save what the resident said"),
        gettext_lazy("Saved: %(status)s."),
        gettext_lazy("Tell the resident the answer first. If it is not accepted, the unit goes on with it."),
        names_people=True,
    ),
    "extend": Action(
        forms.ExtendForm,
        services.ask_extension,
        gettext_lazy("Ask for an extension"),
        gettext_lazy("Ask the office"),
        gettext_lazy("The office decides on the extension."),
        gettext_lazy("Once per issue. Until the office decides, the old day counts."),
    ),
    "decide-extension": Action(
        forms.DecideExtensionForm,
        services.decide_extension,
        gettext_lazy("Decide on the extension"),
        gettext_lazy("Save the decision"),
        gettext_lazy("Decided. The answer is due on %(due)s."),
    ),
    "ask-lawyer": Action(
        forms.AcceptForm,
        services.ask_lawyer,
        gettext_lazy("Ask the lawyer for an opinion?"),
        gettext_lazy("Ask the lawyer"),
        gettext_lazy("The lawyer of the team has been asked."),
    ),
    "legal-opinion": Action(
        forms.OpinionForm,
        services.give_legal_opinion,
        gettext_lazy("Write a legal opinion"),
        gettext_lazy("Save the opinion"),
        gettext_lazy("The opinion is saved; the unit has been told."),
    ),
    "reopen": Action(
        forms.ReopenForm,
        services.reopen_issue,
        gettext_lazy("Open the issue again?"),
        gettext_lazy("Open it again"),
        gettext_lazy("Open again, with %(unit)s."),
    ),
}


@require_http_methods(["GET", "POST"])
@policy(Permission.ISSUE_VIEW)
@once
def act(request: SignedInRequest, code: str, action: str) -> HttpResponse:
    """Show the form of an action, or do it."""
    found = ACTIONS.get(action)
    if found is None:
        raise Http404
    issue = the_issue(request, code)
    move = ISSUE.find(MOVE_OF[action])
    if not policies.may(request.user, Permission(move.permission), issue):
        raise PermissionDenied
    ISSUE.check(move.name, status=issue.status, status_label=IssueStatus(issue.status).label, note="-")
    form = _form(request, found, issue)
    if form.is_bound and form.is_valid():
        try:
            done = _do(request, found, issue, form)
        except RuleBroken as refused:
            form.add_error(None, str(refused.sentence))
        else:
            messages.success(request, _said(request, found, done))
            return redirect(_back(request, done))
    return _page(request, action, issue, form)


@require_http_methods(["GET", "POST"])
@policy(Permission.REPORTER_REVEAL)
@once
def reveal(request: SignedInRequest, code: str) -> HttpResponse:
    """Name and number of whoever raised it, for a reason. The answer is shown once and never cached."""
    issue = the_issue(request, code)
    if not policies.may(request.user, Permission.REPORTER_REVEAL, issue):
        raise PermissionDenied
    form, reported = forms.RevealForm(request.POST or None), None
    if form.is_bound and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            reported = vault.reveal(issue=issue, by=request.user, reason=reason, at=timezone.now())
        except RuleBroken as refused:
            form.add_error(None, str(refused.sentence))
    answer = render(request, "issues/reveal.html", {"issue": issue, "form": form, "reported": reported})
    answer["Cache-Control"] = "no-store"
    return answer


RELATED = ("area", "street", "category", "level", "owner_unit", "handler", "team", "reporter", "extension")
CODE = "?"  # no issue is called so


def the_issue(request: SignedInRequest, code: str) -> Issue:
    """The issue with what every page of it shows; 404 for whoever may not see it."""
    found = _visible(request, code)
    if not found:
        raise Http404
    issue: Issue = found[0]
    issue.area.street = issue.street
    return issue


def _visible(request: SignedInRequest, code: str | None) -> list[Issue]:
    user = request.user

    def visible() -> Statement:
        return Statement(Issue.objects.visible_to(user).filter(code=CODE).select_related(*RELATED), {CODE: "code"})

    return written("issue", user.pk, today(timezone.now()), *user.grants, make=visible).rows(code=code)


def _form(request: SignedInRequest, action: Action, issue: Issue) -> forms.ActionForm:
    extra: dict[str, Any] = {}
    if action.form is forms.RouteForm:
        extra["rules"] = Rulebook(today(issue.submitted_at or timezone.now()))
    data = request.POST if request.method == "POST" else None
    return action.form(data, issue=issue, by=request.user, day=today(timezone.now()), **extra)


def _do(request: SignedInRequest, action: Action, issue: Issue, form: forms.ActionForm) -> Issue:
    return action.service(
        issue=issue, by=request.user, at=timezone.now(), version=form.cleaned_data["version"], **form.answers()
    )


def _page(request: SignedInRequest, name: str, issue: Issue, form: forms.ActionForm) -> HttpResponse:
    action = ACTIONS[name]
    story = Story(issue, timezone.now(), Workdays())
    context = {
        "issue": issue,
        "action": action,
        "name": name,
        "to_know": story.to_know(name),
        "form": form,
        "cancel_url": _back(request, issue),
        "next": request.GET.get("next") or request.POST.get("next", ""),
        "crumbs": [(_("Issues"), reverse("issues:queue")), (issue.code, issue.get_absolute_url()), (action.title, "")],
    }
    return render(request, "issues/act.html", context, status=422 if form.errors else 200)


def _said(request: SignedInRequest, action: Action, issue: Issue) -> str:
    """What was done, naming the issue: it may have left the list the person comes back to, or their sight."""
    name = f"{issue.code} {issue.headline}"
    if _visible(request, issue.code):
        name = format_html('<a href="{}">{}</a>', issue.get_absolute_url(), name)
    return format_html(_("{issue}: {said}"), issue=name, said=str(action.done) % _facts(issue))


def _facts(issue: Issue) -> dict[str, Any]:
    return {
        "due": zhdate(issue.due_on),
        "accept": zhdate(issue.accept_by),
        "unit": issue.owner_unit or "",
        "handler": issue.handler.name if issue.handler else "",
        "status": IssueStatus(issue.status).label,
    }


def _back(request: SignedInRequest, issue: Issue) -> str:
    """Where the person came from, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return issue.get_absolute_url()
