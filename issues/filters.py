"""The filters above a list: a GET address, so that every list can be bookmarked, printed and exported.

A page shows which filters are on; what could be chosen is read only when somebody opens one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms import PlainField
from core.statements import Statement, written
from issues.lists import Desk
from issues.models import Category, IssueStatus, Level
from issues.models.issues import CLOSED
from issues.policies import DESKS
from issues.search import Search
from teams.models import Area, OrgUnit, User
from teams.queries import at_desks
from visits.models.rounds import QUARTERS

BIGGEST = 2**31 - 1
MIXED = {"open", "closed", "all", "overdue"}  # views whose issues are in more than one status


class FilterForm(forms.Form):
    """What cannot be understood filters nothing."""

    q = PlainField(max_length=40, required=False)
    handler = forms.IntegerField(min_value=1, max_value=BIGGEST, required=False)
    street = forms.SlugField(max_length=60, required=False, allow_unicode=True)
    area = forms.SlugField(max_length=80, required=False, allow_unicode=True)
    unit = forms.SlugField(max_length=60, required=False, allow_unicode=True)
    category = forms.SlugField(max_length=40, required=False)
    level = forms.IntegerField(min_value=1, max_value=9, required=False)
    status = forms.ChoiceField(choices=[("", ""), *IssueStatus.choices, ("closed", "")], required=False)
    lacks = forms.ChoiceField(choices=[("", ""), ("level", ""), ("category", "")], required=False)
    quarter = forms.RegexField(regex=r"^\d{2}Q[1-4]$", required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.is_valid()
        self.active = [name for name in self.fields if self.cleaned_data.get(name)]

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """The row behind each value that names one, None where nothing is called so. One query each."""
        return {name: _named(*SOURCES[name], self.cleaned_data[name]) for name in self.active if name in SOURCES}

    @cached_property
    def search(self) -> Search:
        return Search(self.words)

    def where(self) -> Q:
        return self._narrow & self.search.where() if self.words else self._narrow

    def counted(self) -> Q:
        """The same for reading all that fits."""
        return self._narrow & self.search.counted() if self.words else self._narrow

    @cached_property
    def _narrow(self) -> Q:
        """By the keys of the rows, which are what the indexes hold."""
        found = Q(**{f"{FIELDS[name]}_id": row.pk if row else NOBODY for name, row in self.chosen.items()})
        if "quarter" in self.active:
            found &= Q(quarter=self.cleaned_data["quarter"])
        if "lacks" in self.active:
            found &= Q(**{f"{self.cleaned_data['lacks']}__isnull": True})
        if "status" in self.active:
            status = self.cleaned_data["status"]
            found &= CLOSED if status == "closed" else Q(status=status)
        return found

    @property
    def words(self) -> str:
        return self.cleaned_data.get("q") or ""

    def kept(self) -> Iterator[tuple[str, Any]]:
        """The other filters, as hidden fields of the search box."""
        return ((name, self.cleaned_data[name]) for name in self.active if name != "q")


def _named(model: Any, key: str, only: dict[str, Any], value: Any) -> Any:
    def one() -> Statement:
        rows = model.objects.filter(**only, **{key: str(BLANK)}).order_by("pk")[:1]
        return Statement(rows, blanks={BLANK: "value", str(BLANK): "value"})

    return next(iter(written("named", model._meta.label, make=one).rows(value=value)), None)


NOBODY = -1
BLANK = 32767  # fits every kind of number
FIELDS = {
    "handler": "handler",
    "street": "street",
    "area": "area",
    "unit": "owner_unit",
    "category": "category",
    "level": "level",
}


# -- The pills -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pill:
    """One filter: its name, and the words of what is chosen."""

    name: str
    label: Any
    value: str = ""


LABELS = {
    "handler": _("Case handler"),
    "street": _("Street office"),
    "area": _("Residential area"),
    "unit": _("Responsible unit"),
    "category": _("Category"),
    "level": _("Level"),
    "status": _("Status"),
    "lacks": _("Still lacks"),
    "quarter": _("Quarter"),
}


def pills(desk: Desk, form: FilterForm, view: str) -> list[Pill]:
    """Filters of use to this person, and any that is on."""
    useful = {"category", "level"} | ({"status"} if view in MIXED else set())
    useful |= {"street", "area", "unit"} if desk.district else ({"handler", "area"} if desk.units else set())
    return [
        Pill(name, label, _value_words(form, name) if name in form.active else "")
        for name, label in LABELS.items()
        if name in useful or name in form.active
    ]


def _value_words(form: FilterForm, name: str) -> str:
    value = form.cleaned_data[name]
    if name == "status":
        return str(_("closed, either way") if value == "closed" else IssueStatus(value).label)
    if name == "quarter":
        return str(QUARTERS[int(value[3])] % {"year": 2000 + int(value[:2])})
    if name == "lacks":
        return str(LABELS[value])
    return str(form.chosen[name] or value)


# -- What can be chosen ----------------------------------------------------------------------------

# Where the value of a filter is looked up. Of people only those who have or had a desk: who else has an account is
# nothing a filter tells.
SOURCES: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "handler": (User, "pk", {"role_grants__role__in": DESKS}),
    "street": (OrgUnit, "slug", {}),
    "area": (Area, "slug", {}),
    "unit": (OrgUnit, "slug", {}),
    "category": (Category, "code", {}),
    "level": (Level, "number", {}),
}


def choices(user: User, desk: Desk, name: str, form: FilterForm) -> list[tuple[Any, str]]:
    """Value and words of everything this person can filter by."""
    if name == "status":
        return [(value, str(label)) for value, label in IssueStatus.choices if value != IssueStatus.DRAFT]
    if name in ("quarter", "lacks"):
        return []
    key = SOURCES[name][1]
    return [(getattr(row, key), str(row)) for row in _offered(user, desk, name, form)]


def _offered(user: User, desk: Desk, name: str, form: FilterForm) -> QuerySet[Any]:
    if name == "handler":
        return at_desks(sorted(desk.units), desk.day)
    if name == "street":
        return OrgUnit.objects.streets()
    if name == "unit":
        return OrgUnit.objects.visible_to(user)
    if name == "area":
        areas = Area.objects.visible_to(user)
        street = form.cleaned_data.get("street")
        return areas.filter(street__slug=street) if street else areas
    return Category.objects.filter(is_active=True) if name == "category" else Level.objects.all()
