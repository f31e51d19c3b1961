"""When people cannot visit: their own list, the office's list of everybody, entering and taking back."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import today
from core.once import once
from core.paging import page_of
from core.refusals import RuleBroken
from teams.grants import holds
from teams.guards import policy
from teams.models import User
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits import services
from visits.availability import busy_days, people_in_reach, people_listed
from visits.forms import BusyForm, KeysForm, NameFilter
from visits.models import OutsideCalendar
from visits.policies import may_enter_busy
from visits.views.access import status_of

TAKEN_BACK = "busy_taken_back"
UNDO_FOR = timedelta(minutes=10)


@require_safe
@policy(Permission.VISIT_PLAN)
def availabilities(request: SignedInRequest) -> HttpResponse:
    """Whoever is busy from today on; a search finds everybody."""
    form = NameFilter(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    people = people_listed(request.user, today(timezone.now()), text).select_related("unit")
    context = {
        "page": page_of(people, order=["name_key", "pk"], cursor=request.GET.get("cursor", "")),
        "form": form,
        "text": text,
        "may_import": holds(request.user, Permission.DATA_IMPORT),
    }
    return render(request, "visits/availabilities.html", context)


@require_safe
@policy(Permission.VISIT_VIEW)
def availability(request: SignedInRequest, pk: int) -> HttpResponse:
    at = timezone.now()
    person = _person(request, pk)
    is_own = person.pk == request.user.pk
    context = {
        "person": person,
        "is_own": is_own,
        "failing": OutsideCalendar.objects.filter(user=person).exclude(failing_since=None).first() if is_own else None,
        "may_enter": may_enter_busy(request.user, person),
        "days": busy_days(person, request.user, today(at)),
        "taken_back": len(_taken_back(request, person, at)),
        "title": _title(request, person),
        "crumbs": [_way_here(request, person), (_title(request, person), "")],
    }
    return render(request, "visits/availability.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_VIEW)
@once
def busy_new(request: SignedInRequest, pk: int) -> HttpResponse:
    at, person = timezone.now(), _to_enter(request, pk)
    form = BusyForm(request.POST if request.method == "POST" else None, initial={"first": today(at)})
    if form.is_valid():
        try:
            new = services.add_busy_times(
                person=person, halves=form.halves(), reason=form.cleaned_data["reason"], by=request.user, at=at
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            request.session.pop(TAKEN_BACK, None)
            messages.success(request, _entered(len(new)))
            return redirect("visits:availability", pk)
    back, title = reverse("visits:availability", args=[pk]), _title(request, person)
    context = {
        "form": form,
        "title": _("Enter a busy time"),
        "lead": _("The office plans the visits around it."),
        "submit": _("Enter it"),
        "cancel_url": back,
        "crumbs": [_way_here(request, person), (title, back), (_("Enter a busy time"), "")],
    }
    return render(request, "_parts/form_page.html", context, status=status_of(form))


@require_POST
@policy(Permission.VISIT_VIEW)
@once
def busy_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was taken back waits in the session for a change of mind."""
    at, person, form = timezone.now(), _to_enter(request, pk), KeysForm(request.POST)
    keys = form.cleaned_data["keys"] if form.is_valid() else []
    kept = services.remove_busy_times(person=person, keys=keys, by=request.user, at=at)
    request.session[TAKEN_BACK] = {"person": person.pk, "at": at.timestamp(), "rows": kept}
    return redirect("visits:availability", pk)


@require_POST
@policy(Permission.VISIT_VIEW)
@once
def busy_restore(request: SignedInRequest, pk: int) -> HttpResponse:
    at, person = timezone.now(), _to_enter(request, pk)
    n = services.restore_busy_times(person=person, kept=_taken_back(request, person, at), by=request.user, at=at)
    request.session.pop(TAKEN_BACK, None)
    messages.success(request, _entered(n))
    return redirect("visits:availability", pk)


def _person(request: SignedInRequest, pk: int) -> User:
    return get_object_or_404(people_in_reach(request.user, today(timezone.now())), pk=pk)


def _to_enter(request: SignedInRequest, pk: int) -> User:
    person = _person(request, pk)
    if not may_enter_busy(request.user, person):
        raise PermissionDenied
    return person


def _taken_back(request: SignedInRequest, person: User, at: datetime) -> list[Any]:
    kept = request.session.get(TAKEN_BACK)
    if not kept or kept["person"] != person.pk or at.timestamp() - kept["at"] > UNDO_FOR.total_seconds():
        return []
    rows: list[Any] = kept["rows"]
    return rows


def _entered(n: int) -> str:
    if n == 0:
        return _("That was known already.")
    return ngettext("%(n)s half-day is kept free of visits.", "%(n)s half-days are kept free of visits.", n) % {"n": n}


def _way_here(request: SignedInRequest, person: User) -> tuple[Any, str]:
    if person.pk == request.user.pk:
        return _("Me"), reverse("teams:profile")
    if holds(request.user, Permission.VISIT_PLAN):
        return _("Busy times"), reverse("visits:availabilities")
    return person.name, person.get_absolute_url()


def _title(request: SignedInRequest, person: User) -> str:
    own = person.pk == request.user.pk
    return _("When I cannot visit") if own else _("When %(name)s cannot visit") % {"name": person.name}
