"""The other sides of a record: the secretary's word, the lead's answer, the office's word to a late one."""

from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.once import once
from core.refusals import RuleBroken
from teams.guards import policy
from teams.models import User
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits import services
from visits.confirming_forms import AnswerForm, VerdictForm, confirm_form, late_form
from visits.models import SimilarRecord, Visit
from visits.tasks import view_of
from visits.transitions import check
from visits.views.access import RECORD_PARTS, status_of, version_of, visit_for


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_CONFIRM)
@once
def confirm(request: SignedInRequest, code: str) -> HttpResponse:
    """The secretary reads the record and says whether it is right."""
    visit = visit_for(request, code, Permission.VISIT_CONFIRM)
    check(visit, "confirm", by=request.user)
    form = confirm_form(request.POST or None, visit.version)
    words = (_("Confirmed. Thank you."), _("Sent to the team's lead, who corrects the record or answers you."))
    calls = (services.confirm_record, services.dispute_record)
    if form.is_valid() and _say(request, visit, form, calls, words):
        return redirect(visit)
    return _page(request, visit, form, _("Is this record right?"), _("Send"))


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_CLOSE)
@once
def answer(request: SignedInRequest, code: str) -> HttpResponse:
    """The record stays as it is, and why; or it is corrected, which has its own page."""
    visit = visit_for(request, code, Permission.VISIT_CLOSE)
    check(visit, "answer", by=request.user, note="?")
    form = AnswerForm(request.POST or None, initial={"version": visit.version})
    if form.is_valid():
        note, version = form.cleaned_data["note"], form.cleaned_data["version"]
        try:
            services.answer_dispute(visit=visit, note=note, by=request.user, at=timezone.now(), version=version)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Answered. The secretary is asked again."))
            return redirect(visit)
    return _page(request, visit, form, _("The secretary disputes the record"), _("Send the answer"))


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ROUND_MANAGE)
@once
def late(request: SignedInRequest, code: str) -> HttpResponse:
    visit = visit_for(request, code, Permission.ROUND_MANAGE)
    check(visit, "accept_late", by=request.user)
    form = late_form(request.POST or None, visit.version)
    words = (_("Accepted. The team is told."), _("Not accepted. The team is told."))
    if form.is_valid() and _say(request, visit, form, (services.accept_late, services.refuse_late), words):
        return redirect(visit)
    return _page(request, visit, form, _("Late record"), _("Send the decision"))


@require_POST
@policy(Permission.VISIT_CLOSE)
@once
def similar_right(request: SignedInRequest, code: str) -> HttpResponse:
    """The record reads like another one, and that is right."""
    visit = visit_for(request, code, Permission.VISIT_CLOSE)
    hint = get_object_or_404(SimilarRecord.objects.select_related("visit"), visit=visit)
    services.check_similar(hint=hint, by=request.user, at=timezone.now(), version=version_of(request))
    messages.success(request, _("Noted: the record is right as it is."))
    return redirect(visit)


def _say(request: SignedInRequest, visit: Visit, form: VerdictForm, calls: Any, words: tuple[str, str]) -> bool:
    """Yes or no through its service; what it refuses stands in the form."""
    no = 0 if form.agrees else 1
    note = {} if form.agrees and calls[0] is services.confirm_record else {"note": form.cleaned_data["words"]}
    by: User = request.user
    try:
        calls[no](visit=visit, by=by, at=timezone.now(), version=form.cleaned_data["version"], **note)
    except RuleBroken as refusal:
        form.add_error(None, str(refusal.sentence))
        return False
    messages.success(request, words[no])
    return True


def _page(request: SignedInRequest, visit: Visit, form: Any, title: str, submit: str) -> HttpResponse:
    prefetch_related_objects([visit], *RECORD_PARTS)
    context = {
        "visit": visit,
        "page": view_of(visit, request.user, timezone.now()),
        "form": form,
        "title": title,
        "submit": submit,
    }
    return render(request, "visits/record_word.html", context, status=status_of(form))
