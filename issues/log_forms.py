"""The two short steps of logging an issue: what was said, and who solves it."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.forms import Card, Cards, CodeField, LayoutMixin, NoteField, Pick, PlainField
from core.refusals import RuleBroken
from issues.models import Category, Issue, Level, Photo
from issues.photo_fields import PhotosField
from issues.queries import LevelChoice, level_choices
from issues.routing import DISTRICT
from issues.services.photos import refuse_too_many
from issues.vault import Reported, for_editing
from teams.names import clean_phone
from visits.models import Visit

UNSURE = "unsure"
NEWEST = 2**31 - 1
PRIVATE = {"autocomplete": "off", "data-private": True}  # never kept on the device
TOO_MUCH = ngettext_lazy(
    "What was said: at most %(limit_value)d character; now there are %(show_value)d.",
    "What was said: at most %(limit_value)d characters; now there are %(show_value)d.",
    "limit_value",
)


class SaidForm(LayoutMixin, forms.Form):
    """Step 1. A draft of it belongs to the version it was begun with, and keeps it."""

    version = forms.IntegerField(
        required=False, min_value=1, max_value=NEWEST, widget=forms.HiddenInput({"data-keep": True})
    )
    original_text = NoteField(
        label=_("What the resident said"),
        help_text=_("In the resident's own words; it need not sound official."),
        max_length=500,
        rows=5,
        dictation=True,
        error_messages={"required": _("Please write down what the resident said"), "max_length": TOO_MUCH},
    )
    place = PlainField(label=_("Place"), max_length=60, required=False)
    photos = PhotosField(label=_("Photos"), help_text=_("Please no faces and no door numbers of residents."))
    gone = forms.ModelMultipleChoiceField(Photo.objects.none(), required=False, widget=forms.MultipleHiddenInput)
    reporter_name = PlainField(
        label=_("Who raised it"),
        help_text=_("Only if the person agrees. It is kept sealed and used for nothing but telling the outcome."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs=PRIVATE),
    )
    reporter_phone = CodeField(
        label=_("The person's phone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs=PRIVATE | {"inputmode": "tel"}),
    )

    def __init__(self, *args: Any, issue: Issue | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.there: list[Photo] = list(issue.photos.all()) if issue else []
        gone = self.fields["gone"]
        assert isinstance(gone, forms.ModelMultipleChoiceField)
        gone.queryset = issue.photos.all() if issue else Photo.objects.none()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        try:
            refuse_too_many(len(self.there) - len(data.get("gone", ())) + len(data.get("photos", ())))
        except RuleBroken as refused:
            self.add_error("photos", str(refused.sentence))
        return data

    def pictures(self) -> dict[str, Any]:
        """What is to become of the photos, in the words of the service."""
        return {"add": self.cleaned_data["photos"], "remove": self.cleaned_data["gone"]}

    def clean_reporter_phone(self) -> str:
        phone = clean_phone(self.cleaned_data["reporter_phone"])
        if self.cleaned_data["reporter_phone"] and not 7 <= len(phone) <= 12:
            raise forms.ValidationError(_("Please check the phone number: 11 digits, or area code and number"))
        return phone

    def answers(self) -> dict[str, Any]:
        """The page in the words of the services."""
        name, phone = self.cleaned_data["reporter_name"], self.cleaned_data["reporter_phone"]
        return {
            "original_text": self.cleaned_data["original_text"],
            "place": self.cleaned_data["place"],
            "reporter": Reported(name=name, phone=phone, wants_messages=bool(phone)),
        }


class WhoForm(LayoutMixin, forms.Form):
    """Step 2: a category, one of the levels or "not sure", and whether a lawyer should look at it."""

    version = forms.IntegerField(required=False, min_value=1, max_value=NEWEST, widget=forms.HiddenInput)
    category = forms.ModelChoiceField(
        Category.objects.none(),
        label=_("Category of the issue"),
        widget=Pick,
        empty_label=None,
        error_messages={"required": _("Please choose the category of the issue")},
    )
    level = forms.ChoiceField(
        label=_("Who solves it"),
        help_text=_("If in doubt take the last one; the office decides."),
        widget=Cards({"hx-preserve": "true"}),  # they come again with a suggestion; what was chosen stays chosen
        error_messages={"required": _("Please choose who solves it")},
    )
    needs_lawyer = forms.BooleanField(label=_("Needs a lawyer's opinion"), required=False)

    def __init__(self, *args: Any, visit: Visit, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category, level = self.fields["category"], self.fields["level"]
        assert isinstance(category, forms.ModelChoiceField)
        assert isinstance(level, forms.ChoiceField)
        category.queryset = Category.objects.filter(is_active=True)
        self.categories: list[Category] = list(category.queryset)
        self.levels = level_choices(area=visit.area, team=visit.team, category=self._chosen_category(), at=at)
        level.choices = [*map(_level_card, self.levels), (UNSURE, _UNSURE_CARD)]

    @property
    def frequent(self) -> list[Any]:
        """The radio buttons of the frequent categories."""
        return self._radios(lambda category: category.is_frequent)

    @property
    def others(self) -> list[Any]:
        return self._radios(lambda category: not category.is_frequent)

    @property
    def other_is_chosen(self) -> bool:
        return any(radio.data["selected"] for radio in self.others)

    def answers(self) -> dict[str, Any]:
        """The page in the words of the services."""
        chosen = self.cleaned_data["level"]
        level = None if chosen == UNSURE else Level.objects.get(number=int(chosen))
        return {
            "category": self.cleaned_data["category"],
            "level": level,
            "level_unsure": level is None,
            "needs_lawyer": self.cleaned_data["needs_lawyer"],
        }

    def _chosen_category(self) -> Category | None:
        value = self["category"].value()
        return next((category for category in self.categories if str(category.pk) == str(value)), None)

    def _radios(self, wanted: Any) -> list[Any]:
        pks = {str(category.pk) for category in self.categories if wanted(category)}
        return [radio for radio in self["category"].subwidgets if str(radio.data["value"]) in pks]


def said_of(issue: Issue) -> dict[str, Any]:
    """Step 1 as it stands."""
    reported = for_editing(issue)
    return {
        "version": issue.version,
        "original_text": issue.original_text,
        "place": issue.place,
        "reporter_name": reported.name,
        "reporter_phone": reported.phone,
    }


def who_of(issue: Issue) -> dict[str, Any]:
    """Step 2 as it stands."""
    level = UNSURE if issue.level_unsure else issue.level and str(issue.level.number)
    return {"version": issue.version, "category": issue.category_id, "level": level, "needs_lawyer": issue.needs_lawyer}


def _level_card(choice: LevelChoice) -> tuple[str, Card]:
    days = ngettext_lazy("%(n)d working day", "%(n)d working days", "n") % {"n": choice.days}
    first = _("%(unit)s · %(days)s") % {"unit": _who(choice), "days": days}
    heading = _("%(level)s solves it") % {"level": choice.level.name}
    hint = "\n".join(str(line) for line in (first, choice.words) if line)
    return str(choice.level.number), Card(heading, hint, _("suggested") if choice.suggested else "")


def _who(choice: LevelChoice) -> Any:
    if choice.level.number == DISTRICT:
        return _("policy questions, or several departments")
    return choice.unit or _("the office names the unit")


_UNSURE_CARD = Card(_("Not sure yet"), _("Goes to the leading group's office first"))
