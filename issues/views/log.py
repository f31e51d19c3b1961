"""After the meeting, on a phone: what residents raised, one issue in two short steps, until the lead submits."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.once import once, was_sent
from core.refusals import Conflict, RuleBroken
from issues import policies, unfinished
from issues.log_forms import SaidForm, WhoForm, said_of, who_of
from issues.models import Issue, IssueStatus
from issues.queries import drafts_of, issues_of
from issues.services import change_draft, change_photos, log_issue, missing, remove_draft
from issues.services.photos import put_back
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.faster import say_who_was_faster, somebody_was_faster
from visits.models import Visit, VisitStatus
from visits.policies import may as may_on_visit

# -- What has been written down ------------------------------------------------------------------


@require_safe
@policy(Permission.ISSUE_LOG)
def log_start(request: SignedInRequest, code: str) -> HttpResponse:
    """Drafts with what is missing, what this person has not finished writing, and what was submitted before."""
    visit = visit_to_log(request, code)
    context = {
        "visit": visit,
        "is_over": visit.status in VisitStatus.final,
        "rows": [(issue, missing(issue)) for issue in own(request, drafts_of(visit))],
        "submitted": submitted_of(request, visit),
        "unfinished": unfinished.of_new(request.user, visit),
        "topics": [] if visit.status in VisitStatus.final else visit.topics.filter(taken_at__isnull=True),
        "removed": unfinished.removed(request.user, visit) if "removed" in request.GET else "",
    }
    return render(request, "issues/log_start.html", context)


# -- Step 1: what was said -----------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ISSUE_LOG)
@once
def log_said(request: SignedInRequest, code: str) -> HttpResponse:
    """A new issue: the words, the place, who said it."""
    visit = visit_to_log(request, code)
    if visit.status in VisitStatus.final:
        raise RuleBroken(_("This visit is over. Please write the issue down at the next one."))
    form = SaidForm(_sent(request), request.FILES or None, initial=unfinished.of_new(request.user, visit))
    if _is_for_later(request):
        return _write_later(request, visit)
    if form.is_valid() and (issue := _log(request, visit, form)):
        return _on(request, visit, issue)
    return _said_page(request, visit, form)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ISSUE_LOG)
@once
def log_edit(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """The same page for an issue written down before."""
    visit = visit_to_log(request, code)
    issue = draft_to_change(request, visit, pk)
    initial = said_of(issue) | unfinished.of(request.user, visit, issue)
    form = SaidForm(_sent(request), request.FILES or None, initial=initial, issue=issue)
    if _is_for_later(request):
        return _write_later(request, visit, issue)
    if form.is_valid() and _change(request, issue, form, form.answers()):
        change_photos(issue=issue, by=request.user, at=timezone.now(), **form.pictures())
        unfinished.clear(request.user, visit, issue)
        return _on(request, visit, issue)
    return _said_page(request, visit, form, issue)


@require_POST
@policy(Permission.ISSUE_LOG)
def log_autosave(request: SignedInRequest, code: str, pk: int | None = None) -> HttpResponse:
    """What is in the form right now, kept on the server so that a closed tab loses nothing."""
    visit = visit_to_log(request, code)
    issue = draft_to_change(request, visit, pk) if pk else None
    if not was_sent(request):
        unfinished.keep(request.user, visit, issue, request.POST)
    return HttpResponse(status=204)


# -- Step 2: who solves it -----------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ISSUE_LOG)
@once
def log_who(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    visit = visit_to_log(request, code)
    issue = draft_to_change(request, visit, pk)
    form = WhoForm(_sent(request), initial=who_of(issue), visit=visit, at=timezone.now())
    if form.is_valid() and _change(request, issue, form, form.answers()):
        return redirect("issues:log_said" if "another" in request.POST else "issues:log_start", visit.code)
    context = {"visit": visit, "issue": issue, "form": form, "n": _position(request, visit, issue)}
    return render(request, "issues/log_who.html", context, status=_status_of(form))


@require_safe
@policy(Permission.ISSUE_LOG)
def log_levels(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """The cards of step 2 again, with the suggestion for the category just chosen."""
    visit = visit_to_log(request, code)
    issue = draft_to_change(request, visit, pk)
    chosen = {name: request.GET.get(name) for name in ("category", "level")}
    form = WhoForm(initial=who_of(issue) | chosen, visit=visit, at=timezone.now())
    return render(request, "issues/_log_levels.html", {"form": form})


# -- Taking one away, and back -------------------------------------------------------------------


@require_POST
@policy(Permission.ISSUE_LOG)
@once
def log_delete(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """No question asked: the next page offers to undo it."""
    visit = visit_to_log(request, code)
    issue = draft_to_change(request, visit, pk)
    unfinished.keep_removed(request.user, visit, issue)
    remove_draft(issue=issue, by=request.user, at=timezone.now())
    unfinished.clear(request.user, visit, issue)
    return redirect(f"{reverse('issues:log_start', args=[visit.code])}?removed=1")


@require_POST
@policy(Permission.ISSUE_LOG)
@once
def log_undelete(request: SignedInRequest, code: str) -> HttpResponse:
    visit = visit_to_log(request, code)
    if removed := unfinished.take_removed(request.user, visit):
        at, photos = timezone.now(), removed.pop("photos")
        issue = log_issue(area=visit.area, visit=visit, by=request.user, at=at, **removed)
        put_back(issue=issue, facts=photos, by=request.user, at=at)
        messages.success(request, _("The issue is back."))
    return redirect("issues:log_start", visit.code)


# -- What the pages of logging share ---------------------------------------------------------------


def visit_to_log(request: SignedInRequest, code: str) -> Visit:
    """The visit this person may write issues for: 404 for a stranger, 403 for somebody who only reads."""
    visits = Visit.objects.visible_to(request.user).select_related("area__street", "team__unit", "round", "kind")
    visit = get_object_or_404(visits, code=code)
    if not may_on_visit(request.user, Permission.ISSUE_LOG, visit):
        raise PermissionDenied
    return visit


def draft_to_change(request: SignedInRequest, visit: Visit, pk: int) -> Issue:
    """An issue of this visit that is not submitted yet."""
    issues = Issue.objects.visible_to(request.user).filter(visit=visit, status=IssueStatus.DRAFT)
    issue = get_object_or_404(issues.select_related("category", "level", "area", "team"), pk=pk)
    if not policies.may(request.user, Permission.ISSUE_LOG, issue):
        raise PermissionDenied
    return issue


def own(request: SignedInRequest, issues: QuerySet[Issue]) -> QuerySet[Issue]:
    """In the order they were written down."""
    return issues.filter(policies.issue_scope(request.user)).order_by("pk")


def submitted_of(request: SignedInRequest, visit: Visit) -> QuerySet[Issue]:
    return own(request, issues_of(visit).exclude(status=IssueStatus.DRAFT))


def _sent(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _log(request: SignedInRequest, visit: Visit, form: SaidForm) -> Issue | None:
    try:
        issue = log_issue(area=visit.area, visit=visit, by=request.user, at=timezone.now(), **form.answers())
    except RuleBroken as refused:
        form.add_error(None, str(refused.sentence))
        return None
    change_photos(issue=issue, by=request.user, at=timezone.now(), **form.pictures())
    unfinished.clear(request.user, visit)
    return issue


def _change(request: SignedInRequest, issue: Issue, form: Form, answers: dict[str, Any]) -> bool:
    version = form.cleaned_data["version"]
    try:
        change_draft(issue=issue, by=request.user, at=timezone.now(), version=version, **answers)
    except RuleBroken as refused:
        form.add_error(None, str(refused.sentence))
        return False
    except Conflict as conflict:
        say_who_was_faster(form, conflict)
        return False
    return True


def _is_for_later(request: SignedInRequest) -> bool:
    """Words alone are kept as they stand; photos need a draft to belong to."""
    return "later" in request.POST and not request.FILES


def _on(request: SignedInRequest, visit: Visit, issue: Issue) -> HttpResponse:
    """To step 2, or back to the list for whoever goes on later."""
    if "later" in request.POST:
        return redirect("issues:log_start", visit.code)
    return redirect("issues:log_who", visit.code, issue.pk)


def _write_later(request: SignedInRequest, visit: Visit, issue: Issue | None = None) -> HttpResponse:
    unfinished.keep(request.user, visit, issue, request.POST)
    return redirect("issues:log_start", visit.code)


def _position(request: SignedInRequest, visit: Visit, issue: Issue | None = None) -> int:
    """“Issue 3”: its place among the issues of the visit."""
    issues = own(request, issues_of(visit))
    return (issues.filter(pk__lt=issue.pk) if issue else issues).count() + 1


def _said_page(request: SignedInRequest, visit: Visit, form: SaidForm, issue: Issue | None = None) -> HttpResponse:
    context = {"visit": visit, "issue": issue, "form": form, "n": _position(request, visit, issue)}
    return render(request, "issues/log_said.html", context, status=_status_of(form))


def _status_of(form: Form) -> int:
    return 409 if somebody_was_faster(form) else 422 if form.errors else 200
