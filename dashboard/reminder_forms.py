"""Forms about reminders: whom to remind now, what a rule says, which day to look ahead to."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import AnyDayField, Card, CardsMany, LayoutMixin, PickMany
from notifications.audience import ALWAYS
from notifications.by_hand import AHEAD, BACK, Wish, usual_audience
from notifications.channels import channels
from notifications.forms import HalfHours
from notifications.models import ReminderRule
from notifications.planner import source_of
from notifications.rules import Step

LONGEST = 400
SPARE_STEPS = 1


class RemindForm(LayoutMixin, forms.Form):
    """Whom to tell, and about which of the rule's things."""

    audience = forms.MultipleChoiceField(label=_("Whom"), widget=PickMany)
    first = AnyDayField(label=_("From"), required=False)
    last = AnyDayField(label=_("Until"), required=False)

    def __init__(self, data: Any, *, rule: ReminderRule, day: date) -> None:
        source, self.rule, self.day = source_of(rule), rule, day
        super().__init__(data, initial={"audience": list(usual_audience(rule))})
        self.fields["audience"].choices = [(name, Card(label)) for name, label in source.audiences.items()]  # type: ignore[attr-defined]
        for name in ("first", "last"):
            self.fields[name].limit(day - BACK, day + BACK)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and first > last:
            self.add_error("last", gettext("Please choose a day that is not before the first one."))
        return data

    def wish(self) -> Wish:
        data = self.cleaned_data
        return Wish.of(self.rule, data["audience"], data["first"], data["last"], self.day)


class ExpectedForm(forms.Form):
    """The number of people somebody saw before pressing."""

    expected = forms.IntegerField(min_value=0, max_value=10**6)


