"""One small form for each action at the desk. A form says what is missing; the service decides."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.forms import AnyDayField, Card, Cards, LayoutMixin, NoteField, Plain, PlainField
from core.personal import looks_personal
from issues.models import Channel, Complexity, Issue, Level, Reaction
from issues.rulebook import Rulebook
from teams.models import OrgUnit, User
from teams.queries import at_desks
from visits.public_words import PERSONAL, public_text

NEWEST = 2**31 - 1


class ActionForm(LayoutMixin, forms.Form):
    """`version` is what the person saw when the form was shown."""

    version = forms.IntegerField(required=False, min_value=1, max_value=NEWEST, widget=forms.HiddenInput)

    def __init__(self, *args: Any, issue: Issue, by: User, day: date, **kwargs: Any) -> None:
        self.issue, self.by, self.day = issue, by, day
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {"version": issue.version, **kwargs["initial"]}
        super().__init__(*args, **kwargs)

    def answers(self) -> dict[str, Any]:
        """What was filled in, in the words of the service."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def unit_field(label: Any, **kwargs: Any) -> forms.ModelChoiceField:
    kwargs.setdefault("empty_label", _("Choose a unit"))
    return forms.ModelChoiceField(OrgUnit.objects.all(), label=label, to_field_name="slug", **kwargs)


class AcceptForm(ActionForm):
    """Nothing to fill in: whoever accepts has it."""


