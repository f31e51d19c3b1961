"""02: residential areas with their secretaries."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events import Happened
from programmes.imports.cells import Record
from programmes.imports.known import area_name
from programmes.imports.report import Count
from programmes.imports.steps import Change, Step, differing, save
from programmes.imports.tables import Kind, Table
from teams import importing as door
from teams.models import Area, Grant, OrgUnit, User
from teams.permissions import Role

AREAS = Kind("areas", gettext_lazy("Residential areas"), ("街镇", "居民区", "户数", "居民区书记", "书记手机", "会场"))
ONE_DAY = timedelta(days=1)


@dataclass
class Areas(Step):
    """The street stands once for all its areas, in a merged cell or only in the first line."""

    key = AREAS.key
    new: list[Area] = field(default_factory=list)
    left: int = 0
    grants: list[Grant] = field(default_factory=list)
    ended: list[Grant] = field(default_factory=list)

    def plan(self, tables: list[Table]) -> None:
        seen: dict[str, Record] = {}
        for table in tables:
            self._table(table, seen)

    def _table(self, table: Table, seen: dict[str, Record]) -> None:
        """New areas need a street above them. One that is wrong or missing is said once, not again for each area."""
        street: OrgUnit | None = None
        is_said = False
        for record in table.records():
            if not record.is_empty("街镇"):
                street, is_said = self._street(record), True
            name = area_name(record.name("居民区"))
            if record.is_first("居民区", name, seen):
                if not is_said and name not in self.known.areas:
                    record.missing("街镇")
                    is_said = True
                self._area(record, name, street)

    def _street(self, record: Record) -> OrgUnit | None:
        unit = self.known.unit(record, "街镇")
        if unit is not None and not unit.is_street:
            record.error("街镇", _("“%(name)s” is neither a street office nor a town.") % {"name": unit})
            return None
        return unit

    def _area(self, record: Record, name: str, street: OrgUnit | None) -> None:
        values = {
            "households": record.number("户数", most=100_000),
            "venue": record.text("会场", most=60, required=False),
        }
        area = self.known.areas.get(name)
        if area is None:
            area = self.known.new_area(street, name=name, position=len(self.known.areas) + 1, **values)
            self.new.append(area)
        elif street is not None and area.street.name != street.name:
            record.error(
                "居民区", _("“%(name)s” belongs to %(street)s in Manyi.") % {"name": name, "street": area.street}
            )
        elif found := differing(area, **values):
            words = f"{name}：{_(', ').join(str(value) for value in found.values())}"
            self.changes.append(Change(words, save(area, "import", **found), [area]))
        else:
            self.left += 1
        if not record.is_vacant("居民区书记"):
            self._secretary(record, area)

    def _secretary(self, record: Record, area: Area) -> None:
        person = self.known.person(record, "居民区书记", "书记手机")
        if person is None or self.known.holds(person, Role.SECRETARY, area):
            return
        before = [
            grant
            for (_phone, role, where), grant in self.known.grants.items()
            if role == Role.SECRETARY and where == area.name
        ]
        self.ended += before
        self.grants.append(self.known.new_grant(person, Role.SECRETARY, area))

    def create(self, by: User | None, at: datetime) -> list[Happened]:
        return door.add_areas(self.new, by=by, at=at)

    def grant(self, by: User | None, at: datetime) -> list[Happened]:
        happened = door.end_grants(self.ended, last_day=self.known.day - ONE_DAY, by=by, at=at)
        return happened + door.add_grants(self.grants, by=by, at=at)

    def counts(self) -> list[Count]:
        words = [one.words for one in self.changes]
        handed_over = {str(grant.area) for grant in self.ended}
        words += [f"{grant.area}：{grant.user}" for grant in self.grants if str(grant.area) in handed_over]
        return [Count(AREAS.label, len(self.new), len(self.changes), self.left, words)]

    def actions(self) -> Iterator[str]:
        yield from (f"area {area.name} {area.street} {area.households} {area.venue}" for area in self.new)
        yield from (f"area {one.words}" for one in self.changes)
        yield from (f"no secretary {grant.user.phone} {grant.area}" for grant in self.ended)
        yield from (f"secretary {grant.user.phone} {grant.area}" for grant in self.grants)
