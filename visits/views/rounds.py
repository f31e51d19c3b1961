"""Rounds: the list, a new one, its page, its dates, opening and finishing it."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import today
from core.once import once
from core.refusals import RuleBroken
from teams.grants import holds
from teams.guards import policy
from teams.permissions import Permission
from teams.policies import sees_district
from teams.requests import SignedInRequest
from visits import services
from visits.duties import left_to_do
from visits.forms import RoundForm, WindowDaysForm, WindowForm
from visits.models import Round, RoundStatus
from visits.queries import counts_by_round, progress
from visits.services.rounds import missing_pairings
from visits.transitions import available
from visits.views.access import round_for, status_of, version_of
from visits.window import Window, next_quarter, proposal


@require_safe
@policy(Permission.ROUND_VIEW)
def rounds(request: SignedInRequest) -> HttpResponse:
    counts = counts_by_round(request.user)
    rows = [(round_, counts.get(round_.pk)) for round_ in Round.objects.visible_to(request.user)[:60]]
    context = {"rows": rows, "may_manage": holds(request.user, Permission.ROUND_MANAGE)}
    return render(request, "visits/rounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ROUND_MANAGE)
@once
def round_new(request: SignedInRequest) -> HttpResponse:
    """Filled in with the dates and rules of the last round, moved to the next quarter."""
    at = timezone.now()
    last = Round.objects.first()
    initial = proposal(*next_quarter(last, today(at)), last)
    form = RoundForm(request.POST or None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        dates = {name: data[name] for name in ("year", "quarter", "window_start", "window_end")}
        try:
            round_ = services.create_round(**dates, rules=form.rules(), by=request.user, at=at)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The round is prepared. Check its days, then open it."))
            return redirect(round_)
    context = {"form": form, "last": last, "window": _window(form), "crumbs": _crumbs(None, _("New round"))}
    return render(request, "visits/round_new.html", context, status=status_of(form))


@require_safe
@policy(Permission.ROUND_MANAGE)
def window_days(request: SignedInRequest) -> HttpResponse:
    """The days between two dates, for the form of a round while somebody changes them."""
    form = WindowDaysForm(request.GET)
    return render(request, "visits/_window.html", {"window": _window(form)})


@require_safe
@policy(Permission.ROUND_VIEW)
def round(request: SignedInRequest, code: str) -> HttpResponse:
    at = timezone.now()
    round_ = round_for(request, code)
    found = progress(round_, request.user, at)
    context = {
        "round": round_,
        "progress": found,
        "window": Window.load(round_.window_start, round_.window_end),
        "today": today(at),
        "moves": available(round_, request.user),
        "duties": left_to_do(round_, found, plans=_plans(request)),
        "missing": _missing(request, round_, at),
        "crumbs": _crumbs(None, round_.title),
    }
    return render(request, "visits/round.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ROUND_MANAGE)
@once
def round_edit(request: SignedInRequest, code: str) -> HttpResponse:
    round_ = round_for(request, code)
    names = (
        "window_start",
        "window_end",
        "submit_days",
        "record_days",
        "confirm_days",
        "visit_minutes",
        "travel_minutes",
        "version",
    )
    form = WindowForm(request.POST or None, round_=round_, initial={name: getattr(round_, name) for name in names})
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.change_window(
                round=round_,
                window_start=data["window_start"],
                window_end=data["window_end"],
                rules=form.rules(),
                note=data.get("note", ""),
                by=request.user,
                at=timezone.now(),
                version=data["version"],
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Saved. Visits stay on the days they have."))
            return redirect(round_)
    context = {"form": form, "round": round_, "window": _window(form), "crumbs": _crumbs(round_, _("Dates and rules"))}
    return render(request, "visits/round_edit.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ROUND_MANAGE)
@once
def round_open(request: SignedInRequest, code: str) -> HttpResponse:
    round_, at, sentence = round_for(request, code), timezone.now(), ""
    if request.method == "POST":
        try:
            services.open_round(round=round_, by=request.user, at=at, version=version_of(request))
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            messages.success(request, _("The round is open. Now the visits can be scheduled."))
            return redirect("visits:board", round_.code)
    count = missing_pairings(round_, today(at)).count()
    words = {
        "title": _("Open the %(round)s?") % {"round": round_},
        "consequences": [
            ngettext(
                "%(n)s visit is created, one for the paired residential area.",
                "%(n)s visits are created, one for every paired residential area.",
                count,
            )
            % {"n": count},
            _("Nobody gets a message yet: people hear of their visit when it is announced."),
        ],
        "submit": ngettext("Open with %(n)s visit", "Open with %(n)s visits", count) % {"n": count},
    }
    return _confirm(request, round_, words, sentence)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ROUND_MANAGE)
@once
def round_complete(request: SignedInRequest, code: str) -> HttpResponse:
    round_, at, sentence = round_for(request, code), timezone.now(), ""
    if request.method == "POST":
        try:
            count = services.add_missing_visits(round=round_, by=request.user, at=at, version=version_of(request))
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            messages.success(
                request, ngettext("%(n)s visit was added.", "%(n)s visits were added.", count) % {"n": count}
            )
            return redirect("visits:unscheduled", round_.code)
    count = missing_pairings(round_, today(at)).count()
    words = {
        "title": _("Add visits to the areas paired meanwhile?"),
        "consequences": [
            ngettext(
                "%(n)s paired area has no visit in this round.",
                "%(n)s paired areas have no visit in this round.",
                count,
            )
            % {"n": count}
        ],
        "submit": _("Add the visits"),
    }
    return _confirm(request, round_, words, sentence)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ROUND_MANAGE)
@once
def round_close(request: SignedInRequest, code: str) -> HttpResponse:
    round_, sentence = round_for(request, code), ""
    if request.method == "POST":
        try:
            services.close_round(round=round_, by=request.user, at=timezone.now(), version=version_of(request))
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            messages.success(request, _("The round is finished."))
            return redirect(round_)
    words = {
        "title": _("Finish the %(round)s?") % {"round": round_},
        "consequences": [
            _("After that no visit of this round can be scheduled, moved or taken up again."),
            _("Records and issues that are still open can be completed."),
        ],
        "submit": _("Finish the round"),
    }
    return _confirm(request, round_, words, sentence)


def _confirm(request: SignedInRequest, round_: Round, words: dict[str, Any], sentence: str) -> HttpResponse:
    context = {
        **words,
        "sentence": sentence,
        "version": round_.version,
        "cancel_url": round_.get_absolute_url(),
        "crumbs": _crumbs(round_, words["submit"]),
    }
    return render(request, "_parts/confirm.html", context, status=422 if sentence else 200)


def _crumbs(round_: Round | None, last: str) -> list[tuple[str, str]]:
    crumbs = [(_("Rounds"), reverse("visits:rounds"))]
    if round_ is not None:
        crumbs.append((round_.title, round_.get_absolute_url()))
    return [*crumbs, (last, "")]


def _plans(request: SignedInRequest) -> bool:
    """Whether this person plans the whole round, not only a team's own visit."""
    return holds(request.user, Permission.VISIT_PLAN) and sees_district(request.user)


def _missing(request: SignedInRequest, round_: Round, at: Any) -> int:
    """Areas paired since the round was opened, for who may add them."""
    if round_.status != RoundStatus.OPEN or not holds(request.user, Permission.ROUND_MANAGE):
        return 0
    return missing_pairings(round_, today(at)).count()


def _window(form: Form) -> Window | None:
    """The days of the dates in the form, as far as they are dates in the right order."""
    if form.is_bound:
        form.is_valid()
        data = form.cleaned_data
    else:
        data = dict(form.initial)
    first, last = data.get("window_start"), data.get("window_end")
    return Window.load(first, last) if first and last and first <= last else None
