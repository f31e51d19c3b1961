"""The record of a visit as it is filled in: short at first sight, everything besides attendance folded."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from core.folds import Fold
from core.forms import Card, CardsMany, NoteField, PlainField
from teams.models import Membership
from visits.forms import HeldForm, KeptVersionForm
from visits.models import LegalKind, ResidentKind, TeamDuty, Visit
from visits.services.particulars import LONGEST_LINE, MOST_CALLS, MOST_IDEAS, MOST_OF_A_KIND, Particulars, duties_of
from visits.services.recording import MOST_RESIDENTS

MORE = '{% include "visits/_record_more.html" %}'
NO_NAMES = _("Please write no names and no phone numbers.")


class Rows:
    """What the programme asks a record for: kinds of residents, duties of the team."""

    def __init__(self, kinds: list[ResidentKind], duties: list[TeamDuty]) -> None:
        self.kinds, self.duties = kinds, duties

    @classmethod
    def of(cls, visit: Visit) -> "Rows":
        return cls(list(ResidentKind.objects.all()), duties_of(visit))

    @property
    def names(self) -> list[str]:
        """The fields of the form that come from them."""
        kinds = [f"{start}-{kind.code}" for kind in self.kinds for start in ("kind", "new")]
        laws = [f"{start}-{kind}" for kind in LegalKind.values for start in ("law", "about")]
        return [*kinds, *laws, *(f"duty-{duty.code}" for duty in self.duties)]


def number(label: Any, most: int) -> forms.IntegerField:
    words = _("Please write a number between 0 and %(most)d.") % {"most": most}
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=most,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), words),
    )


def line(label: Any, help_text: Any = "") -> PlainField:
    return PlainField(label=label, max_length=LONGEST_LINE, required=False, help_text=help_text)


class RecordForm(KeptVersionForm, HeldForm):
    """Who came and how many is asked; what was said stands open; the rest opens with a touch. Nothing more is compulsory."""

    came = forms.TypedMultipleChoiceField(
        label=_("Who of the team was there?"),
        coerce=int,
        widget=CardsMany,
        error_messages={"required": _("Please tick at least one member of the team.")},
    )
    residents_count = forms.IntegerField(
        label=_("How many residents came?"),
        min_value=0,
        max_value=MOST_RESIDENTS,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("The number of residents is between 0 and 500.")
        ),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    summary = NoteField(
        label=_("What was said?"),
        max_length=2000,
        rows=5,
        dictation=True,
        required=False,
        help_text=_("A few sentences. The single issues are written down on their own page."),
    )
    policy_talk = PlainField(label=_("What was the policy talk about?"), max_length=200, required=False)
    policy_speaker = forms.TypedChoiceField(
        label=_("Who gave the policy talk?"), coerce=int, empty_value=None, required=False, widget=forms.Select
    )

    home_calls = number(_("How many homes were called at?"), MOST_CALLS)
    home_calls_words = line(_("In short"), _("What was brought or talked about. Please write no names."))
    ideas = NoteField(
        label=_("One idea a line"), max_length=MOST_IDEAS * LONGEST_LINE, rows=4, dictation=True, required=False
    )

    late_reason = NoteField(
        label=_("Why does the record come late?"),
        help_text=_("The office reads it and decides whether to accept the late record."),
        max_length=200,
        rows=2,
        required=False,
    )

    def __init__(self, *args: Any, members: list[Membership], rows: Rows, is_late: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.is_late = rows, is_late
        self.fields["late_reason"].required = is_late
        seats = [(member.seat_id, Card(member.user.name, hint=member.seat.kind)) for member in members]
        self.fields["came"].required = bool(members)
        self.fields["came"].choices = seats  # type: ignore[attr-defined]
        speakers = [(member.user_id, member.user.name) for member in members]
        self.fields["policy_speaker"].choices = [("", "—"), *speakers]  # type: ignore[attr-defined]
        for kind in rows.kinds:
            self.fields[f"kind-{kind.code}"] = number(str(kind), MOST_OF_A_KIND)
            if not kind.all_new:
                words = _("%(kind)s for the first time") % {"kind": kind}
                self.fields[f"new-{kind.code}"] = number(words, MOST_OF_A_KIND)
        for law in LegalKind:
            self.fields[f"law-{law}"] = number(law.label, MOST_OF_A_KIND)
            self.fields[f"about-{law}"] = line(_("%(kind)s: about what?") % {"kind": law.label})
        for duty in rows.duties:
            self.fields[f"duty-{duty.code}"] = line(str(duty), duty.hint)

    @property
    def helper(self) -> FormHelper:
        helper = super().helper
        late = ["late_reason"] if self.is_late or self.errors.get("__all__") else []
        helper.layout = Layout("version", *late, "came", "residents_count", "summary", HTML(MORE), *self._folds())
        return helper

    def _folds(self) -> list[Fold]:
        kinds = [
            Div(*self._pair(f"kind-{kind.code}", f"new-{kind.code}"), css_class="pair") for kind in self.rows.kinds
        ]
        laws = [Div(*self._pair(f"law-{law}", f"about-{law}"), css_class="pair law") for law in LegalKind]
        duties = [f"duty-{duty.code}" for duty in self.rows.duties]
        asked = [
            Fold(_("Which residents came"), *kinds, hint=_("Only how many, no names.")) if kinds else None,
            Fold(_("Policy talk"), "policy_talk", "policy_speaker"),
            Fold(_("Ideas of residents"), "ideas", hint=NO_NAMES),
            Fold(_("Calls at home"), "home_calls", "home_calls_words"),
            Fold(_("The lawyer's services"), *laws, hint=NO_NAMES),
            Fold(_("The duties of the team"), *duties, hint=_("One line where something was done."))
            if duties
            else None,
            Fold(_("It was on another day"), "held_on", "day_note", standing={"held_on": self.initial.get("planned")}),
        ]
        return [fold for fold in asked if fold]

    def _pair(self, *names: str) -> list[str]:
        return [name for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """The number may be left open where the kinds are counted: then it is their sum."""
        data = super().clean() or {}
        if self._kinds() and not self.data.get("residents_count", "").strip():
            self.errors.pop("residents_count", None)
            data["residents_count"] = None
        return data

    def particulars(self) -> Particulars:
        data = self.cleaned_data
        return Particulars(
            kinds=self._kinds(),
            home_calls=data["home_calls"] or 0,
            home_calls_words=data["home_calls_words"],
            ideas=tuple(text.strip() for text in data["ideas"].splitlines() if text.strip()),
            legal={law.value: (data[f"law-{law}"] or 0, data[f"about-{law}"]) for law in LegalKind},
            duties={duty.code: data[f"duty-{duty.code}"] for duty in self.rows.duties},
        )

    def _kinds(self) -> dict[str, tuple[int, int]]:
        """Those of whom a number was written."""
        data = self.cleaned_data
        return {
            kind.code: (data[f"kind-{kind.code}"], data.get(f"new-{kind.code}") or 0)
            for kind in self.rows.kinds
            if data.get(f"kind-{kind.code}") is not None
        }
