"""What is filled in before a visit: when the notice went up, how many guests of each kind, what they want to say."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import AnyDayField, LayoutMixin, NoteField, PlainField
from visits.models import BriefingKind, Invitations, ResidentKind
from visits.services.preparing import MOST_OF_A_KIND

A_QUARTER = timedelta(days=92)


class NoticeForm(LayoutMixin, forms.Form):
    on_day = AnyDayField(label=_("On which day was it put up?"))

    def __init__(self, *args: Any, day: date, posted: date | None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on_day": posted or day}, **kwargs)
        self.fields["on_day"].limit(day - A_QUARTER, day)  # type: ignore[attr-defined]


class GuestsForm(LayoutMixin, forms.Form):
    """One number a kind of resident. `version` 0 means that nothing had been written down."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, *args: Any, guests: list[tuple[ResidentKind, int]], invitations: Invitations | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"version": invitations.version if invitations else 0}, **kwargs)
        words = _("Please write a number between 0 and 200.")
        for kind, n in guests:
            self.fields[f"kind-{kind.code}"] = forms.IntegerField(
                label=kind.name,
                min_value=0,
                max_value=MOST_OF_A_KIND,
                required=False,
                initial=n or None,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), words),
            )

    def counts(self) -> dict[str, int]:
        return {name.removeprefix("kind-"): n or 0 for name, n in self.cleaned_data.items() if name.startswith("kind-")}


class TopicForm(LayoutMixin, forms.Form):
    text = NoteField(
        label=_("What do residents want to speak about?"),
        help_text=_("One sentence a topic. Please write no names and no phone numbers."),
        max_length=200,
        rows=2,
        dictation=True,
        error_messages={"required": _("Please write down what residents want to speak about.")},
    )


class ItemForm(LayoutMixin, forms.Form):
    """A line of the briefing pack."""

    kind = forms.ChoiceField(label=_("Kind"), choices=BriefingKind.choices, widget=forms.Select)
    text = NoteField(label=_("Text"), max_length=300, rows=3)


class DocumentForm(LayoutMixin, forms.Form):
    title = PlainField(label=_("Title"), max_length=80, required=False, help_text=_("Left open: the name of the file."))
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        help_text=_("PDF, Word, PowerPoint, Excel or a picture, up to 10 MB."),
        error_messages={"required": _("Please choose a file.")},
    )
