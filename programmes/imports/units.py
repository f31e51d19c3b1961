"""01: units and their contacts, the responsibility list, public holidays."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events import Happened
from issues import importing as issues_door
from issues.models import Category, Responsibility
from programmes.imports.cells import Record, folded, shown
from programmes.imports.report import Count
from programmes.imports.steps import Change, Make, Step, differing, save
from programmes.imports.tables import Kind, Table
from programmes.preset_files import supplying_organs
from teams import importing as teams_door
from teams.models import Grant, OrgUnit, SeatKind, UnitKind
from teams.names import clean_phone, is_mobile
from teams.permissions import Role
from visits import importing as visits_door
from visits.models import CalendarDay, DayKind

UNITS = Kind("units", gettext_lazy("Units"), ("单位", "类型", "联系人", "联系电话"))
RESPONSIBILITIES = Kind(
    "responsibilities",
    gettext_lazy("Responsibility list"),
    ("问题类别", "职能部门", "依据", "一般事项", "复杂事项"),
)
CALENDAR = Kind("calendar", gettext_lazy("Holidays and shifted working days"), ("日期", "类型", "说明"))

UNIT_KINDS = {
    "办公室": UnitKind.OFFICE,
    "街道": UnitKind.STREET,
    "镇": UnitKind.TOWN,
    "区级机关": UnitKind.ORGAN,
}
DAY_KINDS = {"放假": DayKind.OFF, "休息": DayKind.OFF, "上班": DayKind.WORK, "调休上班": DayKind.WORK}
LANDLINE = re.compile(r"0\d{2,3}[- ]?\d{4} ?\d{3,4}(-\d{1,5})?|\d{7,8}")


@dataclass
class Units(Step):
    """A contact with a mobile number becomes a case handler of the unit; a landline is only kept to be called."""

    key = UNITS.key
    new: list[OrgUnit] = field(default_factory=list)
    left: int = 0
    grants: list[Grant] = field(default_factory=list)
    organs: list[tuple[SeatKind, OrgUnit]] = field(default_factory=list)

    def plan(self, tables: list[Table]) -> None:
        seen: dict[str, Record] = {}
        for table in tables:
            for record in table.records():
                name = record.name("单位")
                if record.is_first("单位", name, seen):
                    self._unit(record, name)
        self._link_organs()

    def _unit(self, record: Record, name: str) -> None:
        kind = record.choice("类型", UNIT_KINDS)
        contact, phone = record.name("联系人", required=False), self._phone(record)
        values = {"kind": kind, "contact_name": contact, "contact_phone": phone}
        unit = self.known.units.get(name)
        if unit is None:
            unit = self.known.new_unit(name=name, position=len(self.known.units) + 1, **values)
            self.new.append(unit)
        elif found := differing(unit, **values):
            words = f"{name}：{_(', ').join(str(value) for value in found.values())}"
            self.changes.append(Change(words, save(unit, "import", **found), [unit]))
        else:
            self.left += 1
        if contact and is_mobile(phone):
            person = self.known.person(record, "联系人", "联系电话", unit=unit)
            if person and not self.known.holds(person, Role.HANDLER, unit):
                self.grants.append(self.known.new_grant(person, Role.HANDLER, unit))

    def _phone(self, record: Record) -> str:
        typed = shown(record.value("联系电话"))
        text = re.sub(r"\s+", " ", folded(typed))
        if not text or is_mobile(clean_phone(text)):
            return clean_phone(text)
        if LANDLINE.fullmatch(text):
            return text
        record.mobile("联系电话")
        return ""

    def _link_organs(self) -> None:
        """Seats whose supplying organ was not known when the programme was loaded."""
        organs = supplying_organs()
        for kind in SeatKind.objects.filter(supplied_by=None).select_related("template"):
            unit = self.known.units.get(organs.get((kind.template.code, kind.code), ""))
            if unit is not None:
                self.organs.append((kind, unit))

    def create(self, by: Any, at: datetime) -> list[Happened]:
        return teams_door.add_units(self.new, by=by, at=at)

    def grant(self, by: Any, at: datetime) -> list[Happened]:
        for kind, unit in self.organs:
            kind.supplied_by = unit
            kind.save(update_fields=["supplied_by"])
        linked = [Happened(kind, "import", by, at, {"supplied_by": unit.pk}) for kind, unit in self.organs]
        return linked + teams_door.add_grants(self.grants, by=by, at=at)

    def counts(self) -> list[Count]:
        return [Count(UNITS.label, len(self.new), len(self.changes), self.left, [one.words for one in self.changes])]

    def actions(self) -> Iterator[str]:
        for unit in self.new:
            yield f"unit {unit.name} {unit.kind} {unit.contact_name} {unit.contact_phone}"
        yield from (f"unit {one.words}" for one in self.changes)
        yield from (f"handler {grant.user.phone} {grant.unit}" for grant in self.grants)
        yield from (f"supplied {kind.code} {unit}" for kind, unit in self.organs)


@dataclass
class Responsibilities(Step):
    """Which department is responsible for what. An entry that changed ends yesterday and a new one begins today."""

    key = RESPONSIBILITIES.key
    categories: dict[str, Category] = field(default_factory=dict)
    new_by_name: dict[str, Category] = field(default_factory=dict)
    new: list[Responsibility] = field(default_factory=list)
    left: int = 0

    def plan(self, tables: list[Table]) -> None:
        self.categories = {category.name_zh: category for category in Category.objects.all()}
        current = {entry.category_id: entry for entry in Responsibility.objects.open_ended().select_related("unit")}
        seen: dict[str, Record] = {}
        for table in tables:
            for record in table.records():
                name = record.name("问题类别")
                if record.is_first("问题类别", name, seen):
                    self._entry(record, self._category(name), current)

    def _category(self, name: str) -> Category:
        if name not in self.categories:
            code = teams_door.slug_for(name, {category.code for category in self.categories.values()})[:40]
            self.categories[name] = Category(name_zh=name, name_en=name, code=code, position=len(self.categories) + 1)
            self.new_by_name[name] = self.categories[name]
        return self.categories[name]

    def _entry(self, record: Record, category: Category, current: dict[int, Responsibility]) -> None:
        unit = self.known.unit(record, "职能部门")
        values = {
            "basis": record.text("依据", most=100),
            "ordinary_days": record.number("一般事项", most=250),
            "complex_days": record.number("复杂事项", most=250),
        }
        if unit is None:
            return
        entry = current.get(category.pk) if category.pk else None
        if entry is None:
            first_day = date(self.known.day.year, 1, 1)
            self.new.append(Responsibility(category=category, unit=unit, from_day=first_day, **values))
        elif entry.unit.name != unit.name or differing(entry, **values):
            new = Responsibility(category=category, unit=unit, from_day=self.known.day, **values)
            words = f"{category.name_zh}：{entry.unit} → {unit}，{new.basis}"
            self.changes.append(Change(words, self._replace(entry, new), [entry]))
        else:
            self.left += 1

    def _replace(self, old: Responsibility, new: Responsibility) -> Make:
        return lambda by, at: issues_door.replace_responsibility(old, new, by=by, at=at)

    def create(self, by: Any, at: datetime) -> list[Happened]:
        happened = issues_door.add_categories(list(self.new_by_name.values()), by=by, at=at)
        return happened + issues_door.add_responsibilities(self.new, by=by, at=at)

    def counts(self) -> list[Count]:
        return [
            Count(
                RESPONSIBILITIES.label, len(self.new), len(self.changes), self.left, [one.words for one in self.changes]
            )
        ]

    def actions(self) -> Iterator[str]:
        yield from (f"category {name}" for name in self.new_by_name)
        for entry in self.new:
            yield f"responsible {entry.category.name_zh} {entry.unit} {entry.basis} {entry.ordinary_days} {entry.complex_days}"
        yield from (f"responsible {one.words}" for one in self.changes)


@dataclass
class Holidays(Step):
    """The office's own calendar goes before the library's. English words come from days of the same name."""

    key = CALENDAR.key
    new: list[CalendarDay] = field(default_factory=list)
    left: int = 0

    def plan(self, tables: list[Table]) -> None:
        self._days = {row.day: row for row in CalendarDay.objects.all()}
        self._english = {row.note_zh: row.note_en for row in self._days.values()}
        for table in tables:
            year = table.year or self.known.day.year
            for record in table.records():
                self._line(record, year)

    def _line(self, record: Record, year: int) -> None:
        day, kind = record.day("日期", year=year), record.choice("类型", DAY_KINDS)
        note = record.text("说明", most=40, required=False)
        if day is None or kind is None:
            return
        values = {"kind": kind, "note_zh": note, "note_en": self._english.get(note, "")}
        row = self._days.get(day)
        if row is None:
            self._days[day] = CalendarDay(day=day, **values)
            self.new.append(self._days[day])
        elif row.pk and differing(row, **values):
            self.changes.append(Change(f"{day}：{record.value('类型')}，{note}", self._set(row, values), [row]))
        else:
            self.left += 1

    def _set(self, row: CalendarDay, values: dict[str, Any]) -> Make:
        return lambda by, at: visits_door.change_calendar_day(row, by=by, at=at, **values)

    def create(self, by: Any, at: datetime) -> list[Happened]:
        return visits_door.add_calendar_days(self.new, by=by, at=at)

    def counts(self) -> list[Count]:
        return [Count(CALENDAR.label, len(self.new), len(self.changes), self.left, [one.words for one in self.changes])]

    def actions(self) -> Iterator[str]:
        yield from (f"day {row.day} {row.kind} {row.note_zh}" for row in self.new)
        yield from (f"day {one.words}" for one in self.changes)
