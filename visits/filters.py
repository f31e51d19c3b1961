"""The list of visits: what can be asked in its address, checked, and turned into a query."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.clock import today
from core.forms import AnyDayField
from teams.models import OrgUnit
from visits.calendar import Calendar
from visits.dayparts import DayPart
from visits.forms import FIRST_DAY, LAST_DAY
from visits.models import Round, VisitKind, VisitStatus
from visits.models.visits import VisitQuerySet
from visits.progress import overdue_before

GROUPS = {
    "on_plan": _("On the calendar"),
    "placed": _("Still to come"),
    "missed": _("Day over, not marked as held"),
    "done": _("Held"),
    "to_finish": _("Held, not closed yet"),
    "overdue": _("Held, closing overdue"),
    "to_confirm": _("Record to be confirmed"),
    "unconfirmed": _("Record not confirmed in time"),
    "disputed": _("Record disputed"),
    "late": _("Late record to accept"),
}
CHRONOLOGICAL = ("day", "starts_at", "pk")
NEWEST_FIRST = ("-day", "-starts_at", "-pk")
BY_TEAM = ("team__number", "-pk")
EQUAL = {"round": "round", "kind": "kind", "street": "area__street", "day": "day", "part": "part"}
EQUAL |= {"unit": "team__unit__slug"}
ORDERS = {"on_plan": CHRONOLOGICAL, "placed": CHRONOLOGICAL, "missed": CHRONOLOGICAL, "scheduled": CHRONOLOGICAL}
ORDERS |= {"announced": CHRONOLOGICAL, "to_finish": CHRONOLOGICAL, "overdue": CHRONOLOGICAL}
ORDERS |= {"done": NEWEST_FIRST, "held": NEWEST_FIRST, "recorded": NEWEST_FIRST, "closed": NEWEST_FIRST}
ORDERS |= dict.fromkeys(("to_confirm", "unconfirmed", "disputed", "late"), NEWEST_FIRST)


class RoundChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Round) -> str:
        return obj.title


class VisitFilter(forms.Form):
    """Unknown values are refused by their fields and then simply do not filter."""

    round = RoundChoice(
        Round.objects.all(), label=_("Round"), to_field_name="code", required=False, empty_label=_("All rounds")
    )
    status = forms.ChoiceField(label=_("Status"), required=False)
    kind = forms.ModelChoiceField(
        VisitKind.objects.all(), label=_("Kind"), to_field_name="code", required=False, empty_label=_("All kinds")
    )
    street = forms.ModelChoiceField(
        OrgUnit.objects.streets(), label=_("Street"), to_field_name="slug", required=False, empty_label=_("All streets")
    )
    team = forms.IntegerField(
        label=_("Team"), required=False, min_value=1, max_value=99_999, widget=forms.NumberInput(attrs={"size": 5})
    )
    day = AnyDayField(label=_("Day"), first=FIRST_DAY, last=LAST_DAY, required=False)
    outside = forms.BooleanField(required=False, widget=forms.HiddenInput)
    unit = forms.SlugField(max_length=60, required=False, widget=forms.HiddenInput)
    part = forms.ChoiceField(choices=[("", ""), *DayPart.choices], required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Every status")), *GROUPS.items(), *VisitStatus.choices]
        self.fields["status"].choices = choices  # type: ignore[attr-defined]

    def chosen(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)

    def order(self) -> tuple[str, ...]:
        """By the hour where every visit has one; else by team."""
        if self.chosen("day") or self.chosen("outside"):
            return CHRONOLOGICAL
        return ORDERS.get(self.chosen("status") or "", BY_TEAM)

    def apply(self, visits: VisitQuerySet, at: datetime) -> VisitQuerySet:
        for name, field in EQUAL.items():
            if value := self.chosen(name):
                visits = visits.filter(**{field: value})
        if team := self.chosen("team"):
            visits = visits.filter(team__number=team)
        if self.chosen("outside") and (round_ := self.chosen("round")):
            visits = visits.filter(Q(day__lt=round_.window_start) | Q(day__gt=round_.window_end))
        status = self.chosen("status")
        if status in APPLY:
            return APPLY[status](visits, at, self.chosen("round"))
        visits = visits.filter(status=status) if status else visits
        return visits.filter(day__isnull=False) if self.order() == CHRONOLOGICAL else visits


class UnscheduledFilter(forms.Form):
    """Which of the visits without a day are shown: those of a street, of an area by its name, of a team by its number."""

    street = forms.ModelChoiceField(
        OrgUnit.objects.streets(), label=_("Street"), to_field_name="slug", required=False, empty_label=_("All streets")
    )
    q = forms.CharField(
        label=_("Residential area or team number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "size": 16}),
    )

    def apply(self, visits: VisitQuerySet) -> VisitQuerySet:
        self.is_valid()
        if street := self.cleaned_data.get("street"):
            visits = visits.filter(area__street=street)
        if words := self.cleaned_data.get("q"):
            number = Q(team__number=int(words)) if words.isdecimal() and len(words) <= 5 else Q()
            visits = visits.filter(Q(area__name__icontains=words) | number)
        return visits


def _overdue(visits: VisitQuerySet, at: datetime, round_: Round | None) -> VisitQuerySet:
    """Each round has its own days of grace."""
    now = today(at)
    calendar = Calendar.load(date(now.year - 1, 1, 1), now)
    rounds = [round_] if round_ else list(Round.objects.all())
    late = Q(pk__in=[])
    for one in rounds:
        late |= Q(round=one, day__lt=overdue_before(one, calendar, now))
    return visits.filter(late, status__in=VisitStatus.to_finish)


APPLY: dict[str, Callable[[VisitQuerySet, datetime, Round | None], VisitQuerySet]] = {
    "on_plan": lambda visits, at, round_: visits.on_plan(),
    "placed": lambda visits, at, round_: visits.placed(),
    "missed": lambda visits, at, round_: visits.missed(today(at)),
    "done": lambda visits, at, round_: visits.done(),
    "to_finish": lambda visits, at, round_: visits.filter(status__in=VisitStatus.to_finish),
    "overdue": _overdue,
    "to_confirm": lambda visits, at, round_: visits.to_confirm(today(at)),
    "unconfirmed": lambda visits, at, round_: visits.unconfirmed(today(at)),
    "disputed": lambda visits, at, round_: visits.disputed(),
    "late": lambda visits, at, round_: visits.late_to_accept(),
}
