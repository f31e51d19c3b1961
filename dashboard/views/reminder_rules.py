"""The rules of reminders: what there is, what a rule says, and whom it would tell on a day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.clock import today
from core.events import history_of
from core.once import once
from core.refusals import RuleBroken
from dashboard.activity import entries
from dashboard.reminder_forms import (
    HoursForm,
    PreviewForm,
    RuleForm,
    RulePreviewForm,
    Steps,
    form_of_steps,
    values_of,
)
from dashboard.reminder_tabs import tabs
from dashboard.told import told_context
from notifications.models import ReminderRule
from notifications.planner import source_of
from notifications.preview import Preview, next_preview, preview
from notifications.rulebook import as_changed, change_rule
from notifications.sources import sources
from notifications.words import audience_words, channel_label, day_of_step, hours_of_step, label_of
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest

SHOWN_CHANGES = 5


@dataclass(frozen=True)
class Row:
    """A rule in words."""

    rule: ReminderRule
    label: str
    anchor: Any
    steps: list[tuple[str, str, str]]
    channels: str


@require_safe
@policy(Permission.REMINDERS_MANAGE)
def reminder_rules(request: SignedInRequest) -> HttpResponse:
    rules = [rule for rule in ReminderRule.objects.all() if rule.source in sources()]
    context = {"rows": [_row(rule) for rule in rules], "tabs": tabs(request.user, "dashboard:reminder_rules")}
    return render(request, "dashboard/reminder_rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.REMINDERS_MANAGE)
@once
def reminder_rule(request: SignedInRequest, rule: str) -> HttpResponse:
    found = _find(rule)
    form = RuleForm(request.POST or None, rule=found)
    steps = form_of_steps(found, request.POST or None)
    if request.method == "POST" and _both_valid(form, steps):
        try:
            _change(request, found, form, steps)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return redirect("dashboard:reminder_rules")
    status = 422 if request.method == "POST" else 200
    return render(request, "dashboard/reminder_rule.html", _context(found, form, steps), status=status)


def _change(request: SignedInRequest, rule: ReminderRule, form: RuleForm, steps: Any) -> None:
    if values := values_of(form, steps):
        version = form.cleaned_data["version"]
        change_rule(rule=rule, by=request.user, at=timezone.now(), version=version, **values)
    messages.success(request, _("The rule holds from now on. What has been planned already stays as it is."))


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.REMINDERS_MANAGE)
def reminder_preview(request: SignedInRequest, rule: str) -> HttpResponse:
    """Whom the rule would tell on a day, as things stand now; sent with its form, what stands there and is not saved."""
    found = _find(rule)
    if request.method == "POST":
        return _preview_of_form(request, found)
    at = timezone.now()
    form = PreviewForm(request.GET, today=today(at))
    crumbs = [
        (_("Rules of reminders"), reverse("dashboard:reminder_rules")),
        (label_of(found), reverse("dashboard:reminder_rule", args=[found.code])),
        (_("Preview"), ""),
    ]
    context = {"row": _row(found), "form": form, "crumbs": crumbs}
    if form.is_valid():
        shown = _preview(found, form.cleaned_data["day"], at)
        context["form"] = PreviewForm({"day": shown.day}, today=today(at))
        context |= told_context(found, shown, request.GET.get("cursor", ""))
    return render(request, "dashboard/reminder_preview.html", context, status=200 if form.is_valid() else 422)


def _preview_of_form(request: SignedInRequest, rule: ReminderRule) -> HttpResponse:
    at = timezone.now()
    form, steps = RuleForm(request.POST, rule=rule), form_of_steps(rule, request.POST)
    day, told = RulePreviewForm(request.POST, today=today(at)), None
    if _both_valid(form, steps) and day.is_valid():
        try:
            unsaved = as_changed(rule, values_of(form, steps))
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            shown = _preview(unsaved, day.cleaned_data["day"], at)
            told = told_context(unsaved, shown, request.GET.get("cursor", ""))
    context = _context(rule, form, steps) | {"day": day, "told": told}
    return render(request, "dashboard/reminder_rule.html", context, status=200 if told else 422)


def _preview(rule: ReminderRule, day: date | None, at: datetime) -> Preview:
    """Without a day the next one on which anybody is told; where there is none, tomorrow."""
    return preview(rule, day) if day else next_preview(rule, at) or preview(rule, today(at) + timedelta(days=1))


def _find(code: str) -> ReminderRule:
    return get_object_or_404(ReminderRule, code=code, source__in=sources())


def _both_valid(form: RuleForm, steps: Any) -> bool:
    return all([form.is_valid(), steps is None or steps.is_valid()])


def _context(rule: ReminderRule, form: RuleForm, steps: Any) -> dict[str, Any]:
    return {
        "row": _row(rule),
        "form": form,
        "steps": steps if isinstance(steps, Steps) else None,
        "hours": steps if isinstance(steps, HoursForm) else None,
        "day": RulePreviewForm(today=today(timezone.now())),
        "changes": entries(history_of(rule)[:SHOWN_CHANGES]),
        "crumbs": [(_("Rules of reminders"), reverse("dashboard:reminder_rules")), (label_of(rule), "")],
    }


def _row(rule: ReminderRule) -> Row:
    steps = [(day_of_step(step), hours_of_step(step), audience_words(rule, step.audience)) for step in rule.plan]
    named = _(", ").join(channel_label(name) for name in rule.channels)
    return Row(rule, label_of(rule), source_of(rule).label, steps, named)
