"""After the meeting: held, recorded, closed."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import drafts
from core.once import once
from core.refusals import Conflict, RuleBroken
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits import services
from visits.attending import size_words
from visits.closing import Obstacle, reasons_not_to_close
from visits.faster import say_who_was_faster, somebody_was_faster
from visits.forms import HeldForm
from visits.models import Visit
from visits.record_forms import RecordForm, Rows
from visits.services.lateness import will_be_late
from visits.services.recording import days_to_choose, members_on
from visits.transitions import check
from visits.views.access import status_of, version_of, visit_for

KEPT = (
    *("version", "came", "residents_count", "summary", "policy_talk", "policy_speaker", "held_on", "day_note"),
    *("late_reason", "home_calls", "home_calls_words", "ideas"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_RECORD)
@once
def hold(request: SignedInRequest, code: str) -> HttpResponse:
    """The meeting is over: one button on the visit's page, or this page for a meeting on another day than planned."""
    at, visit = timezone.now(), visit_for(request, code, Permission.VISIT_RECORD)
    check(visit, "hold", by=request.user)
    first, last = days_to_choose(visit, at)
    initial = {"version": visit.version, "held_on": min(visit.day or last, last)}
    form = HeldForm(request.POST or None, first=first, last=last, initial=initial)
    if form.is_valid():
        held_on, note, version = (form.cleaned_data[name] for name in ("held_on", "day_note", "version"))
        try:
            services.hold_visit(visit=visit, held_on=held_on, note=note, by=request.user, at=at, version=version)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Noted. Now check who came and write down the issues."))
            return redirect(visit)
    context = {
        "base": "base_phone.html",
        "title": _("When was the meeting?"),
        "form": form,
        "submit": _("The meeting is over"),
        "cancel_url": visit.get_absolute_url(),
        "bar": True,
    }
    return render(request, "_parts/form_page.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_RECORD)
@once
def record(request: SignedInRequest, code: str) -> HttpResponse:
    at, visit = timezone.now(), visit_for(request, code, Permission.VISIT_RECORD)
    check(visit, "record", by=request.user)
    first, last = days_to_choose(visit, at)
    kept = drafts.load(request.user, _draft(visit))
    day = _day_of(request.POST or kept, visit, first, last)
    members = members_on(visit.team_id, day)
    initial = {"version": visit.version, **_written(visit, members, last), **kept}
    asked: dict[str, Any] = {"members": members, "rows": Rows.of(visit), "is_late": will_be_late(visit, day, at)}
    form = RecordForm(request.POST or None, **asked, first=first, last=last, initial=initial)
    if form.is_valid():
        try:
            visit = services.record_visit(
                visit=visit,
                record=_record(form),
                by=request.user,
                at=at,
                version=form.cleaned_data["version"],
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        except Conflict as conflict:
            say_who_was_faster(form, conflict)
        else:
            drafts.clear(request.user, _draft(visit))
            messages.success(request, _("The record is handed in."))
            if words := size_words(visit):
                messages.warning(request, words)
            return redirect(visit)
    context = {"visit": visit, "form": form, "draft_key": _draft(visit)}
    return render(request, "visits/record.html", context, status=409 if somebody_was_faster(form) else status_of(form))


@require_POST
@policy(Permission.VISIT_RECORD)
def save_draft(request: SignedInRequest, code: str) -> HttpResponse:
    """What is in the form right now, kept on the server so that a closed tab or an empty battery loses nothing."""
    visit = visit_for(request, code, Permission.VISIT_RECORD)
    drafts.save(request.user, _draft(visit), drafts.typed(request.POST, (*KEPT, *Rows.of(visit).names)))
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.VISIT_CLOSE)
@once
def close(request: SignedInRequest, code: str) -> HttpResponse:
    visit, sentence = visit_for(request, code, Permission.VISIT_CLOSE), ""
    check(visit, "close", by=request.user)
    if request.method == "POST":
        try:
            services.close_visit(visit=visit, by=request.user, at=timezone.now(), version=version_of(request))
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            messages.success(request, _("The visit is closed. Thank you."))
            return redirect(visit)
    context = {
        "title": _("Close the visit to %(area)s?") % {"area": visit.area},
        "consequences": reasons_not_to_close(visit)
        or [Obstacle(_("The record cannot be changed after that. The issues go on."))],
        "submit": _("Close the visit"),
        "cancel_label": _("Leave it for now"),
        "cancel_url": visit.get_absolute_url(),
        "version": visit.version,
        "sentence": sentence,
    }
    return render(request, "_parts/confirm.html", context, status=422 if sentence else 200)


def _draft(visit: Visit) -> str:
    return f"visit-record-{visit.pk}"


def _day_of(typed: Any, visit: Visit, first: date, last: date) -> date:
    """The day whose team is shown: the one that was typed, else the planned one."""
    form = HeldForm({"held_on": typed.get("held_on", ""), "version": 1}, first=first, last=last)
    return (form.cleaned_data["held_on"] if form.is_valid() else None) or min(visit.day or last, last)


def _written(visit: Visit, members: list[Any], last: date) -> dict[str, Any]:
    """What was handed in before; at first everybody of the team is ticked, for that is the rule."""
    held = min(visit.day or last, last)
    day = {"held_on": held, "planned": held}
    if visit.recorded_at is None:
        return {"came": [member.seat_id for member in members], **day}
    return {
        **day,
        "came": list(visit.attendances.filter(came=True).values_list("seat_id", flat=True)),
        "residents_count": visit.residents_count,
        "summary": visit.summary,
        "policy_talk": visit.policy_talk,
        "policy_speaker": visit.policy_speaker_id,
        **_told(visit),
    }


def _told(visit: Visit) -> dict[str, Any]:
    """The particulars as the form names them."""
    found: dict[str, Any] = {"home_calls": visit.home_calls or None, "home_calls_words": visit.home_calls_words}
    found["ideas"] = "\n".join(idea.text for idea in visit.ideas.all())
    for row in visit.residents_came.select_related("kind"):
        found |= {f"kind-{row.kind.code}": row.count, f"new-{row.kind.code}": row.newly or None}
    for service in visit.legal_services.all():
        found |= {f"law-{service.kind}": service.count or None, f"about-{service.kind}": service.words}
    for done in visit.duties_done.select_related("duty"):
        found[f"duty-{done.duty.code}"] = done.words
    return found


def _record(form: RecordForm) -> services.Record:
    data = form.cleaned_data
    return services.Record(
        residents_count=data["residents_count"],
        came=frozenset(data["came"]),
        summary=data["summary"],
        policy_talk=data["policy_talk"],
        policy_speaker_id=data["policy_speaker"],
        held_on=data["held_on"],
        day_note=data["day_note"],
        late_reason=data["late_reason"],
        particulars=form.particulars(),
    )
