"""The resident's own page: no account, only the number and the code of the slip."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import CodeField, LayoutMixin, NoteField
from core.guards import public
from core.once import once
from core.refusals import RuleBroken
from issues import guesses
from issues.models import Issue
from issues.residents import Told, ask_for_visit_here, say_not_solved, say_solved
from issues.slips import find_issue, number_of, plain, split_token, token_of

View = Callable[..., HttpResponse]


class FindForm(LayoutMixin, forms.Form):
    number = CodeField(
        label=_("Number"),
        help_text=_("For example 26Q2-0287"),
        max_length=20,
        error_messages={"required": _("Please write the number that is on your slip")},
    )
    code = CodeField(
        label=_("Code"),
        help_text=_("Eight letters and digits, below the number"),
        max_length=20,
        error_messages={"required": _("Please write the code that is on your slip")},
    )


def _one_sentence(label: Any) -> NoteField:
    return NoteField(
        label=label,
        help_text=_("One sentence is enough. Please write no names and no phone numbers."),
        max_length=200,
        rows=4,
        dictation=True,
        error_messages={"required": _("Please write one sentence")},
    )


class NotSolvedForm(LayoutMixin, forms.Form):
    words = _one_sentence(_("What is not in order?"))


class VisitWantedForm(LayoutMixin, forms.Form):
    words = _one_sentence(_("What should the team look at?"))


def with_slip(view: View) -> View:
    """Open the issue that number and code name, keep search engines and caches away, and count wrong tries."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        number, secret = split_token(token)
        if guesses.too_many(request, number):
            return _wait(request)
        issue = find_issue(number, secret)
        if issue is None:
            guesses.note_wrong(request, number)
            return _not_found(request)
        return _sealed(request, view(request, issue))

    return guarded


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def resident_find(request: HttpRequest) -> HttpResponse:
    """Type number and code by hand."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        page = render(request, "issues/resident_find.html", {"form": form}, status=422 if form.errors else 200)
        return _sealed(request, page)
    number = number_of(form.cleaned_data["number"])
    if guesses.too_many(request, number):
        return _wait(request)
    issue = find_issue(number, plain(form.cleaned_data["code"]))
    if issue is None:
        guesses.note_wrong(request, number)
        return _not_found(request)
    return redirect("issues:resident", token_of(issue))


@require_safe
@public
@with_slip
def resident(request: HttpRequest, issue: Issue) -> HttpResponse:
    """Latest answer first, then where it stands, then how to object."""
    return _page(request, issue)


@require_POST
@public
@once
@with_slip
def resident_solved(request: HttpRequest, issue: Issue) -> HttpResponse:
    try:
        say_solved(issue=issue, at=timezone.now())
    except RuleBroken as refused:
        return _page(request, issue, sentence=str(refused.sentence))
    return redirect("issues:resident", token_of(issue))


@require_http_methods(["GET", "HEAD", "POST"])
@public
@once
@with_slip
def resident_not_solved(request: HttpRequest, issue: Issue) -> HttpResponse:
    """One sentence, and the unit that had it has it again."""
    told = Told(issue, timezone.now())
    form = NotSolvedForm(request.POST if request.method == "POST" else None)
    if told.is_explained:
        form.fields["words"].label = _("What do you not agree with?")
    if form.is_valid():
        try:
            say_not_solved(issue=issue, words=form.cleaned_data["words"], at=timezone.now())
        except RuleBroken as refused:
            form.add_error(None, str(refused.sentence))
        else:
            return redirect("issues:resident", token_of(issue))
    context = {"form": form, "told": told, "token": token_of(issue)}
    return render(request, "issues/resident_not_solved.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@public
@once
@with_slip
def resident_visit(request: HttpRequest, issue: Issue) -> HttpResponse:
    """Ask for another visit of the team; the office decides, the answer stands on this issue's page."""
    told = Told(issue, timezone.now())
    form = VisitWantedForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ask_for_visit_here(issue=issue, words=form.cleaned_data["words"], at=timezone.now())
        except RuleBroken as refused:
            form.add_error(None, str(refused.sentence))
        else:
            return redirect("issues:resident", token_of(issue))
    context = {"form": form, "told": told, "token": token_of(issue)}
    return render(request, "issues/resident_visit.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, issue: Issue, sentence: str = "") -> HttpResponse:
    context: dict[str, Any] = {"told": Told(issue, timezone.now()), "token": token_of(issue), "sentence": sentence}
    return render(request, "issues/resident.html", context, status=422 if sentence else 200)


def _not_found(request: HttpRequest) -> HttpResponse:
    """The same answer for a wrong number and a wrong code."""
    context = {"form": FindForm(), "not_found": True}
    return _sealed(request, render(request, "issues/resident_find.html", context, status=404))


def _wait(request: HttpRequest) -> HttpResponse:
    response = render(request, "issues/resident_wait.html", {"minutes": guesses.WINDOW // 60}, status=429)
    response["Retry-After"] = guesses.WINDOW
    return _sealed(request, response)


def _sealed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return guesses.remember(request, response)
