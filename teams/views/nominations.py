"""Proposals for seats: those who made them follow them, the office decides."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.once import once
from core.paging import page_of
from core.refusals import RuleBroken
from core.templatetags.core import zhdate
from teams import services
from teams.forms import ApproveForm, DeclineForm
from teams.grants import holds
from teams.guards import policy
from teams.models import Nomination, NominationStatus
from teams.permissions import Permission
from teams.policies import may, sees_phones
from teams.requests import SignedInRequest
from teams.services.seats import last_membership


@require_safe
@policy(Permission.MEMBER_NOMINATE)
def nominations(request: SignedInRequest) -> HttpResponse:
    seen = Nomination.objects.visible_to(request.user)
    waiting = seen.filter(status=NominationStatus.PROPOSED)
    decided = request.GET.get("view") == "decided"
    listed = seen.exclude(status=NominationStatus.PROPOSED) if decided else waiting
    related = ("seat__team__unit", "seat__kind", "user", "created_by", "decided_by")
    order = ["-created_at", "-pk"] if decided else ["created_at", "pk"]
    page = page_of(listed.select_related(*related), order=order, cursor=request.GET.get("cursor", ""))
    here = request.path
    views = [
        {"label": _("Waiting for the office"), "url": here, "count": waiting.count(), "current": not decided},
        {"label": _("Decided"), "url": f"{here}?view=decided", "count": None, "current": decided},
    ]
    context = {
        "page": page,
        "views": views,
        "decided": decided,
        "decides": holds(request.user, Permission.MEMBER_APPROVE),
    }
    return render(request, "teams/nominations.html", context)


@require_safe
@policy(Permission.MEMBER_NOMINATE)
def nomination(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    open_to_me = (
        found.status == NominationStatus.PROPOSED
        and may(request.user, Permission.MEMBER_APPROVE, found.seat)
        and found.created_by_id != request.user.pk
    )
    context = {
        "nomination": found,
        "last": last_membership(found.seat),
        "may_decide": open_to_me,
        "phones": sees_phones(request.user) or found.created_by_id == request.user.pk,
        "crumbs": [(_("Nominations"), reverse("teams:nominations")), (found.user.name, "")],
    }
    return render(request, "teams/nomination.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.MEMBER_APPROVE)
@once
def approve(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _to_decide(request, pk)
    form = ApproveForm(request.POST or None, initial={"version": found.version})
    said = {"name": found.user.name, "seat": found.seat.kind, "team": found.seat.team, "day": zhdate(found.from_day)}
    if request.method == "POST" and form.is_valid():
        try:
            services.approve_nomination(
                nomination=found, by=request.user, at=timezone.now(), version=form.cleaned_data["version"]
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("%(name)s is %(seat)s of %(team)s from %(day)s.") % said)
            return redirect("teams:nominations")
    context = {
        "form": form,
        "title": _("Put %(name)s on the seat “%(seat)s” of %(team)s?") % said,
        "consequences": _consequences(found),
        "submit": _("Approve"),
        "cancel_label": _("Decide later"),
        "cancel_url": found.get_absolute_url(),
    }
    return render(request, "_parts/confirm.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.MEMBER_APPROVE)
@once
def decline(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _to_decide(request, pk)
    form = DeclineForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            services.decline_nomination(nomination=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(
                request, _("Declined. %(name)s has a message with the reason.") % {"name": found.created_by.name}
            )
            return redirect("teams:nominations")
    context = {
        "form": form,
        "title": _("Decline the nomination of %(name)s?") % {"name": found.user.name},
        "consequences": [_("Whoever proposed reads your reason in the messages.")],
        "submit": _("Decline"),
        "cancel_label": _("Decide later"),
        "cancel_url": found.get_absolute_url(),
    }
    return render(request, "_parts/confirm.html", context, status=422 if form.is_bound else 200)


def _visible(request: SignedInRequest, pk: int) -> Nomination:
    related = ("seat__team__unit", "seat__kind__supplied_by", "user__unit", "created_by__unit", "decided_by")
    return get_object_or_404(Nomination.objects.visible_to(request.user).select_related(*related), pk=pk)


def _to_decide(request: SignedInRequest, pk: int) -> Nomination:
    found = _visible(request, pk)
    if not may(request.user, Permission.MEMBER_APPROVE, found.seat):
        raise PermissionDenied
    return found


def _consequences(nomination: Nomination) -> list[str]:
    last = last_membership(nomination.seat)
    lines = [_("The first day is %(day)s.") % {"day": zhdate(nomination.from_day)}]
    if last is not None and last.until_day is None:
        lines.append(_("%(name)s leaves the day before; open work is handed over.") % {"name": last.user.name})
    return [*lines, _("Both people and whoever proposed get a message.")]
