"""The board's own ways to place a visit: dropped on a half-day or sent there by a button, and taken back."""

from collections.abc import Callable
from datetime import date, datetime, time

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.clock import SHANGHAI
from core.once import once
from core.refusals import Conflict, RuleBroken
from core.templatetags.core import zhdaytime
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits import services
from visits.dayparts import DayPart
from visits.forms import VersionForm
from visits.models import Visit, VisitStatus
from visits.transitions import check
from visits.views.access import visit_for
from visits.views.answers import moved, overtaken, refused, sent_with
from visits.views.placing import place_again

SLOT = r"^\d{4}-\d{2}-\d{2}/(morning|afternoon|evening)$"


class DropForm(VersionForm):
    """The half-day, and whether somebody has agreed that people are told of it."""

    slot = forms.RegexField(SLOT)
    agreed = forms.BooleanField(required=False)

    def clean_slot(self) -> tuple[date, DayPart]:
        day, part = self.cleaned_data["slot"].split("/")
        try:
            return date.fromisoformat(day), DayPart(part)
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


@require_POST
@policy(Permission.VISIT_PLAN)
@once
def drop(request: SignedInRequest, code: str) -> HttpResponse:
    """Put the visit on a half-day: at its own hour if it stays in that part of the day, else at the usual one."""
    visit, form, at = visit_for(request, code, Permission.VISIT_PLAN), DropForm(request.POST), timezone.now()
    if not form.is_valid():
        return refused(request, visit, _("Please choose a day."))
    day, part = form.cleaned_data["slot"]
    starts_at = visit.starts_at if visit.starts_at and visit.part == part else part.usual_start
    if visit.status == VisitStatus.ANNOUNCED and not form.cleaned_data["agreed"]:
        return _ask(request, visit, day, starts_at)
    name = "move" if visit.status in VisitStatus.placed else "schedule"
    service = services.move_visit if name == "move" else services.schedule_visit
    place = {"day": day, "starts_at": starts_at, "version": form.cleaned_data["version"]}

    def act() -> Visit:
        check(visit, name, by=request.user)
        return service(visit=visit, by=request.user, at=at, **place)

    return _answer(request, visit, act, lambda clash: place_again(request, visit, name, clash.sentences, at))


@require_POST
@policy(Permission.VISIT_PLAN)
@once
def undo(request: SignedInRequest, code: str) -> HttpResponse:
    visit, form, at = visit_for(request, code, Permission.VISIT_PLAN), VersionForm(request.POST), timezone.now()
    if not form.is_valid():
        return refused(request, visit, _("This can no longer be taken back. Please move the visit instead."))
    version = form.cleaned_data["version"]

    def act() -> Visit:
        return services.undo_placing(visit=visit, by=request.user, at=at, version=version)

    return _answer(request, visit, act, lambda clash: refused(request, visit, str(clash)), may_undo=False)


def _answer(
    request: SignedInRequest,
    visit: Visit,
    act: Callable[[], Visit],
    taken: Callable[[services.ClashFound], HttpResponse],
    *,
    may_undo: bool = True,
) -> HttpResponse:
    """Do it and say so; where it is refused, say why and offer what can be done instead. `taken`: somebody is busy."""
    try:
        placed = act()
    except Conflict as conflict:
        if not request.htmx:
            raise
        return overtaken(request, visit, conflict, may_repeat=may_undo)
    except services.ClashFound as clash:
        return taken(clash)
    except RuleBroken as refusal:
        return refused(request, visit, str(refusal.sentence))
    return moved(request, placed, may_undo=may_undo)


def _ask(request: SignedInRequest, visit: Visit, day: date, starts_at: time) -> HttpResponse:
    """People were told of the old time, so they will be told of the new one: that is asked first."""
    when = zhdaytime(datetime.combine(day, starts_at, tzinfo=SHANGHAI))
    context = {
        "visit": visit,
        "title": _("Move “%(area)s” to %(when)s?") % {"area": visit.area, "when": when},
        "sent": sent_with(request),
    }
    return render(request, "visits/_ask.html" if request.htmx else "visits/ask.html", context)
