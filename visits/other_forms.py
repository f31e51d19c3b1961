"""What people fill in about visits besides the rounds."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Card, Cards, LayoutMixin, NoteField, PlainField
from teams.models import Area, Pairing
from visits.forms import VersionForm
from visits.models import Purpose, VisitKind
from visits.public_words import public_text

PLANNED = (Purpose.TOPICAL, Purpose.PLANNED)
HINTS = {
    Purpose.TOPICAL: _("One topic, for example charging electric bicycles."),
    Purpose.PLANNED: _("Planned by the team."),
}


class KindChoice(forms.ModelChoiceField):
    widget = Cards

    def label_from_instance(self, obj: VisitKind) -> Card:  # type: ignore[override]
        return Card(obj.name, HINTS.get(Purpose(obj.purpose), ""))


class PairingChoice(forms.ModelChoiceField):
    """A team and an area it is paired with, named by the area, under the name of its street."""

    def label_from_instance(self, obj: Pairing) -> str:
        return f"{obj.area} · {obj.team}"


class NewVisitForm(LayoutMixin, forms.Form):
    """`pairings` are those the person may plan for; who has only one is not asked."""

    kind = KindChoice(
        VisitKind.objects.filter(in_round=False, purpose__in=PLANNED),
        label=_("Kind of visit"),
        to_field_name="code",
        empty_label=None,
        error_messages={"required": _("Please choose the kind of visit.")},
    )
    pairing = PairingChoice(
        Pairing.objects.none(),
        label=_("Residential area"),
        empty_label=_("Please choose"),
        error_messages={"required": _("Please choose the residential area.")},
    )
    topic = PlainField(
        label=_("Topic"), max_length=60, help_text=_("The team and the area's secretary read it."), required=False
    )

    def __init__(self, *args: Any, pairings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pairing"].queryset = pairings  # type: ignore[attr-defined]
        kinds = list(self.fields["kind"].queryset)  # type: ignore[attr-defined]
        self.fields["topic"].required = all(kind.purpose == Purpose.TOPICAL for kind in kinds)
        if len(kinds) == 1:
            self.initial.setdefault("kind", kinds[0].code)


class AskForm(LayoutMixin, forms.Form):
    area = forms.ModelChoiceField(
        Area.objects.none(),
        label=_("Residential area"),
        empty_label=_("Please choose"),
        error_messages={"required": _("Please choose the residential area.")},
    )
    topic = PlainField(label=_("What is it about?"), max_length=60)
    words = NoteField(
        label=_("Why should the team come?"),
        max_length=300,
        rows=4,
        dictation=True,
        help_text=_("Please write no names and no phone numbers of residents."),
    )

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]


class AcceptForm(VersionForm):
    """Which of the area's teams comes."""

    pairing = forms.ModelChoiceField(Pairing.objects.none(), label=_("Team"), empty_label=None)

    def __init__(self, *args: Any, pairings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pairing"].queryset = pairings  # type: ignore[attr-defined]
        self.fields["pairing"].label_from_instance = lambda pairing: f"{pairing.team} · {pairing.team.unit}"  # type: ignore[attr-defined]


class RefuseForm(VersionForm):
    """Whoever asked reads the reason: it may be a resident, on the page of their issue."""

    note = NoteField(label=_("Reason"), max_length=200, rows=3, validators=[public_text])
