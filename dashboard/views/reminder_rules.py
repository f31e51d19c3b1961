"""The rules of reminders: what there is, what a rule says, and whom it would tell on a day."""

from dataclasses import dataclass
from datetime import timedelta
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
from dashboard.reminder_forms import PreviewForm, RuleForm, StepSet, has_hours
from dashboard.reminder_tabs import tabs
from dashboard.told import told_page
from notifications.models import ReminderRule
from notifications.planner import source_of
from notifications.preview import preview
from notifications.rulebook import change_rule
from notifications.sources import sources
from notifications.words import audience_words, channel_label, day_of_step, label_of
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
    steps: list[tuple[str, Any, str]]
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
    found = get_object_or_404(ReminderRule, code=rule, source__in=sources())
    form = RuleForm(request.POST or None, rule=found)
    steps = StepSet(request.POST or None, rule=found) if has_hours(found) else None
    status = 200
    if request.method == "POST":
        if form.is_valid() and (steps is None or steps.is_valid()):
            try:
                _change(request, found, form, steps)
            except RuleBroken as refusal:
                form.add_error(None, str(refusal.sentence))
            else:
                return redirect("dashboard:reminder_rules")
        status = 422
    context = {
        "row": _row(found),
        "form": form,
        "steps": steps,
        "changes": entries(history_of(found)[:SHOWN_CHANGES]),
        "crumbs": [(_("Rules of reminders"), reverse("dashboard:reminder_rules")), (label_of(found), "")],
    }
    return render(request, "dashboard/reminder_rule.html", context, status=status)


def _change(request: SignedInRequest, rule: ReminderRule, form: RuleForm, steps: Any) -> None:
    values = form.values()
    if steps is not None and steps.has_changed():
        values["steps"] = steps.steps()
    if values:
        version = form.cleaned_data["version"]
        change_rule(rule=rule, by=request.user, at=timezone.now(), version=version, **values)
    messages.success(request, _("The rule holds from now on. What has been planned already stays as it is."))


@require_safe
@policy(Permission.REMINDERS_MANAGE)
def reminder_preview(request: SignedInRequest, rule: str) -> HttpResponse:
    """Whom the rule would tell on a day, as things stand now."""
    found = get_object_or_404(ReminderRule, code=rule, source__in=sources())
    now = today(timezone.now())
    form = PreviewForm(request.GET if "day" in request.GET else {"day": now + timedelta(days=1)}, today=now)
    shown = preview(found, form.cleaned_data["day"]) if form.is_valid() else None
    context = {
        "row": _row(found),
        "form": form,
        "preview": shown,
        "people": len(shown.people) if shown else 0,
        "by_channel": [(channel_label(name), n) for name, n in shown.by_channel.items()] if shown else [],
        "page": told_page(found, shown, request.GET.get("cursor", "")) if shown else None,
        "crumbs": [
            (_("Rules of reminders"), reverse("dashboard:reminder_rules")),
            (label_of(found), reverse("dashboard:reminder_rule", args=[found.code])),
            (_("Preview"), ""),
        ],
    }
    return render(request, "dashboard/reminder_preview.html", context, status=200 if shown else 422)


def _row(rule: ReminderRule) -> Row:
    steps = [(day_of_step(step), step.at, audience_words(rule, step.audience)) for step in rule.plan]
    named = _(", ").join(channel_label(name) for name in rule.channels)
    return Row(rule, label_of(rule), source_of(rule).label, steps, named)
