"""What people fill in about rounds and visits. Forms explain and convert; services decide."""

from collections.abc import Collection, Iterable
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import AnyDayField, HourField, LayoutMixin, NoteField, Pick, PlainField
from visits.busy import WHOLE_DAY, HalfDay, half_days
from visits.dayparts import DayPart
from visits.models import Round

FIRST_DAY, LAST_DAY = date(2014, 1, 1), date(2099, 12, 31)
HELD_ON = _("On which day was the meeting?")
QUARTERS = [(number, _("Quarter %(n)s") % {"n": number}) for number in (1, 2, 3, 4)]


class VersionForm(LayoutMixin, forms.Form):
    """What the person saw when the page was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class KeptVersionForm(VersionForm):
    """A draft of what stands there already belongs to the version it was begun with, and keeps it."""

    version = forms.IntegerField(widget=forms.HiddenInput({"data-keep": True}), min_value=1)


class NoteForm(VersionForm):
    note = NoteField(label=_("Reason"), max_length=200, rows=3)


class RoundForm(LayoutMixin, forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=2014, max_value=2099)
    quarter = forms.TypedChoiceField(label=_("Quarter"), choices=QUARTERS, coerce=int)
    window_start = AnyDayField(label=_("First day of the window"), first=FIRST_DAY, last=LAST_DAY)
    window_end = AnyDayField(label=_("Last day of the window"), first=FIRST_DAY, last=LAST_DAY)
    submit_days = forms.IntegerField(
        label=_("Working days to submit the issues"), min_value=1, max_value=30, help_text=_("Counted from the visit.")
    )
    record_days = forms.IntegerField(
        label=_("Days to hand in the record"),
        min_value=0,
        max_value=30,
        help_text=_("Later records are marked as late and need the office."),
    )
    confirm_days = forms.IntegerField(
        label=_("Days for the secretary to confirm the record"),
        min_value=1,
        max_value=30,
        help_text=_("After that it counts as not confirmed."),
    )
    visit_minutes = forms.IntegerField(label=_("Minutes a visit takes"), min_value=30, max_value=480)
    travel_minutes = forms.IntegerField(label=_("Minutes between two visits of one person"), min_value=0, max_value=240)

    def rules(self) -> dict[str, int]:
        names = ("submit_days", "record_days", "confirm_days", "visit_minutes", "travel_minutes")
        return {name: self.cleaned_data[name] for name in names}


class WindowForm(RoundForm, VersionForm):
    """The same for a round there is: the quarter stays, a reason is asked for once it is open."""

    year = None  # type: ignore[assignment]
    quarter = None  # type: ignore[assignment]
    note = NoteField(label=_("Why do the dates or rules change?"), max_length=200, rows=2, required=False)

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not round_.opened_at:
            del self.fields["note"]


class WindowDaysForm(forms.Form):
    """The dates whose days are shown beside the form."""

    window_start = AnyDayField(first=FIRST_DAY, last=LAST_DAY)
    window_end = AnyDayField(first=FIRST_DAY, last=LAST_DAY)


class PlaceForm(VersionForm):
    """Where a visit goes: a half-day of the window or another date, an hour if it is not the usual one, a venue."""

    OTHER = "other"

    slot = forms.ChoiceField(
        label=_("Day"), widget=forms.RadioSelect, error_messages={"required": _("Please choose a day.")}
    )
    other_day = AnyDayField(label=_("Another date"), first=FIRST_DAY, last=LAST_DAY, required=False)
    hour = HourField(
        label=_("Time"), required=False, help_text=_("Leave it open for the usual hour: 9:30, 14:00 or 19:00.")
    )
    venue = PlainField(label=_("Venue"), max_length=60)
    outside_reason = PlainField(label=_("Why outside the window?"), max_length=200, required=False)
    clash_reason = PlainField(label=_("Why all the same?"), max_length=200, required=False)

    def __init__(self, *args: Any, days: Iterable[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slots = [(f"{day.isoformat()}/{part}", f"{day} {part.label}") for day in days for part in DayPart]
        self.fields["slot"].choices = [*slots, (self.OTHER, _("Another date"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("slot") == self.OTHER:
            if not data.get("other_day"):
                self.add_error("other_day", _("Please choose the date."))
            if not data.get("hour"):
                self.add_error("hour", _("Please choose a time."))
        elif data.get("slot") and data.get("hour") and DayPart.of(data["hour"]) != data["slot"].split("/")[1]:
            self.add_error("hour", _("This time is not in the half-day you chose."))
        return data

    @classmethod
    def filled_with(cls, day: date, hour: time, days: Collection[date], outside_reason: str) -> dict[str, Any]:
        """What stands in the fields for this place: one of the half-days on offer, else another date."""
        if day not in days:
            return {"slot": cls.OTHER, "other_day": day, "hour": hour, "outside_reason": outside_reason}
        part = DayPart.of(hour)
        hours = {"hour": None if hour == part.usual_start else hour}
        return {"slot": f"{day.isoformat()}/{part}", "outside_reason": outside_reason, **hours}

    def place(self) -> dict[str, Any]:
        """What the service asks for."""
        data = self.cleaned_data
        if data["slot"] == self.OTHER:
            day, part = data["other_day"], ""
        else:
            text, part = data["slot"].split("/")
            day = date.fromisoformat(text)
        reasons = {name: data[name] for name in ("outside_reason", "clash_reason")}
        return {"day": day, "part": part, "starts_at": data["hour"], "venue": data["venue"], **reasons}


class HeldForm(VersionForm):
    """The day of the meeting. The button that only says that it is over sends none: then it was the planned one."""

    held_on = AnyDayField(label=HELD_ON, required=False)
    day_note = PlainField(
        label=_("Why on another day?"),
        max_length=200,
        required=False,
        help_text=_("Only needed for a day outside the window."),
    )

    def __init__(self, *args: Any, first: date, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"] = AnyDayField(label=HELD_ON, first=first, last=last, required=False)


class BusyForm(LayoutMixin, forms.Form):
    """A day or several, whole or half, once or every week."""

    WHOLE = "day"

    first = AnyDayField(label=_("First day"), first=FIRST_DAY, last=LAST_DAY)
    last = AnyDayField(
        label=_("Last day"),
        first=FIRST_DAY,
        last=LAST_DAY,
        required=False,
        help_text=_("Leave it empty for a single day."),
    )
    part = forms.ChoiceField(
        label=_("When on that day"),
        choices=[(WHOLE, _("Whole day")), *DayPart.choices],
        initial=WHOLE,
        widget=Pick,
    )
    weekly = forms.BooleanField(label=_("Every week until the quarter ends"), required=False)
    reason = PlainField(
        label=_("Reason"),
        max_length=60,
        required=False,
        help_text=_("Not needed. Only you and the office read it; colleagues see “busy”."),
    )

    def halves(self) -> list[HalfDay]:
        data = self.cleaned_data
        parts = WHOLE_DAY if data["part"] == self.WHOLE else [DayPart(data["part"])]
        return half_days(data["first"], data["last"] or data["first"], parts, weekly=data["weekly"])


class SubscriptionForm(LayoutMixin, forms.Form):
    url = PlainField(
        label=_("Secret address of your calendar (iCal, .ics)"),
        max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "data-no-draft": ""}),
    )


class NameFilter(forms.Form):
    q = PlainField(label=_("Name"), max_length=40, required=False)


class KeysForm(forms.Form):
    """Rows a button stands for: their keys, with commas between."""

    keys = forms.RegexField(r"^\d{1,18}(,\d{1,18}){0,9}$")

    def clean_keys(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["keys"].split(",")]
