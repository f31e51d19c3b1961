"""Before the visit: the preparation list, and a small page for each step that is more than a tick."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import today
from core.once import once
from core.refusals import RuleBroken
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits import services
from visits.agenda import agenda_of
from visits.history import entries, moved_from
from visits.models import StepKind, Topic, Visit
from visits.policies import may
from visits.preparation_forms import GuestsForm, NoticeForm, TopicForm
from visits.preparing import Preparation, StepRow, guests, preparation_of
from visits.views.access import status_of, visit_for


@require_safe
@policy(Permission.VISIT_VIEW)
def prepare(request: SignedInRequest, code: str) -> HttpResponse:
    """What is left to do before the meeting; whoever only looks sees it without buttons."""
    visit = visit_for(request, code)
    context = {
        "visit": visit,
        "preparation": preparation_of(visit, timezone.now()),
        "may_prepare": may(request.user, Permission.VISIT_PREPARE, visit),
        "agenda": agenda_of(visit, request.user),
        "moved_from": moved_from(entries(visit)),
    }
    return render(request, "visits/prepare.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_PREPARE)
@once
def prepare_step(request: SignedInRequest, code: str, step: str) -> HttpResponse:
    """The day of the notice, the guests, the topics."""
    visit = visit_for(request, code, Permission.VISIT_PREPARE)
    preparation, row = _find(visit, step)
    if not row.has_page:
        return redirect("visits:prepare", visit.code)
    form = _form(request, preparation, row)
    if form.is_bound and form.is_valid():
        try:
            words = _save(request, visit, row, form)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, words)
            return redirect(request.path if row.step.kind == StepKind.TOPICS else _list(visit))
    context = {"visit": visit, "preparation": preparation, "row": row, "form": form}
    return render(request, "visits/prepare_step.html", context, status=status_of(form))


@require_POST
@policy(Permission.VISIT_PREPARE)
@once
def prepare_tick(request: SignedInRequest, code: str, step: str) -> HttpResponse:
    visit = visit_for(request, code, Permission.VISIT_PREPARE)
    row = _find(visit, step)[1]
    if row.step.kind == StepKind.NOTICE:
        return redirect("visits:prepare_step", visit.code, step)
    services.tick_step(visit=visit, step=row.step, by=request.user, at=timezone.now())
    return redirect(f"{_list(visit)}#{step}")


@require_POST
@policy(Permission.VISIT_PREPARE)
@once
def prepare_undo(request: SignedInRequest, code: str, step: str) -> HttpResponse:
    visit = visit_for(request, code, Permission.VISIT_PREPARE)
    row = _find(visit, step)[1]
    services.undo_step(visit=visit, step=row.tick.step if row.tick else row.step, by=request.user, at=timezone.now())
    return redirect(f"{_list(visit)}#{step}")


@require_POST
@policy(Permission.VISIT_PREPARE)
@once
def topic_remove(request: SignedInRequest, code: str, topic: int) -> HttpResponse:
    visit = visit_for(request, code, Permission.VISIT_PREPARE)
    found = get_object_or_404(Topic.objects.select_related("visit"), visit=visit, pk=topic)
    services.remove_topic(topic=found, by=request.user, at=timezone.now())
    messages.success(request, _("Taken out: %(topic)s") % {"topic": found.text})
    return redirect(_topics_page(visit))


def _find(visit: Visit, code: str) -> tuple[Preparation, StepRow]:
    preparation = preparation_of(visit, timezone.now())
    row = preparation.row(code)
    if row is None:
        raise Http404
    return preparation, row


def _list(visit: Visit) -> str:
    return reverse("visits:prepare", args=[visit.code])


def _topics_page(visit: Visit) -> str:
    rows = preparation_of(visit, timezone.now()).rows
    step = next((row.step.code for row in rows if row.step.kind == StepKind.TOPICS), "")
    return reverse("visits:prepare_step", args=[visit.code, step]) if step else _list(visit)


def _form(request: SignedInRequest, preparation: Preparation, row: StepRow) -> Any:
    data = request.POST if request.method == "POST" else None
    if row.step.kind == StepKind.NOTICE:
        return NoticeForm(data, day=today(timezone.now()), posted=row.tick.on_day if row.tick else None)
    if row.step.kind == StepKind.INVITATIONS:
        return GuestsForm(data, guests=guests(preparation), invitations=preparation.invitations)
    return TopicForm(data)


def _save(request: SignedInRequest, visit: Visit, row: StepRow, form: Any) -> str:
    by, at = request.user, timezone.now()
    if row.step.kind == StepKind.NOTICE:
        services.tick_step(visit=visit, step=row.step, on_day=form.cleaned_data["on_day"], by=by, at=at)
        return _("Noted: the notice is up.")
    if row.step.kind == StepKind.INVITATIONS:
        saved = services.count_guests(
            visit=visit, counts=form.counts(), by=by, at=at, version=form.cleaned_data["version"]
        )
        return _("Saved: %(n)s invited.") % {"n": saved.total}
    services.add_topic(visit=visit, text=form.cleaned_data["text"], by=by, at=at)
    return _("Added. The team sees it on the page of the visit.")
