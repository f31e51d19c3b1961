"""The filters above a list: a GET form, so that every list can be bookmarked, printed and exported."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from core.forms import cleaned
from core.localized import pick
from issues.lists import Desk
from issues.models import Category, IssueStatus, Level
from teams.models import Area, Grant, OrgUnit
from teams.models.places import STREET_KINDS
from teams.permissions import Role

ALL = ("", _("All"))
MIXED = {"open", "closed", "all", "overdue"}  # views whose issues are in more than one status
Choices = list[tuple[str, Any]]


class FilterForm(forms.Form):
    """`view` and `cursor` say which list and where in it; what cannot be understood filters nothing."""

    view = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    q = forms.CharField(label=_("Find in the list"), required=False, max_length=40)
    handler = forms.ChoiceField(label=_("Case handler"), required=False)
    street = forms.ChoiceField(label=_("Street office"), required=False)
    area = forms.ChoiceField(label=_("Residential area"), required=False)
    unit = forms.ChoiceField(label=_("Responsible unit"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[ALL, *IssueStatus.choices[1:]])
    quarter = forms.RegexField(regex=r"^\d{2}Q[1-4]$", required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, desk: Desk, view: str, **kwargs: Any) -> None:
        super().__init__(data, auto_id="f_%s", **kwargs)
        self.desk = desk
        for name, choices in _offered(desk, data).items():
            self.fields[name].choices = [ALL, *choices]
        self._drop_useless(view)
        self.fields["q"].widget = forms.TextInput(attrs={"type": "search", "data-key": "/"})
        self.is_valid()

    def _drop_useless(self, view: str) -> None:
        """No select with nothing to choose, none that the view has answered already."""
        for name in ("handler", "street", "area", "unit", "category", "level", "status"):
            few = len(self.fields[name].choices) <= 2
            if (few or (name == "status" and view not in MIXED)) and not self.data.get(name):
                del self.fields[name]

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(self.where())

    def where(self) -> Q:
        found = Q()
        for name, path in PATHS.items():
            value = self.cleaned_data.get(name)
            if value:
                found &= Q(**{path: value})
        words = cleaned(self.cleaned_data.get("q") or "")
        return found & _said(words) if words else found

    @property
    def active(self) -> list[str]:
        return [name for name in (*PATHS, "q") if self.cleaned_data.get(name)]


PATHS = {
    "handler": "handler_id",
    "street": "street__slug",
    "area": "area__slug",
    "unit": "owner_unit__slug",
    "category": "category__code",
    "level": "level__number",
    "status": "status",
    "quarter": "quarter",
}


def _said(words: str) -> Q:
    """Words that stand in the title, in what was said, in the place or in the number."""
    found = Q()
    for word in words.split()[:5]:
        found &= (
            Q(title__icontains=word)
            | Q(original_text__icontains=word)
            | Q(place__icontains=word)
            | Q(code__icontains=word)
        )
    return found


def _offered(desk: Desk, data: Any) -> dict[str, Choices]:
    """The choices of every select in one query: what this person's lists can hold."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    first, *rest = _sources(desk, data)
    for kind, key, zh, en, place in first.union(*rest, all=True):
        found.setdefault(kind, {})[key] = (place if kind == "handler" else place.zfill(10), pick(zh, en))
    return {kind: [(key, rows[key][1]) for key in sorted(rows, key=rows.__getitem__)] for kind, rows in found.items()}


def _sources(desk: Desk, data: Any) -> Iterable[QuerySet[Any]]:
    yield _rows(Category.objects.filter(is_active=True), "category", "code", "name_zh", "name_en")
    yield _rows(Level.objects.all(), "level", "number", "name_zh", "name_en", "number")
    if desk.units:
        people = Grant.objects.on(desk.day).filter(role__in=[Role.HANDLER, Role.UNIT_LEAD], unit_id__in=desk.units)
        yield _rows(people, "handler", "user_id", "user__name", "user__name", "user__name_key")
    if desk.district:
        yield _rows(OrgUnit.objects.filter(kind__in=STREET_KINDS), "street", "slug", "name", "name")
        if data.get("unit"):
            yield _rows(OrgUnit.objects.filter(slug=data["unit"]), "unit", "slug", "name", "name")
    places = _areas(desk, data)
    if places is not None:
        yield _rows(places, "area", "slug", "name", "name")


def _rows(rows: QuerySet[Any], kind: str, key: str, zh: str, en: str, place: str = "position") -> QuerySet[Any]:
    return rows.order_by().values_list(
        Value(kind, output_field=CharField()), Cast(key, CharField()), zh, en, Cast(place, CharField())
    )


def _areas(desk: Desk, data: Any) -> QuerySet[Area] | None:
    """The areas of the own street; for the district those of the street that is chosen, not all of them."""
    if desk.district:
        if data.get("street"):
            return Area.objects.filter(street__slug=data["street"])
        return Area.objects.filter(slug=data["area"]) if data.get("area") else None
    return Area.objects.filter(street_id__in=desk.units) if desk.units else None
