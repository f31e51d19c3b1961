"""Forms of surveys, cards, ratings and rules. They check what was typed; the services decide."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessment.cards import MOST_PER_AREA
from assessment.codes import clean_code
from assessment.models import Survey
from assessment.questions import Question, words
from assessment.rules import Rules
from assessment.templatetags.assessment import points as shown
from core.forms import AnyDayField, Card, CodeField, Faces, LayoutMixin, NoteField, Plain, PlainField
from teams.models import Area, OrgUnit

YEARS = (2000, 2099)


# -- For residents --------------------------------------------------------------------------------


class CardForm(LayoutMixin, forms.Form):
    code = CodeField(
        label=_("The code on your card"),
        max_length=40,
        help_text=_("12 letters and digits, in three groups."),
        error_messages={"required": _("Please type the code that is printed on your card.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "card-code"}
        ),
    )

    def clean_code(self) -> str:
        code = clean_code(self.cleaned_data["code"])
        if not code:
            raise ValidationError(_("The code has 12 letters and digits. Please compare it with the card."))
        return code


class AnswerForm(LayoutMixin, forms.Form):
    """One field a question; nothing is chosen beforehand and no answer asks for a reason."""

    def __init__(self, *args: Any, questions: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, question in enumerate(questions, start=1):
            self.fields[question["code"]] = _answer_field(number, question)

    def answers(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value}


def _answer_field(number: int, question: Question) -> forms.Field:
    label = f"{number}. {words(question)}"
    if not question["options"]:
        hint = _("Please write no names, telephone numbers or house numbers.")
        return NoteField(label=label, required=False, rows=3, max_length=300, help_text=hint)
    choices = [(option["value"], Card(words(option), icon=option.get("icon", ""))) for option in question["options"]]
    required = _("Please choose an answer to question %(number)s.") % {"number": number}
    return forms.ChoiceField(label=label, choices=choices, widget=Faces, error_messages={"required": required})


# -- For the office and the auditor -------------------------------------------------------------------


class SurveyForm(LayoutMixin, forms.Form):
    year = forms.IntegerField(label=_("Year of the survey"), min_value=YEARS[0], max_value=YEARS[1])
    title_zh = PlainField(label=_("Chinese title"), max_length=60)
    title_en = PlainField(label=_("English title"), max_length=80)
    opens_on = AnyDayField(label=_("First day"), help_text=_("Stands on the cards, like the last day."))
    closes_on = AnyDayField(label=_("Last day"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("opens_on"), data.get("closes_on")
        if first and last and last < first:
            self.add_error("closes_on", _("The last day cannot be before the first day."))
        return data


class SurveyDaysForm(SurveyForm):
    """The year of a survey stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["year"]


SHEETS, TABLE = "sheets", "table"


