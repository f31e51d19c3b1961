"""At the meeting, on a phone: each of last time's issues is marked with what residents said to its answer."""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.clock import today
from core.forms import NoteField
from core.once import once
from core.refusals import Conflict, RuleBroken
from core.templatetags.core import clock
from issues.models import Issue, Response
from issues.promises import Promise, after_objection, promises_with_marks
from issues.services import mark_promise
from issues.views.log import visit_to_log
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.models import Visit, VisitStatus


class MarkForm(forms.Form):
    """`version` 0: nobody had marked it when the page was shown."""

    version = forms.IntegerField(min_value=0)
    response = forms.ChoiceField(choices=Response.choices)
    note = NoteField(max_length=200, required=False)


@require_safe
@policy(Permission.ISSUE_LOG)
def promises(request: SignedInRequest, code: str) -> HttpResponse:
    visit = visit_to_log(request, code)
    return render(request, "issues/promises.html", _context(request, visit))


@require_POST
@policy(Permission.ISSUE_LOG)
@once
def mark(request: SignedInRequest, code: str, issue: str) -> HttpResponse:
    """One touch, saved at once. The row comes back; without scripts the whole page does."""
    visit = visit_to_log(request, code)
    found = get_object_or_404(Issue.objects.visible_to(request.user), code=issue, area=visit.area)
    form, sentence = MarkForm(request.POST), ""
    if form.is_valid():
        try:
            mark_promise(issue=found, visit=visit, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Conflict as conflict:
            sentence = _faster(conflict)
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
    else:
        sentence = str(next(iter(form.errors.values()))[0])
    if request.htmx or sentence:
        return _row(request, visit, found, sentence)
    return redirect(f"{_page_of(visit)}#p-{found.code}")


def _row(request: SignedInRequest, visit: Visit, issue: Issue, sentence: str) -> HttpResponse:
    """The row as it is now; what was typed and not taken stands in it still."""
    context = _context(request, visit) | {"sentence": sentence, "changed": issue.pk}
    if sentence:
        typed = request.POST.get("note", "")
        rows: list[Promise] = context["promises"]
        context["promises"] = [replace(row, typed=typed) if row.issue.pk == issue.pk else row for row in rows]
    if not request.htmx:
        return render(request, "issues/promises.html", context, status=422)
    promise = next((one for one in context["promises"] if one.issue.pk == issue.pk), None)
    return render(request, "issues/_promise_saved.html", context | {"promise": promise})


def _context(request: SignedInRequest, visit: Visit) -> dict[str, Any]:
    rows = promises_with_marks(visit, request.user)
    for row in rows:
        row.issue.way_on = after_objection(row.issue, request.user, _page_of(visit)) if _objected(row) else None  # type: ignore[attr-defined]
    return {
        "visit": visit,
        "promises": rows,
        "left": sum(row.mark is None for row in rows),
        "responses": list(Response),
        "is_open": visit.status not in VisitStatus.final
        and visit.day is not None
        and visit.day <= today(timezone.now()),
    }


def _page_of(visit: Visit) -> str:
    return reverse("issues:promises", args=[visit.code])


def _objected(row: Promise) -> bool:
    return row.mark is not None and row.mark.response == Response.OBJECTED


def _faster(conflict: Conflict) -> str:
    if not conflict.by:
        return _("Somebody changed this meanwhile. Please look at it again.")
    return _("%(name)s marked it at %(time)s. Please look at it again.") % {
        "name": conflict.by,
        "time": clock(conflict.at),
    }
