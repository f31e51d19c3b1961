"""What every form shares: one layout, honest text fields, days and hours to choose from instead of pickers."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.templatetags.core import zhday

KEPT_CONTROLS = "\n\t"
TOO_LONG = ngettext_lazy(
    "At most %(limit_value)d character; now there are %(show_value)d.",
    "At most %(limit_value)d characters; now there are %(show_value)d.",
    "limit_value",
)


# -- Text -------------------------------------------------------------------------------------


def cleaned(text: str) -> str:
    """Text without characters nobody sees: controls, zero-width and direction marks; line ends as \\n, NFC."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (
        char for char in text if char in KEPT_CONTROLS or unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cn")
    )
    return "".join(kept).strip()


def visible_length(text: str) -> int:
    """How many characters leave ink on the page."""
    return sum(unicodedata.category(char)[0] in "LNPS" for char in cleaned(text))


class PlainField(forms.CharField):
    """One line or a text, cleaned; what shows nothing on the page counts as empty."""

    def __init__(self, *, max_length: int = 100, **kwargs: Any) -> None:
        kwargs["error_messages"] = {"max_length": TOO_LONG, **(kwargs.get("error_messages") or {})}
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        text = cleaned(super().to_python(value) or "")
        return text if visible_length(text) else ""


class NoteField(PlainField):
    """A text of some lines. `dictation` tells phone users that they may speak."""

    def __init__(self, *, max_length: int = 500, rows: int = 4, dictation: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)
        self.widget.dictation = dictation


class CodeField(PlainField):
    """A number, code or phone: full-width forms become plain ones, blanks inside go away."""

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", super().to_python(value))
        return "".join(text.split())


# -- Choices that look like cards ----------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """The words of one choice: heading, a hint under it, a small tag beside it, an icon before it."""

    heading: Any
    hint: Any = ""
    tag: Any = ""
    icon: str = ""

    def __str__(self) -> str:
        return str(self.heading)


class Cards(forms.RadioSelect):
    """Large radio cards, one under the other."""

    look = "cards"


class Pick(forms.RadioSelect):
    """A grid of short words, two in a row on a phone."""

    look = "pick"


class Plain(forms.RadioSelect):
    """Two or three short words in a line."""

    look = "plain"


class Faces(forms.RadioSelect):
    """Residents' answers: 60 px rows with an icon."""

    look = "faces"


class CardsMany(forms.CheckboxSelectMultiple):
    look = "cards"


class PickMany(forms.CheckboxSelectMultiple):
    look = "pick"


# -- Days and hours --------------------------------------------------------------------------------


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _hour(value: Any) -> time:
    return value if isinstance(value, time) else time.fromisoformat(value)


class DayField(forms.TypedChoiceField):
    """One of a few days, as words; `notes` explains single days (a public holiday, a shifted working day)."""

    def __init__(self, *, days: Iterable[date] = (), notes: Mapping[date, Any] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("widget", Pick)
        super().__init__(coerce=_day, empty_value=None, **kwargs)
        self.offer(days, notes)

    def offer(self, days: Iterable[date], notes: Mapping[date, Any] | None = None) -> None:
        """Set the days to choose from; a form does this when it knows the round."""
        self.choices = [(day.isoformat(), Card(zhday(day), (notes or {}).get(day, ""))) for day in days]

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


class HourField(forms.TypedChoiceField):
    """A time of day in steps of half an hour."""

    def __init__(
        self, *, first: time = time(8, 30), last: time = time(20, 30), minutes: int = 30, **kwargs: Any
    ) -> None:
        kwargs.setdefault("widget", forms.Select)
        super().__init__(coerce=_hour, empty_value=None, **kwargs)
        self.choices = [("", "—"), *((f"{at:%H:%M}", f"{at:%H:%M}") for at in _steps(first, last, minutes))]

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, time) else value


def _steps(first: time, last: time, minutes: int) -> list[time]:
    moment, found = datetime.combine(date(2000, 1, 1), first), []
    while moment.time() <= last and moment.day == 1:
        found.append(moment.time())
        moment += timedelta(minutes=minutes)
    return found


class AnyDayField(forms.DateField):
    """A date far away or long ago, where a list of days would be too long: the browser's own date input."""

    def __init__(self, *, first: date | None = None, last: date | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)
        self.limit(first, last)

    def limit(self, first: date | None = None, last: date | None = None) -> None:
        """Set the days between which to choose, for the browser too; a form does this when it knows the day."""
        self.first, self.last = first, last
        for name, day in (("min", first), ("max", last)):
            if day is None or self.widget.is_hidden:
                self.widget.attrs.pop(name, None)
            else:
                self.widget.attrs[name] = day.isoformat()

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day and ((self.first and day < self.first) or (self.last and day > self.last)):
            raise ValidationError(self._sentence() % {"first": zhday(self.first), "last": zhday(self.last)})
        return day

    def _sentence(self) -> Any:
        if self.first and self.last:
            return _("Please choose a date between %(first)s and %(last)s.")
        return (
            _("Please choose %(first)s or a later day.")
            if self.first
            else _("Please choose %(last)s or an earlier day.")
        )


# -- The form ---------------------------------------------------------------------------------------


class LayoutMixin:
    """Crispy layout without its own form tag, no browser bubbles, and an empty field asked for by its name."""

    fields: dict[str, forms.Field]
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.label:
                _ask_by_name(field)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


def _ask_by_name(field: forms.Field) -> None:
    """Say what to do instead of “this field is required”, where the form has no better sentence."""
    chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
    sentence = (_("Please choose: %(field)s") if chosen else _("Please fill in: %(field)s")) % {"field": field.label}
    general = {**forms.Field.default_error_messages, **forms.ChoiceField.default_error_messages}
    for code in ("required", "invalid_choice"):
        if field.error_messages.get(code) in (general[code], forms.ModelChoiceField.default_error_messages.get(code)):
            field.error_messages[code] = sentence