class AssignForm(ActionForm):
    handler = forms.ModelChoiceField(User.objects.none(), label=_("Case handler"), widget=Cards, empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = at_desks([self.issue.owner_unit_id], self.day)  # type: ignore[attr-defined]


class RouteForm(ActionForm):
    """The office sets the level. Without a unit the rules name one."""

    level = forms.ModelChoiceField(
        Level.objects.all(), label=_("Who solves it"), widget=Cards, to_field_name="number", empty_label=None
    )
    unit = unit_field(
        _("Responsible unit"),
        required=False,
        empty_label=_("The one named above"),
        help_text=_("Only if it should be another one than the rules say."),
    )
    complexity = forms.ChoiceField(
        label=_("How difficult"), choices=Complexity.choices, widget=Plain, initial=Complexity.ORDINARY
    )

    def __init__(self, *args: Any, rules: Rulebook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        issue = self.issue
        proposed = issue.level or issue.suggested_level
        self.initial.setdefault("level", proposed.number if proposed else None)
        self.initial.setdefault("complexity", issue.complexity)
        if issue.proposed_unit and not self.initial.get("unit"):
            self.initial["unit"] = issue.proposed_unit.slug
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            (number, Card(level.name, self._hint(rules, number), _("suggested") if level == proposed else ""))
            for number, level in sorted(rules.levels.items())
        ]

    def _hint(self, rules: Rulebook, number: int) -> str:
        unit = rules.unit_of(self.issue, number)
        days = rules.days(number, self.issue.category_id, self.issue.complexity)
        return _("%(unit)s · %(days)s working days") % {"unit": unit or _("please choose a unit below"), "days": days}


class SendBackForm(ActionForm):
    note = NoteField(label=_("What is missing"), max_length=200, rows=3)


class ResubmitForm(ActionForm):
    place = PlainField(label=_("Place"), max_length=60, required=False)
    note = NoteField(label=_("What you can add"), max_length=500, dictation=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("place", self.issue.place)


class ReturnForm(ActionForm):
    basis = NoteField(
        label=_("Basis of responsibility"),
        help_text=_("Name the document and the clause. The time limit runs on while the office rules."),
        max_length=200,
        rows=3,
        error_messages={"required": _("Please write on which basis it is not yours, for example document and clause.")},
    )
    proposed_unit = unit_field(_("Who should have it"))


class RuleForm(ActionForm):
    """The office's word on a return."""

    unit = unit_field(_("Who handles it"))
    level = forms.ModelChoiceField(
        Level.objects.all(),
        label=_("Level"),
        required=False,
        to_field_name="number",
        empty_label=_("Leave it as it is"),
    )
    ruling = NoteField(label=_("Ruling, with the reason"), max_length=200, rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.issue.proposed_unit:
            self.initial.setdefault("unit", self.issue.proposed_unit.slug)


class EscalateForm(ActionForm):
    note = NoteField(label=_("Why it has to go up"), max_length=500, rows=4)


class ProgressForm(ActionForm):
    text = NoteField(label=_("What has been done"), max_length=1000, dictation=True)
    public = forms.TypedChoiceField(
        label=_("Who can read it"),
        choices=[
            ("yes", Card(_("Residents too"), _("It becomes the answer on the resident's page."))),
            ("no", Card(_("Only those who work on it"), _("An internal note."))),
        ],
        coerce=lambda value: value == "yes",
        widget=Cards,
        initial="yes",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("public") and looks_personal(data.get("text", "")):
            self.add_error("text", PERSONAL)
        return data


class ResolveForm(ActionForm):
    text = NoteField(
        label=_("What has been done, in words the resident understands"),
        max_length=1000,
        rows=5,
        validators=[public_text],
    )


class ExplainForm(ActionForm):
    rule = PlainField(label=_("Which rule or policy"), max_length=200, validators=[public_text])
    text = NoteField(label=_("What you explain to the resident"), max_length=1000, rows=5, validators=[public_text])
    explained_by = PlainField(label=_("Who explains it"), max_length=40)
    review_on = AnyDayField(
        label=_("Look at it again on"), help_text=_("On that day the issue comes up again by itself.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, last = self.day + timedelta(days=1), self.day + timedelta(days=730)
        self.fields["review_on"].limit(first, last)  # type: ignore[attr-defined]
        self.initial.setdefault("explained_by", self.by.name)
        self.initial.setdefault("review_on", self.day + timedelta(days=180))


class ReviewForm(ActionForm):
    upheld = forms.TypedChoiceField(
        label=_("Second opinion"),
        choices=[
            (
                "yes",
                Card(
                    _("I agree with the explanation"),
                    _("The resident is told; the issue comes up again on its review day."),
                ),
            ),
            (
                "no",
                Card(
                    _("It can be solved, or it is not explained well"),
                    _("The unit goes on with it; the clock has not stopped."),
                ),
            ),
        ],
        coerce=lambda value: value == "yes",
        widget=Cards,
    )
    note = NoteField(label=_("Why"), max_length=500, rows=3, required=False, help_text=_("Needed if you do not agree."))


class ConfirmForm(ActionForm):
    told = PlainField(
        label=_("Who was told"),
        help_text=_("No full names: for instance “the reporter” or “6 households of building 3”."),
        max_length=60,
    )
    channel = forms.ChoiceField(label=_("How"), choices=Channel.choices[:-1], widget=Plain)
    told_on = AnyDayField(label=_("On"))
    reaction = forms.ChoiceField(label=_("How it was taken"), choices=Reaction.choices, widget=Cards)
    note = NoteField(label=_("Note"), max_length=200, rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("told_on", self.day)
        first = today(self.issue.submitted_at) if self.issue.submitted_at else None
        self.fields["told_on"].limit(first, self.day)  # type: ignore[attr-defined]


class ExtendForm(ActionForm):
    reason = NoteField(label=_("Why more time is needed"), max_length=200, rows=3)


class DecideExtensionForm(ActionForm):
    granted = forms.TypedChoiceField(
        label=_("Extension"),
        choices=[("yes", _("Grant it")), ("no", _("Refuse it"))],
        coerce=lambda value: value == "yes",
        widget=Plain,
    )
    note = NoteField(label=_("Note"), max_length=200, rows=2, required=False, help_text=_("Needed if you refuse it."))


class OpinionForm(ActionForm):
    text = NoteField(label=_("Legal opinion"), max_length=2000, rows=8)


class ReopenForm(ActionForm):
    note = NoteField(label=_("Why it is opened again"), max_length=500, rows=3)


class RevealForm(LayoutMixin, forms.Form):
    reason = PlainField(label=_("What you need it for"), max_length=100)
