"""What people fill in about a plan."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.forms import AnyDayField, Card, Cards, LayoutMixin
from teams.models import OrgUnit
from visits.forms import FIRST_DAY, LAST_DAY, VersionForm
from visits.models import Keep
from visits.models.plans import PlanLineQuerySet
from visits.planning import Wish

KEEP = [
    (Keep.ALL, Card(Keep.ALL.label, _("Only visits without a day get one."))),
    (
        Keep.ANNOUNCED,
        Card(Keep.ANNOUNCED.label, _("Visits nobody has been told about may move, as few of them as possible.")),
    ),
    (
        Keep.NOTHING,
        Card(
            Keep.NOTHING.label,
            _("As few as possible; moving an announced visit counts twice, for people are told again."),
        ),
    ),
]
SHOWN = {
    "all": _("With a day"),
    "new": _("New"),
    "moved": _("Moved"),
    "unchanged": _("Unchanged"),
    "unplaced": _("Without a place"),
    "by_hand": _("Changed by hand"),
}


class PlanForm(LayoutMixin, forms.Form):
    """What the plan may use. Nothing ticked: working days of the window, mornings and afternoons."""

    keep = forms.ChoiceField(label=_("What stays as it is"), choices=KEEP, widget=Cards)
    evenings = forms.BooleanField(label=_("Evenings too, where nothing else is free"), required=False)
    weekends = forms.BooleanField(
        label=_("Weekends too, where nothing else is free; never public holidays"), required=False
    )
    street_cap = forms.IntegerField(
        label=_("Visits a street can carry in one half-day"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=_("Leave it empty for no limit; visits are spread evenly all the same."),
    )

    def wish(self) -> Wish:
        return Wish(**{name: self.cleaned_data[name] for name in ("evenings", "weekends", "street_cap", "keep")})


class DraftForm(VersionForm):
    """Which draft somebody saw, as it was then."""

    run = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ReleaseForm(DraftForm):
    announce = forms.BooleanField(label=_("Announce to everybody at once"), required=False)
    rest = forms.BooleanField(required=False, widget=forms.HiddenInput)


class RepairForm(DraftForm):
    repair = forms.IntegerField(min_value=0, max_value=9)


class LineFilter(forms.Form):
    """Which lines are listed; what is asked wrongly does not filter."""

    show = forms.ChoiceField(choices=list(SHOWN.items()), required=False, widget=forms.HiddenInput)
    street = forms.ModelChoiceField(
        OrgUnit.objects.streets(), label=_("Street"), to_field_name="slug", required=False, empty_label=_("All streets")
    )
    day = AnyDayField(first=FIRST_DAY, last=LAST_DAY, required=False, widget=forms.HiddenInput)
    outside = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def apply(self, lines: PlanLineQuerySet, round_: Any) -> PlanLineQuerySet:
        self.is_valid()
        data = self.cleaned_data
        found = KINDS[data.get("show") or "all"](lines)
        if street := data.get("street"):
            found = found.filter(visit__area__street=street)
        if day := data.get("day"):
            found = found.filter(day=day)
        if data.get("outside"):
            found = found.filter(Q(day__lt=round_.window_start) | Q(day__gt=round_.window_end))
        return found


KINDS = {
    "all": PlanLineQuerySet.placed,
    "new": PlanLineQuerySet.new,
    "moved": PlanLineQuerySet.moved,
    "unchanged": PlanLineQuerySet.unchanged,
    "unplaced": PlanLineQuerySet.unplaced,
    "by_hand": PlanLineQuerySet.by_hand,
}
