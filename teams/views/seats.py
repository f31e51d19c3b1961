"""Changing who sits on a seat: an organ nominates, the office replaces or vacates."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import changes
from core.clock import today
from core.once import once
from core.refusals import RuleBroken
from teams import services
from teams.forms import LastDayForm, SuccessorForm
from teams.guards import policy
from teams.models import Seat, Team
from teams.permissions import Permission
from teams.policies import may
from teams.queries import seat_rows
from teams.requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.MEMBER_NOMINATE)
@once
def nominate(request: SignedInRequest, number: int, code: str) -> HttpResponse:
    seat = _seat_for(request, number, code, Permission.MEMBER_NOMINATE)
    form = SuccessorForm(request.POST or None, seat=seat, day=today(timezone.now()))
    if request.method == "POST" and form.is_valid() and _put(request, seat, form, services.nominate):
        messages.success(request, _("The office will decide about %(name)s.") % {"name": form.cleaned_data["name"]})
        return redirect("teams:nominations")
    words = {
        "title": _("Nominate for: %(seat)s") % {"seat": seat.kind},
        "submit": _("Nominate this person"),
        "lead": _("The office decides. Open work is handed over on the first day."),
    }
    return _page(request, seat, form, words)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.MEMBER_APPROVE)
@once
def replace(request: SignedInRequest, number: int, code: str) -> HttpResponse:
    seat = _seat_for(request, number, code, Permission.MEMBER_APPROVE)
    form = SuccessorForm(request.POST or None, seat=seat, day=today(timezone.now()))
    if request.method == "POST" and form.is_valid() and _put(request, seat, form, services.replace_member):
        said = {"name": form.cleaned_data["name"], "seat": seat.kind, "team": seat.team}
        messages.success(request, _("%(name)s is %(seat)s of %(team)s. Both people have a message.") % said)
        return redirect(seat.team)
    words = {
        "title": _("New on the seat: %(seat)s") % {"seat": seat.kind},
        "submit": _("Put on the seat"),
        "lead": _("Who sits there now leaves the day before. Open work is handed over, both people get a message."),
    }
    return _page(request, seat, form, words)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.MEMBER_APPROVE)
@once
def vacate(request: SignedInRequest, number: int, code: str) -> HttpResponse:
    at = timezone.now()
    seat = _seat_for(request, number, code, Permission.MEMBER_APPROVE)
    form = LastDayForm(request.POST or None, day=today(at), version=seat.version)
    if request.method == "POST" and form.is_valid():
        try:
            services.vacate_seat(seat=seat, by=request.user, at=at, **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The seat is vacant after that day. Please look for a successor."))
            return redirect(seat.team)
    words = {
        "title": _("Leave the seat vacant: %(seat)s") % {"seat": seat.kind},
        "submit": _("Leave it vacant"),
        "lead": _("Better name a successor: a vacant seat makes the team incomplete."),
    }
    return _page(request, seat, form, words)


def _seat_for(request: SignedInRequest, number: int, code: str, permission: Permission) -> Seat:
    """The seat of a team the person sees; seeing it is not enough for changing it."""
    team = get_object_or_404(Team.objects.visible_to(request.user), number=number)
    seat = get_object_or_404(team.seats.select_related("team__unit", "kind__supplied_by"), kind__code=code)
    if not may(request.user, permission, seat):
        raise PermissionDenied
    return seat


def _put(request: SignedInRequest, seat: Seat, form: SuccessorForm, service: Callable[..., Any]) -> bool:
    """Find or create the person and call the service; False when a rule forbids it, with the sentence in the form.

    The seat is locked first: creating a person appends an event, and nothing may be locked after the head of the chain.
    """
    at, wanted = timezone.now(), form.cleaned_data
    try:
        with transaction.atomic():
            changes.lock(seat, version=wanted["version"])
            person = services.create_person(**form.person(), by=request.user, at=at)
            service(
                seat=seat,
                user=person,
                from_day=wanted["from_day"],
                reason=wanted["reason"],
                by=request.user,
                at=at,
                version=wanted["version"],
            )
    except RuleBroken as refusal:
        form.add_error(None, str(refusal.sentence))
        return False
    return True


def _page(request: SignedInRequest, seat: Seat, form: Any, words: dict[str, str]) -> HttpResponse:
    row = next(row for row in seat_rows(seat.team, today(timezone.now())) if row.seat.pk == seat.pk)
    team_url = seat.team.get_absolute_url()
    crumbs = [(_("Teams"), reverse("teams:teams")), (str(seat.team), team_url), (seat.kind.name, "")]
    context = {"form": form, "seat": seat, "row": row, "cancel_url": team_url, "crumbs": crumbs} | words
    return render(request, "teams/seat_form.html", context, status=422 if form.is_bound else 200)
