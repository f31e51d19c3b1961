"""What is answered when a visit was placed, or was not: a page's redirect, or words for the board's dialog."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from core.templatetags.core import zhdaytime
from teams.requests import SignedInRequest
from visits.history import sentence
from visits.models import Visit, VisitStatus
from visits.scheduling import Clash, Trouble
from visits.transitions import available

CHANGED = "board-changed"
NOT_SENT = {"csrfmiddlewaretoken", "form_key", "version"}


def moved(
    request: SignedInRequest, visit: Visit, *, unusual: Iterable[tuple[Clash, str]] = (), may_undo: bool = True
) -> HttpResponse:
    """Where the visit is now and what is unusual about that time; on the board with a button that takes it back."""
    said, warnings = _said(visit), [words for clash, words in unusual if clash.trouble != Trouble.OUTSIDE]
    if request.htmx:
        context = {"visit": visit, "said": said, "warnings": warnings, "may_undo": may_undo}
        return trigger_client_event(render(request, "visits/_moved.html", context), CHANGED, {"code": visit.code})
    messages.success(request, said)
    for words in warnings:
        messages.warning(request, words)
    if request.POST.get("back") == "board" and visit.round:
        return redirect("visits:board", visit.round.code)
    return redirect(visit)


def _said(visit: Visit) -> str:
    if visit.day is None:
        return _("%(area)s is off the calendar again.") % {"area": visit.area}
    told = _(" The team and the secretary have a message.") if visit.status == VisitStatus.ANNOUNCED else ""
    words = {"area": visit.area, "when": zhdaytime(visit.begins), "venue": visit.venue}
    return (_("%(area)s: %(when)s, %(venue)s.") if visit.venue else _("%(area)s: %(when)s.")) % words + told


def overtaken(request: SignedInRequest, visit: Visit, conflict: Conflict, *, may_repeat: bool = True) -> HttpResponse:
    """409: what the colleague did, and the own wish again, to be sent once more against the new state or dropped."""
    now: Visit = conflict.obj
    last = history_of(now).first()
    name = "move" if now.status in VisitStatus.placed else "schedule"
    own_page = request.resolver_match and request.resolver_match.url_name in ("move", "schedule")
    context = {
        "visit": visit,
        "conflict": conflict,
        "did": sentence(last) if last else "",
        "may_repeat": may_repeat and name in available(now, request.user),
        "action": reverse(f"visits:{name}", args=[visit.code]) if own_page else request.path,
        "version": now.version,
        "sent": sent_with(request),
    }
    return trigger_client_event(render(request, "visits/_overtaken.html", context, status=409), CHANGED, {})


def refused(request: SignedInRequest, visit: Visit, words: str) -> HttpResponse:
    if not request.htmx:
        raise RuleBroken(words)
    answer = render(request, "visits/_refused.html", {"visit": visit, "sentence": words}, status=422)
    return trigger_client_event(answer, CHANGED, {})


def sent_with(request: SignedInRequest) -> list[tuple[str, str]]:
    """What was sent, to be sent again without typing it again."""
    return [(name, str(value)) for name, value in request.POST.items() if name not in NOT_SENT]
