"""A plan for a round: ask for it, watch it being computed, look at the draft, release or discard it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from core.clock import today
from core.once import once
from core.paging import page_of
from core.refusals import RuleBroken
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits import services
from visits.computing import SECONDS_HERE, compute, compute_plan
from visits.draft import ORDER, counts_of, draft_page, views_of
from visits.models import PlanRun, PlanStatus, Round
from visits.plan_forms import SHOWN, DraftForm, LineFilter, PlanForm, ReleaseForm
from visits.plan_words import PlanSpeaker
from visits.planning import Wish, open_days
from visits.queries import progress
from visits.services.plans import Released
from visits.views.access import round_for, status_of


@never_cache
@require_safe
@policy(Permission.ROUND_MANAGE)
def plan(request: SignedInRequest, code: str) -> HttpResponse:
    """Wherever the plan stands: the form that asks for one, how far it is, or the draft."""
    round_, at = round_for(request, code), timezone.now()
    run = _open_run(request, round_)
    if run is None:
        return _start_page(request, round_, PlanForm(initial=_last_wish(request, round_)))
    if run.is_computing:
        return render(request, "visits/plan_progress.html", _progress(request, run))
    context = {**_frame(round_, _("Draft plan")), "draft": draft_page(run, at), "run": run, "today": today(at)}
    context["outdated"] = run.lines.changes().outdated().count()
    return render(request, "visits/plan_draft.html", context)


@require_POST
@policy(Permission.ROUND_MANAGE)
@once
def plan_start(request: SignedInRequest, code: str) -> HttpResponse:
    round_, form = round_for(request, code), PlanForm(request.POST)
    if form.is_valid():
        try:
            run = services.ask_for_plan(round=round_, wish=form.wish(), by=request.user, at=timezone.now())
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            transaction.on_commit(partial(compute_plan.delay, run.pk), robust=True)
            return redirect("visits:plan", round_.code)
    return _start_page(request, round_, form)


@never_cache
@require_safe
@policy(Permission.ROUND_MANAGE)
def plan_state(request: SignedInRequest, code: str) -> HttpResponse:
    """How far it is, asked for every second: nothing (204) while it is where it was; the page again at the end."""
    run = _open_run(request, round_for(request, code))
    if not request.htmx:
        return redirect("visits:plan", code)
    if run is None or not run.is_computing:
        return HttpResponseClientRefresh()
    context = _progress(request, run)
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "visits/_plan_progress.html", context)


@require_POST
@policy(Permission.ROUND_MANAGE)
@once
def plan_cancel(request: SignedInRequest, code: str) -> HttpResponse:
    round_ = round_for(request, code)
    run = _open_run(request, round_)
    if run and run.is_computing:
        services.cancel_plan(run=run, by=request.user, at=timezone.now())
        messages.success(request, _("Computing was stopped. Nothing has changed."))
    return redirect("visits:plan", round_.code)


@require_POST
@policy(Permission.ROUND_MANAGE)
def plan_here(request: SignedInRequest, code: str) -> HttpResponse:
    """Compute in this request what no worker has taken up. Not `once`: the first sign of life must be seen at once."""
    round_ = round_for(request, code)
    run = _open_run(request, round_)
    if run and run.status == PlanStatus.WAITING:
        compute(run, seconds=SECONDS_HERE)
    return redirect("visits:plan", round_.code)


@require_POST
@policy(Permission.ROUND_MANAGE)
@once
def plan_again(request: SignedInRequest, code: str) -> HttpResponse:
    """The same question once more, after the worker was lost."""
    round_ = round_for(request, code)
    run = _open_run(request, round_)
    if run and run.is_lost(timezone.now()):
        fresh = services.ask_for_plan(round=round_, wish=Wish.of(run), by=request.user, at=timezone.now())
        transaction.on_commit(partial(compute_plan.delay, fresh.pk), robust=True)
    return redirect("visits:plan", round_.code)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ROUND_MANAGE)
@once
def plan_discard(request: SignedInRequest, code: str) -> HttpResponse:
    round_ = round_for(request, code)
    form = DraftForm(request.POST or None)
    run, sentence = _run_of(request, round_, form), ""
    if form.is_valid():
        try:
            services.discard_plan(run=run, by=request.user, at=timezone.now(), version=form.cleaned_data["version"])
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            messages.success(request, _("The draft is discarded. No visit has changed."))
            return redirect("visits:plan", round_.code)
    words = {
        "title": _("Discard this draft?"),
        "consequences": [_("No visit changes. What was changed in the draft by hand is lost.")],
        "submit": _("Discard the draft"),
        "cancel_label": _("Keep it"),
        "danger": True,
    }
    return _confirm(request, run, words, DraftForm(initial={"run": run.pk, "version": run.version}), sentence)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ROUND_MANAGE)
@once
def plan_release(request: SignedInRequest, code: str) -> HttpResponse:
    round_ = round_for(request, code)
    form = ReleaseForm(request.POST or None)
    run, sentence = _run_of(request, round_, form), ""
    if form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("announce", "rest", "version")}
        try:
            done = services.release_plan(run=run, by=request.user, at=timezone.now(), **data)
        except services.PlanOutdated as refusal:
            context = {**_frame(round_, _("Release")), "run": run, "changed": refusal.changed, "form": form}
            return render(request, "visits/plan_outdated.html", context, status=409)
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            _say_released(request, done)
            return redirect("visits:board", round_.code)
    shown = form if form.is_bound else ReleaseForm(initial={"run": run.pk, "version": run.version})
    return _confirm(request, run, _release_words(run), shown, sentence)


@require_safe
@policy(Permission.ROUND_MANAGE)
def plan_lines(request: SignedInRequest, code: str) -> HttpResponse:
    """The lists behind the numbers of the draft."""
    round_, form = round_for(request, code), LineFilter(request.GET)
    run = get_object_or_404(
        PlanRun.objects.visible_to(request.user).select_related("round"), round=round_, status=PlanStatus.READY
    )
    lines = form.apply(run.lines.select_related("visit__area__street", "visit__team", "instead_of", "stand_in"), round_)
    page = page_of(lines, order=ORDER, cursor=request.GET.get("cursor", ""))
    count, show = lines.count(), form.cleaned_data.get("show") or "all"
    page.rows[:] = views_of(page.rows, PlanSpeaker.load(run, page.rows))
    context = {**_frame(round_, SHOWN[show]), "run": run, "page": page, "form": form, "count": count}
    context["crumbs"].insert(2, (_("Draft plan"), run.get_absolute_url()))
    context["views"] = _views(round_, run, show)
    return render(request, "visits/plan_lines.html", context)


# -- What the pages share ----------------------------------------------------------------------


def _open_run(request: SignedInRequest, round_: Round) -> PlanRun | None:
    runs = PlanRun.objects.visible_to(request.user).open().select_related("round", "asked_by")
    return runs.filter(round=round_).first()


def _run_of(request: SignedInRequest, round_: Round, form: DraftForm) -> PlanRun:
    """The draft the form speaks of, whatever became of it; before it is sent, the one there is."""
    runs = PlanRun.objects.visible_to(request.user).select_related("round").filter(round=round_)
    if form.is_valid():
        return get_object_or_404(runs, pk=form.cleaned_data["run"])
    return get_object_or_404(runs, status=PlanStatus.READY)


def _last_wish(request: SignedInRequest, round_: Round) -> dict[str, Any]:
    last = PlanRun.objects.visible_to(request.user).filter(round=round_).first()
    return vars(Wish.of(last) if last else Wish())


def _start_page(request: SignedInRequest, round_: Round, form: PlanForm) -> HttpResponse:
    at = timezone.now()
    calendar, days = open_days(round_, Wish(), at)
    context = {
        **_frame(round_, _("Propose a plan")),
        "form": form,
        "progress": progress(round_, request.user, at),
        "days": days,
        "unknown_years": calendar.unknown_years(round_.window_start, round_.window_end),
        "last": PlanRun.objects.visible_to(request.user).select_related("released_by").filter(round=round_).first(),
    }
    return render(request, "visits/plan_start.html", context, status=status_of(form))


def _progress(request: SignedInRequest, run: PlanRun) -> dict[str, Any]:
    at = timezone.now()
    lost, forgotten = run.is_lost(at), run.is_forgotten(at)
    return {
        **_frame(run.round, _("Propose a plan")),
        "run": run,
        "lost": lost,
        "forgotten": forgotten,
        "step": run.get_step_display(),
        "percent": run.percent,
        "seen": f"{run.step}-{lost:d}{forgotten:d}",
    }


def _frame(round_: Round, here: Any) -> dict[str, Any]:
    crumbs = [(_("Rounds"), reverse("visits:rounds")), (round_.title, round_.get_absolute_url()), (here, "")]
    return {"round": round_, "crumbs": crumbs}


def _confirm(
    request: SignedInRequest, run: PlanRun, words: dict[str, Any], form: DraftForm, sentence: str
) -> HttpResponse:
    context = {**_frame(run.round, words["submit"]), **words, "form": form, "sentence": sentence}
    context["cancel_url"] = run.get_absolute_url()
    return render(request, "_parts/confirm.html", context, status=422 if sentence or form.errors else 200)


def _release_words(run: PlanRun) -> dict[str, Any]:
    counts = counts_of(run)
    total = counts["changes"]
    return {
        "title": ngettext("Release the plan with %(n)s visit?", "Release the plan with %(n)s visits?", total)
        % {"n": total},
        "consequences": [
            _("%(new)s get a day, %(moved)s move, all of them or none.") % counts,
            _("Whose announced visit moves gets a message in any case."),
        ],
        "submit": ngettext("Release %(n)s visit", "Release %(n)s visits", total) % {"n": total},
        "cancel_label": _("Look at it again"),
    }


def _say_released(request: SignedInRequest, done: Released) -> None:
    words = [_("The plan is released: %(new)s visits have a new day, %(moved)s moved.") % vars(done)]
    if done.announced:
        told = ngettext("%(n)s visit was announced.", "%(n)s visits were announced.", done.announced)
        words.append(told % {"n": done.announced})
    if done.left_out:
        left = ngettext(
            "%(n)s visit stays as somebody else changed it.",
            "%(n)s visits stay as somebody else changed them.",
            done.left_out,
        )
        words.append(left % {"n": done.left_out})
    for sentence in words:
        messages.success(request, sentence)


def _views(round_: Round, run: PlanRun, show: str) -> list[dict[str, Any]]:
    counts, address = counts_of(run), reverse("visits:plan_lines", args=[round_.code])
    return [
        {"url": f"{address}?show={name}", "label": label, "count": counts[name], "current": name == show}
        for name, label in SHOWN.items()
    ]
