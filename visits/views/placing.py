"""One visit's place in time: schedule, move, announce, cancel, take up again."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.once import once
from core.refusals import Conflict, RuleBroken
from core.templatetags.core import zhdaytime
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits import services
from visits.forms import NoteForm, PlaceForm
from visits.models import Visit, VisitStatus
from visits.slots import SlotTable, slot_table
from visits.transitions import check
from visits.views.access import status_of, version_of, visit_for
from visits.views.answers import moved, overtaken, refused


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_PLAN)
@once
def schedule(request: SignedInRequest, code: str) -> HttpResponse:
    visit = visit_for(request, code, Permission.VISIT_PLAN)
    words = {"title": _("Schedule %(area)s") % {"area": visit.area}, "submit": _("Schedule the visit")}
    return _place(request, visit, "schedule", services.schedule_visit, words)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_PLAN)
@once
def move(request: SignedInRequest, code: str) -> HttpResponse:
    visit = visit_for(request, code, Permission.VISIT_PLAN)
    known = visit.status == VisitStatus.ANNOUNCED
    words = {
        "title": _("Move %(area)s") % {"area": visit.area},
        "lead": _("Now: %(when)s, %(venue)s.")
        % {"when": zhdaytime(visit.begins), "venue": visit.venue or _("no venue")},
        "submit": _("Move and notify") if known else _("Move the visit"),
        "warning": _("The visit is announced. The team and the secretary get a message with the new time.")
        if known
        else "",
    }
    return _place(request, visit, "move", services.move_visit, words)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_PLAN)
@once
def announce(request: SignedInRequest, code: str) -> HttpResponse:
    visit, sentence = visit_for(request, code, Permission.VISIT_PLAN), ""
    check(visit, "announce", by=request.user)
    if request.method == "POST":
        try:
            services.announce_visit(visit=visit, by=request.user, at=timezone.now(), version=version_of(request))
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            messages.success(request, _("Announced: the team and the secretary have a message."))
            return redirect(visit)
    words = {
        "title": _("Announce %(area)s?") % {"area": visit.area},
        "consequences": [
            f"{zhdaytime(visit.begins)} · {visit.venue}",
            _("The members of the team and the secretary of the area get a message."),
        ],
        "submit": _("Announce"),
        "cancel_label": _("Leave it for now"),
    }
    return _confirm(request, visit, words, sentence)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_PLAN)
@once
def cancel(request: SignedInRequest, code: str) -> HttpResponse:
    visit = visit_for(request, code, Permission.VISIT_PLAN)
    check(visit, "cancel", by=request.user, note="-")
    form = NoteForm(request.POST or None, initial={"version": visit.version})
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.cancel_visit(
                visit=visit, note=data["note"], by=request.user, at=timezone.now(), version=data["version"]
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The visit is cancelled."))
            return redirect(visit)
    words: dict[str, Any] = {
        "title": _("Cancel the visit to %(area)s?") % {"area": visit.area},
        "consequences": [_("The residents are told by the residential area.")],
        "submit": _("Cancel the visit"),
        "cancel_label": _("Keep it"),
        "danger": True,
        "form": form,
    }
    if visit.status == VisitStatus.ANNOUNCED:
        words["consequences"].insert(
            0, _("It was announced: the team and the secretary get a message with your reason.")
        )
    return _confirm(request, visit, words)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_PLAN)
@once
def reinstate(request: SignedInRequest, code: str) -> HttpResponse:
    visit, sentence = visit_for(request, code, Permission.VISIT_PLAN), ""
    check(visit, "reinstate", by=request.user)
    if request.method == "POST":
        try:
            services.reinstate_visit(visit=visit, by=request.user, at=timezone.now(), version=version_of(request))
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            messages.success(request, _("The visit is among those to be scheduled again."))
            return redirect(visit)
    words = {
        "title": _("Take up the visit to %(area)s again?") % {"area": visit.area},
        "consequences": [_("It has no day then and waits to be scheduled.")],
        "submit": _("Take it up again"),
    }
    return _confirm(request, visit, words, sentence)


def _place(
    request: SignedInRequest, visit: Visit, name: str, service: Callable[..., Visit], words: dict[str, Any]
) -> HttpResponse:
    """The page with the half-days, or the same in a dialog of the board, and what became of it when it was sent."""
    at = timezone.now()
    try:
        check(visit, name, by=request.user)
    except RuleBroken as refusal:
        return refused(request, visit, str(refusal.sentence))
    table = slot_table(visit, at, venue=request.POST.get("venue", ""))
    form = PlaceForm(request.POST or None, days=table.days, initial=_initial(request, visit, table))
    clashes: list[str] = []
    if form.is_valid():
        try:
            place, version = form.place(), form.cleaned_data["version"]
            placed = service(visit=visit, by=request.user, at=at, version=version, **place)
        except Conflict as conflict:
            if not request.htmx:
                raise
            return overtaken(request, visit, conflict)
        except services.ClashFound as refusal:
            clashes = _asking_why(form, refusal.sentences)
        except RuleBroken as refusal:
            form.add_error(_field_of(form, visit), str(refusal.sentence))
        else:
            return moved(request, placed, unusual=table.about(placed))
    return _page(request, visit, name, form, table, words | {"clashes": clashes})


def place_again(request: SignedInRequest, visit: Visit, name: str, sentences: list[str], at: datetime) -> HttpResponse:
    """The same page after a half-day turned out to be taken: other times, or a reason why it has to be then."""
    table = slot_table(visit, at)
    stays = visit.part and request.POST["slot"].endswith(f"/{visit.part}")
    hour = f"{visit.starts_at:%H:%M}" if visit.starts_at and stays else ""
    sent = {"slot": request.POST["slot"], "version": request.POST["version"], "hour": hour}
    form = PlaceForm(sent | {"venue": visit.venue or visit.area.venue}, days=table.days)
    form.is_valid()
    words = {"title": _("Move %(area)s") % {"area": visit.area}, "submit": _("Move the visit")}
    return _page(request, visit, name, form, table, words | {"clashes": _asking_why(form, sentences)})


def _asking_why(form: PlaceForm, sentences: list[str]) -> list[str]:
    form.fields["clash_reason"].required = True
    form.add_error("clash_reason", _("If it has to be then, write down why."))
    return sentences


def _page(
    request: SignedInRequest, visit: Visit, name: str, form: PlaceForm, table: SlotTable, words: dict[str, Any]
) -> HttpResponse:
    context = {**words, "visit": visit, "form": form, "table": table.marked(form["slot"].value())}
    context["action"] = reverse(f"visits:{name}", args=[visit.code])
    template = "visits/_place_dialog.html" if request.htmx else "visits/place.html"
    return render(request, template, context, status=status_of(form))


def _initial(request: SignedInRequest, visit: Visit, table: SlotTable) -> dict[str, Any]:
    """The half-day a link proposes, or the best one of its day, else where the visit is now; the hour only if it is not the usual one."""
    initial: dict[str, Any] = {"version": visit.version, "venue": visit.venue or visit.area.venue}
    wished = request.GET.get("slot", "")
    if not wished and (day := request.GET.get("day", "")):
        wished = table.best_on(day)
    if wished in table.values:
        return initial | {"slot": wished}
    if visit.day and visit.starts_at:
        initial |= PlaceForm.filled_with(visit.day, visit.starts_at, table.days, visit.outside_reason)
    return initial


def _field_of(form: PlaceForm, visit: Visit) -> str | None:
    """The reason field, when the day lies outside the window and nothing is written there."""
    day: date = form.place()["day"]
    outside = visit.round is not None and not visit.round.holds(day)
    return "outside_reason" if outside and not form.cleaned_data["outside_reason"] else None


def _confirm(request: SignedInRequest, visit: Visit, words: dict[str, Any], sentence: str = "") -> HttpResponse:
    form = words.get("form")
    context = {**words, "sentence": sentence, "cancel_url": visit.get_absolute_url()}
    if form is None:
        context["version"] = visit.version
    return render(request, "_parts/confirm.html", context, status=422 if sentence or (form and form.errors) else 200)
