"""One visit of a draft: put somewhere else by hand, given one of the repairs offered, or left out."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.once import once
from core.refusals import RuleBroken
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits import services
from visits.dayparts import DayPart
from visits.draft_table import draft_table
from visits.forms import PlaceForm
from visits.models import PlanLine, PlanRun, PlanStatus
from visits.plan_forms import RepairForm
from visits.scheduling.model import Fix
from visits.slots import SlotTable, slot_table
from visits.views.access import round_for, status_of, version_of


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ROUND_MANAGE)
@once
def plan_line(request: SignedInRequest, code: str, line: int) -> HttpResponse:
    """Another half-day for one visit, among those of the draft."""
    row, at = _line_for(request, code, line), timezone.now()
    table = slot_table(row.visit, at, timetable=draft_table(row.run, without=row))
    form = PlaceForm(request.POST or None, days=table.days, initial=_initial(request, row, table))
    clashes: list[str] = []
    if form.is_valid():
        try:
            version = form.cleaned_data["version"]
            services.place_line(line=row, by=request.user, at=at, version=version, **form.place())
        except services.ClashFound as refusal:
            clashes = refusal.sentences
            form.add_error("clash_reason", _("If it has to be then, write down why."))
        except RuleBroken as refusal:
            form.add_error(_field_of(form, row), str(refusal.sentence))
        else:
            messages.success(request, _("%(area)s has another place in the draft.") % {"area": row.visit.area})
            return redirect("visits:plan", code)
    context = {"form": form, "table": table.marked(form["slot"].value()), "clashes": clashes, "line": row}
    context |= {"visit": row.visit, "submit": _("Change the draft"), "back": row.run.get_absolute_url()}
    context["crumbs"] = _crumbs(row)
    return render(request, "visits/plan_line.html", context, status=status_of(form))


@require_POST
@policy(Permission.ROUND_MANAGE)
@once
def plan_repair(request: SignedInRequest, code: str, line: int) -> HttpResponse:
    """Apply one of the ways out; where it is taken by now, the page with the half-days says so."""
    row, form = _line_for(request, code, line), RepairForm(request.POST)
    if not form.is_valid() or form.cleaned_data["repair"] >= len(row.repairs):
        return redirect("visits:plan_line", code, line)
    repair = row.repairs[form.cleaned_data["repair"]]
    day, part = repair["half_day"]
    if repair["fix"] == Fix.OUTSIDE:
        return redirect(f"{reverse('visits:plan_line', args=[code, line])}?slot={day}/{part}")
    stand_in = (repair["person"], repair["by"]) if repair["fix"] == Fix.SUBSTITUTE else None
    try:
        services.place_line(
            line=row,
            day=date.fromisoformat(day),
            part=part,
            stand_in=stand_in,
            by=request.user,
            at=timezone.now(),
            version=form.cleaned_data["version"],
        )
    except RuleBroken as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect("visits:plan_line", code, line)
    messages.success(request, _("%(area)s has a place in the draft now.") % {"area": row.visit.area})
    return redirect("visits:plan", code)


@require_POST
@policy(Permission.ROUND_MANAGE)
@once
def plan_drop(request: SignedInRequest, code: str, line: int) -> HttpResponse:
    row = _line_for(request, code, line)
    services.drop_line(line=row, by=request.user, at=timezone.now(), version=version_of(request))
    words = _("%(area)s is left out of the draft and stays as it is.") % {"area": row.visit.area}
    messages.success(request, words)
    return redirect("visits:plan", code)


def _line_for(request: SignedInRequest, code: str, pk: int) -> PlanLine:
    round_ = round_for(request, code)
    runs = PlanRun.objects.visible_to(request.user).filter(round=round_, status=PlanStatus.READY)
    lines = PlanLine.objects.select_related("run__round", "visit__area__street", "visit__team__unit", "visit__round")
    return get_object_or_404(lines, pk=pk, run__in=runs, fixed=False)


def _initial(request: SignedInRequest, line: PlanLine, table: SlotTable) -> dict[str, Any]:
    """The half-day a link proposes, else where the draft has it, else where it is; outside the window as another date."""
    visit = line.visit
    initial: dict[str, Any] = {"version": line.run.version, "venue": line.venue or visit.venue or visit.area.venue}
    day, hour = line.day or line.was_day, line.starts_at or line.was_starts_at
    wished = request.GET.get("slot", "")
    if wished in table.values:
        return initial | {"slot": wished}
    try:
        text, part = wished.split("/")
        day, hour = date.fromisoformat(text), DayPart(part).usual_start
    except ValueError:
        pass  # nothing was proposed
    if day is None or hour is None:
        return initial
    return initial | PlaceForm.filled_with(day, hour, table.days, line.outside_reason)


def _field_of(form: PlaceForm, line: PlanLine) -> str | None:
    """The reason field, when the day lies outside the window and nothing is written there."""
    outside = not line.run.round.holds(form.place()["day"])
    return "outside_reason" if outside and not form.cleaned_data["outside_reason"] else None


def _crumbs(line: PlanLine) -> list[tuple[str, str]]:
    round_ = line.run.round
    return [
        (_("Rounds"), reverse("visits:rounds")),
        (round_.title, round_.get_absolute_url()),
        (_("Draft plan"), line.run.get_absolute_url()),
        (str(line.visit.area), ""),
    ]
