"""What the secretary, the lead and the office say to a record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import Card, Cards, NoteField
from visits.forms import VersionForm

YES, NO = "yes", "no"


class VerdictForm(VersionForm):
    """Yes, or no with words."""

    verdict = forms.ChoiceField(widget=Cards)
    words = NoteField(max_length=200, rows=3, required=False, dictation=True)

    def __init__(self, *args: Any, question: Any, yes: Card, no: Card, words: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].label, self.fields["words"].label = question, words
        self.fields["verdict"].choices = [(YES, yes), (NO, no)]  # type: ignore[attr-defined]
        self.fields["verdict"].error_messages["required"] = _("Please choose one of the two.")

    @property
    def agrees(self) -> bool:
        return self.cleaned_data["verdict"] == YES

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("verdict") == NO and not data.get("words") and "words" not in self.errors:
            self.add_error("words", _("Please say in a few words why not."))
        return data


def confirm_form(data: Any, version: int) -> VerdictForm:
    return VerdictForm(
        data,
        initial={"version": version},
        question=_("Is the record right?"),
        yes=Card(_("Yes, I confirm it"), _("The meeting was as the team wrote it down.")),
        no=Card(_("No, something is not right"), _("The team's lead corrects the record or answers you.")),
        words=_("What is not right?"),
    )


def late_form(data: Any, version: int) -> VerdictForm:
    return VerdictForm(
        data,
        initial={"version": version},
        question=_("Do you accept the late record?"),
        yes=Card(_("Accept it"), _("It keeps its mark as late.")),
        no=Card(_("Do not accept it"), _("It stays marked; the team may hand it in again with a better reason.")),
        words=_("Words to the team"),
    )


class AnswerForm(VersionForm):
    note = NoteField(
        label=_("Your answer to the secretary"),
        max_length=200,
        rows=4,
        dictation=True,
        error_messages={"required": _("Please write the answer, or correct the record instead.")},
    )