class MakeCardsForm(LayoutMixin, forms.Form):
    """One number for all areas of a street or of the district, or a list of areas with a number each."""

    street = forms.ModelChoiceField(
        OrgUnit.objects.streets(), label=_("Street or town"), required=False, empty_label=_("The whole district")
    )
    per_area = forms.IntegerField(
        label=_("Cards for each residential area"), min_value=1, max_value=MOST_PER_AREA, required=False
    )
    listed = NoteField(
        label=_("Or a list"),
        required=False,
        rows=4,
        max_length=20_000,
        help_text=_("One area a line with its number, for example: 春申坊,40. The list replaces the two fields above."),
    )
    output = forms.ChoiceField(
        label=_("How you get them"),
        widget=Plain,
        initial=SHEETS,
        choices=[(SHEETS, _("Sheets to print")), (TABLE, _("A table for the printer's shop (CSV)"))],
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return data
        if data["listed"]:
            data["wanted"] = self._from_list(data["listed"])
        elif data["per_area"]:
            areas = Area.objects.filter(street=data["street"]) if data["street"] else Area.objects.all()
            data["wanted"] = dict.fromkeys(areas.select_related("street"), data["per_area"])
        else:
            self.add_error("per_area", _("Please say how many cards each area gets."))
        return data

    def _from_list(self, listed: str) -> dict[Area, int]:
        by_name = {area.name: area for area in Area.objects.select_related("street")}
        wanted: dict[Area, int] = {}
        for number, line in enumerate(listed.splitlines(), start=1):
            if not line.strip():
                continue
            name, _comma, count = line.replace("，", ",").replace("\t", ",").partition(",")
            area, n = by_name.get(name.strip()), count.strip()
            if area is None:
                self.add_error(
                    "listed", _("Line %(line)s: there is no area “%(name)s”.") % {"line": number, "name": name}
                )
            elif not (n.isascii() and n.isdigit() and 0 < int(n[:6]) <= MOST_PER_AREA):
                self.add_error(
                    "listed", _("Line %(line)s: please give 1 to %(most)s.") % {"line": number, "most": MOST_PER_AREA}
                )
            else:
                wanted[area] = int(n)
        return wanted


class VoidCardsForm(LayoutMixin, forms.Form):
    """Cards that came back, by their codes; before the opening also everything made for an area."""

    codes = NoteField(
        label=_("Codes of the cards that came back"),
        required=False,
        rows=6,
        max_length=20_000,
        help_text=_("One a line."),
    )
    area = forms.ModelChoiceField(
        Area.objects.all(),
        label=_("Or all cards of one area"),
        required=False,
        empty_label="—",
        help_text=_("When a print was spoiled or got lost. Only before the survey opens."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": survey.version}, **kwargs)
        if survey.status != "draft":
            del self.fields["area"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        typed = [line for line in data.get("codes", "").splitlines() if line.strip()]
        data["read"] = [clean_code(line) for line in typed]
        if wrong := [line.strip() for line, code in zip(typed, data["read"], strict=True) if not code]:
            self.add_error("codes", _("This is no code: %(code)s") % {"code": wrong[0][:20]})
        if not typed and not data.get("area"):
            self.add_error("codes", _("Please give the codes."))
        if typed and data.get("area"):
            self.add_error("area", _("Please give either codes or an area."))
        return data


# -- Scores --------------------------------------------------------------------------------------------


class RatingForm(LayoutMixin, forms.Form):
    points = forms.DecimalField(label=_("Points"), max_digits=4, decimal_places=1, min_value=Decimal(0))
    reason = NoteField(
        label=_("Reason"),
        rows=3,
        max_length=300,
        help_text=_("The team reads it on its score sheet."),
        error_messages={"required": _("Please write down the reason; the team will read it.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, most: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["points"].help_text = _("0 to %(most)s, in steps of 0.1") % {"most": shown(most)}
        self.fields["points"].widget.attrs |= {"inputmode": "decimal", "step": "0.1", "min": "0", "max": str(most)}
        self.most = most

    def clean_points(self) -> Decimal:
        points: Decimal = self.cleaned_data["points"]
        if points > self.most:
            raise ValidationError(_("Please give 0 to %(most)s points.") % {"most": shown(self.most)})
        return points


class RunForm(forms.Form):
    """Which computation of the year is meant."""

    number = forms.IntegerField(min_value=1, max_value=32_767, widget=forms.HiddenInput)


class StreetFilter(forms.Form):
    street = forms.ModelChoiceField(
        OrgUnit.objects.streets(), label=_("Street or town"), required=False, empty_label=_("All"), to_field_name="slug"
    )


class SheetFilter(StreetFilter):
    """Which teams the list shows."""

    band = forms.ChoiceField(label=_("Band"), required=False)
    number = forms.IntegerField(label=_("Team number"), required=False, min_value=1, max_value=99_999)

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bands = [(band.code, band.name) for band in reversed(rules.bands)]
        self.fields["band"].choices = [("", _("All")), *bands]  # type: ignore[attr-defined]


class RatingFilter(StreetFilter):
    rated = forms.ChoiceField(
        label=_("Office rating"), required=False, choices=[("", _("All")), ("missing", _("Not rated yet"))]
    )


class WeightsForm(LayoutMixin, forms.Form):
    """A new version that differs from the last one in the points an indicator can bring."""

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for indicator in rules.indicators:
            self.fields[indicator.code] = forms.DecimalField(
                label=f"{indicator.code} {indicator.name}",
                max_digits=4,
                decimal_places=1,
                min_value=Decimal(0),
                max_value=Decimal(100),
                initial=indicator.max_points,
                error_messages={"required": _("Please give the points of %(code)s.") % {"code": indicator.code}},
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        total = sum((value for value in data.values() if value is not None), Decimal(0))
        if not self.errors and total != 100:
            self.add_error(
                None, _("The points add up to %(total)s; they must add up to 100.") % {"total": shown(total)}
            )
        return data

    def body(self, old: dict[str, Any]) -> dict[str, Any]:
        """The old body with these points."""
        points = {code: _plain(value) for code, value in self.cleaned_data.items()}
        return old | {"indicators": [entry | {"max": points[entry["code"]]} for entry in old["indicators"]]}


def _plain(value: Decimal) -> int | str:
    """A whole number as such, any other as a text: the body holds no floats."""
    return int(value) if value == value.to_integral_value() else str(value.normalize())