class PreviewForm(forms.Form):
    """Without a day: the next one on which anybody would be told."""

    day = AnyDayField(label=_("Day"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].limit(today - AHEAD, today + timedelta(days=LONGEST))  # type: ignore[attr-defined]


class RulePreviewForm(LayoutMixin, PreviewForm):
    """The day beside the form of a rule: it stands below that form, #rule, and is sent with it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["day"]
        field.label = gettext("On which day")
        field.help_text = gettext("Left empty: the next day on which it would tell anybody.")
        field.widget.attrs["form"] = "rule"


# -- A rule -----------------------------------------------------------------------------------

BEFORE, AFTER = "before", "after"
WORKING_BEFORE, WORKING_AFTER = "working-before", "working-after"
SIDES = [
    (BEFORE, _("days before")),
    (AFTER, _("days after")),
    (WORKING_BEFORE, _("working days before")),
    (WORKING_AFTER, _("working days after")),
]


class RuleForm(LayoutMixin, forms.Form):
    is_active = forms.BooleanField(label=_("In use"), required=False)
    mandatory = forms.BooleanField(
        label=_("Cannot be muted"),
        required=False,
        help_text=_("For what the work depends on: nobody can switch it off."),
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels besides the app"),
        required=False,
        widget=CardsMany,
        help_text=_("In the app everybody gets it."),
    )
    quiet_from = HalfHours(label=_("Quiet from"), required=False)
    quiet_until = HalfHours(
        label=_("Quiet until"), required=False, help_text=_("What is due in between goes out when the quiet hours end.")
    )
    on_working_days = forms.BooleanField(label=_("On days off it waits for the next working day"), required=False)
    late_hours = forms.IntegerField(
        label=_("Too late after (hours)"),
        min_value=1,
        max_value=336,
        help_text=_("What could not be sent by then is dropped, not sent late."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    NAMES = ("is_active", "mandatory", "channels", "quiet_from", "quiet_until", "on_working_days", "late_hours")

    def __init__(self, data: Any = None, *, rule: ReminderRule) -> None:
        values = {name: getattr(rule, name) for name in (*self.NAMES, "version")}
        super().__init__(data, initial=values)
        self.rule = rule
        for name in ("quiet_from", "quiet_until"):
            self.fields[name].offer(values[name])  # type: ignore[attr-defined]
        self.fields["channels"].choices = [  # type: ignore[attr-defined]
            (name, Card(channel.label, "" if channel.is_ready() else _("not set up yet")))
            for name, channel in channels().items()
            if name != ALWAYS
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None):
            self.add_error("quiet_until", gettext("Please choose both hours, or neither."))
        return data

    def values(self) -> dict[str, Any]:
        """What differs from the rule."""
        data = self.cleaned_data
        return {name: data[name] for name in self.NAMES if data[name] != getattr(self.rule, name)}


class StepForm(LayoutMixin, forms.Form):
    """When, and whom. `code` is the step it was made from: what was told under it is not told again."""

    code = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    days = forms.IntegerField(label=_("Number of days"), min_value=0, max_value=LONGEST)
    side = forms.ChoiceField(label=_("Counted as"), choices=SIDES, initial=BEFORE)
    hour = HalfHours(label=_("Time of day"))
    audience = forms.MultipleChoiceField(label=_("Whom"), widget=PickMany)

    def __init__(self, *args: Any, audiences: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = [(name, Card(label)) for name, label in audiences.items()]  # type: ignore[attr-defined]
        self.fields["hour"].offer(self.initial.get("hour"))  # type: ignore[attr-defined]


class Steps(forms.BaseFormSet):
    """The steps of a rule, and room for one more."""

    def __init__(self, data: Any = None, *, rule: ReminderRule) -> None:
        self.rule = rule
        audiences = source_of(rule).audiences
        rows = [_row(step) for step in rule.plan]
        super().__init__(data, initial=rows, prefix="step", form_kwargs={"audiences": audiences})

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["class"] = "form-check-input"

    def clean(self) -> None:
        if not any(self.errors) and not self._kept():
            raise ValidationError(gettext("Please keep at least one step. To stop the rule, switch it off."))

    def steps(self) -> list[dict[str, Any]]:
        """As a rule keeps them, the earliest first."""
        found: dict[str, dict[str, Any]] = {}
        kept = sorted(self._kept(), key=lambda data: (_signed(data), data["hour"]))
        reserved = {data["code"] for data in kept if self._stays(data)}
        for data in kept:
            old, days = self._old(data), _signed(data)
            code = data["code"] if self._stays(data) else _new_code(days, reserved | found.keys())
            row = {"code": code, "days": days, "at": f"{data['hour']:%H:%M}", "audience": data["audience"]}
            row |= {"working": True} if data["side"] in (WORKING_BEFORE, WORKING_AFTER) else {}
            row |= {"kind": old.kind} if old and old.kind else {}
            found[code] = row
        return list(found.values())

    def _old(self, data: Mapping[str, Any]) -> Step | None:
        return next((step for step in self.rule.plan if step.code == data["code"]), None)

    def _stays(self, data: Mapping[str, Any]) -> bool:
        """On its day still: whoever has been told is not told again, also when the hour or the people are others."""
        old, working = self._old(data), data["side"] in (WORKING_BEFORE, WORKING_AFTER)
        return old is not None and (old.days, old.working) == (_signed(data), working)

    def _kept(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]


StepSet: Any = forms.formset_factory(
    StepForm, formset=Steps, extra=SPARE_STEPS, can_delete=True, can_delete_extra=False, max_num=12, absolute_max=12
)


class HoursForm(LayoutMixin, forms.Form):
    """At which hours of the day a digest goes out."""

    NAMES = ("hour_1", "hour_2", "hour_3", "hour_4")
    hour_1 = HalfHours(label=_("Goes out at"))
    hour_2 = HalfHours(label=_("and at"), required=False)
    hour_3 = HalfHours(label=_("and at"), required=False)
    hour_4 = HalfHours(label=_("and at"), required=False)

    def __init__(self, data: Any = None, *, rule: ReminderRule) -> None:
        self.rule = rule
        hours = sorted({hour for step in rule.plan for hour in step.hours})
        super().__init__(data, initial=dict(zip(self.NAMES, hours, strict=False)))
        for name in self.NAMES:
            self.fields[name].offer(self.initial.get(name))  # type: ignore[attr-defined]

    def steps(self) -> list[dict[str, Any]]:
        """The rule's own, at other hours."""
        chosen = sorted({f"{hour:%H:%M}" for name in self.NAMES if (hour := self.cleaned_data[name])})
        return [{**step, "hours": chosen} if step.get("hours") else step for step in self.rule.steps]


def form_of_steps(rule: ReminderRule, data: Any = None) -> Any:
    """When and whom: its steps, the hours of its digest, or None for what goes out at once, where nothing is to choose."""
    if all(step.at is not None for step in rule.plan):
        return StepSet(data, rule=rule)
    return HoursForm(data, rule=rule) if any(step.hours for step in rule.plan) else None


def values_of(form: RuleForm, steps: Any) -> dict[str, Any]:
    """What the two forms of a rule, both valid, would change in it."""
    values = form.values()
    if steps is not None and steps.has_changed():
        values["steps"] = steps.steps()
    return values


def _row(step: Step) -> dict[str, Any]:
    late = step.days > 0
    side = (WORKING_AFTER if late else WORKING_BEFORE) if step.working else (AFTER if late else BEFORE)
    return {"code": step.code, "days": abs(step.days), "side": side, "hour": step.at, "audience": list(step.audience)}


def _signed(data: Mapping[str, Any]) -> int:
    return data["days"] if data["side"] in (AFTER, WORKING_AFTER) else -data["days"]


def _new_code(days: int, taken: Collection[str]) -> str:
    """`T-7`, and `T-7b` where that is taken."""
    base = f"T{days:+d}" if days else "T"
    return next(code for code in (base, *(f"{base}{letter}" for letter in "bcdefghijklm")) if code not in taken)
