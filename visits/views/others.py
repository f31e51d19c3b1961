"""Visits besides the rounds: planning one, asking for one, deciding about those asked for."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import today
from core.once import once
from core.paging import page_of
from core.refusals import RuleBroken
from teams.grants import holds, scopes_with
from teams.guards import policy
from teams.models import Area, Pairing
from teams.permissions import Permission
from teams.policies import sees_district
from teams.requests import SignedInRequest
from visits import services
from visits.models import RequestStatus, VisitRequest
from visits.other_forms import AcceptForm, AskForm, NewVisitForm, RefuseForm
from visits.policies import asking_scope
from visits.services.others import source_of
from visits.transitions import check
from visits.views.access import status_of


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_PLAN)
@once
def visit_new(request: SignedInRequest) -> HttpResponse:
    """A visit besides the round; the page after this one asks for its day."""
    pairings = _to_plan(request, today(timezone.now()))
    only = pairings[0] if len(pairings[:2]) == 1 else None
    form = NewVisitForm(request.POST or None, pairings=pairings, initial={"pairing": only})
    if form.is_valid():
        data = form.cleaned_data
        team, area = data["pairing"].team, data["pairing"].area
        try:
            visit = services.new_visit(
                kind=data["kind"], team=team, area=area, topic=data["topic"], by=request.user, at=timezone.now()
            )
        except RuleBroken as refusal:
            form.add_error("topic" if not data["topic"] else None, str(refusal.sentence))
        else:
            return redirect("visits:schedule", visit.code)
    words = {"title": _("Plan another visit"), "submit": _("Go on to the day"), "cancel_url": reverse("visits:visits")}
    lead = _("Topical visits stand beside the four rounds of the year. They need no round and no window.")
    context = {**words, "lead": lead, "form": form, "crumbs": _crumbs(words["title"])}
    return render(request, "_parts/form_page.html", context, status=status_of(form))


@require_safe
@policy(Permission.VISIT_VIEW)
def visit_requests(request: SignedInRequest) -> HttpResponse:
    seen = VisitRequest.objects.visible_to(request.user)
    decided = request.GET.get("view") == "decided"
    listed = seen.exclude(status=RequestStatus.WAITING) if decided else seen.waiting()
    rows = listed.select_related("area__street", "created_by", "visit")
    order = ["-created_at", "-pk"] if decided else ["created_at", "pk"]
    page = page_of(rows, order=order, cursor=request.GET.get("cursor", ""))
    waiting, here = _("Waiting for the office"), request.path
    views = [
        {"label": waiting, "url": here, "count": seen.waiting().count(), "current": not decided},
        {"label": _("Decided"), "url": f"{here}?view=decided", "count": None, "current": decided},
    ]
    may_ask = holds(request.user, Permission.VISIT_REQUEST) and _areas(request).exists()
    context = {"page": page, "views": views, "may_ask": may_ask, "crumbs": _crumbs(_("Visits asked for"))}
    return render(request, "visits/visit_requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_REQUEST)
@once
def request_new(request: SignedInRequest) -> HttpResponse:
    areas = _areas(request)
    if not areas.exists():
        raise PermissionDenied
    form = AskForm(request.POST or None, areas=areas, initial={"area": areas[0] if len(areas[:2]) == 1 else None})
    if form.is_valid():
        source = source_of(request.user)
        services.ask_for_visit(**form.cleaned_data, source=source, by=request.user, at=timezone.now())
        messages.success(request, _("The office has your request and will decide. You get a message."))
        return redirect("visits:visit_requests")
    words = {"title": _("Ask for a visit"), "submit": _("Send the request")}
    context = {
        **words,
        "lead": _("The leading group's office decides; a refusal comes with its reason."),
        "cancel_url": reverse("visits:visit_requests"),
        "form": form,
        "crumbs": _crumbs(words["title"]),
    }
    return render(request, "_parts/form_page.html", context, status=status_of(form))


@require_safe
@policy(Permission.VISIT_VIEW)
def visit_request(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    decides = holds(request.user, Permission.ROUND_MANAGE) and found.status == RequestStatus.WAITING
    crumbs = [(_("Visits asked for"), reverse("visits:visit_requests")), (found.topic, "")]
    context = {"asked": found, "decides": decides, "crumbs": crumbs}
    return render(request, "visits/visit_request.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ROUND_MANAGE)
@once
def request_accept(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    check(found, "accept", by=request.user)
    pairings = _pairings(today(timezone.now())).filter(area=found.area)
    form = AcceptForm(
        request.POST or None, pairings=pairings, initial={"version": found.version, "pairing": pairings.first()}
    )
    if form.is_valid():
        try:
            visit = services.accept_request(
                request=found,
                team=form.cleaned_data["pairing"].team,
                by=request.user,
                at=timezone.now(),
                version=form.cleaned_data["version"],
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Accepted. Now the visit needs its day."))
            return redirect("visits:schedule", visit.code)
    words = {
        "title": _("Accept the visit to %(area)s?") % {"area": found.area},
        "consequences": [
            f"{found.topic}: {found.words}",
            _("Whoever asked gets a message, and the visit needs a day."),
        ],
        "submit": _("Accept the request"),
    }
    return _decision(request, found, form, words)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ROUND_MANAGE)
@once
def request_refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    check(found, "refuse", by=request.user, note="-")
    form = RefuseForm(request.POST or None, initial={"version": found.version})
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.refuse_request(
                request=found, note=data["note"], by=request.user, at=timezone.now(), version=data["version"]
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Refused. Whoever asked reads your reason."))
            return redirect("visits:visit_requests")
    words = {
        "title": _("Refuse the visit to %(area)s?") % {"area": found.area},
        "consequences": [f"{found.topic}: {found.words}", _("Whoever asked, a resident too, reads your reason.")],
        "submit": _("Refuse the request"),
        "danger": True,
    }
    return _decision(request, found, form, words)


def _decision(request: SignedInRequest, found: VisitRequest, form: Any, words: dict[str, Any]) -> HttpResponse:
    context = {**words, "form": form, "cancel_label": _("Decide later"), "cancel_url": found.get_absolute_url()}
    return render(request, "_parts/confirm.html", context, status=status_of(form))


def _visible(request: SignedInRequest, pk: int) -> VisitRequest:
    related = ("area__street", "created_by__unit", "decided_by", "visit")
    return get_object_or_404(VisitRequest.objects.visible_to(request.user).select_related(*related), pk=pk)


def _areas(request: SignedInRequest) -> QuerySet[Area]:
    return Area.objects.filter(asking_scope(request.user)).order_by("street__position", "position", "pk")


def _pairings(day: date) -> QuerySet[Pairing]:
    pairings = Pairing.objects.on(day).filter(team__is_active=True).select_related("team__unit", "area")
    return pairings.order_by("area__street__position", "area__position", "team__number")


def _to_plan(request: SignedInRequest, day: date) -> QuerySet[Pairing]:
    """Pairings somebody may plan visits for: all of them, or those of the own team."""
    if sees_district(request.user):
        return _pairings(day)
    teams = {scope.team_id for scope in scopes_with(request.user, Permission.VISIT_PLAN)}
    return _pairings(day).filter(Q(team_id__in=teams - {None}))


def _crumbs(last: str) -> list[tuple[str, str]]:
    return [(_("Visits"), reverse("visits:visits")), (last, "")]
