"""What the district has already, and what the files of this import add to it. Read once; nothing is written here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from core.clock import today
from programmes.imports.cells import Record
from programmes.imports.report import Notes, Place
from teams.importing import slug_for
from teams.models import Area, Grant, OrgUnit, PhoneChange, Team, TeamTemplate, User
from teams.permissions import Role
from teams.services.phone import DONE


@dataclass
class Said:
    """Somebody named in the files: where first, under which name, and what else was said."""

    user: User
    place: Place
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Known:
    """Units, areas, people and teams by the names they go under, new ones among them. `streets` go by area.

    `earlier` has people by a number they had before, and by their name.
    """

    notes: Notes
    at: datetime
    units: dict[str, OrgUnit] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    earlier: dict[tuple[str, str], User] = field(default_factory=dict)
    teams: dict[int, Team] = field(default_factory=dict)
    streets: dict[str, OrgUnit] = field(default_factory=dict)
    grants: dict[tuple[str, str, str], Grant] = field(default_factory=dict)
    auditors: set[str] = field(default_factory=set)
    template: TeamTemplate | None = None
    said: dict[str, Said] = field(default_factory=dict)
    unit_slugs: set[str] = field(default_factory=set)
    area_slugs: set[str] = field(default_factory=set)

    @classmethod
    def load(cls, notes: Notes, at: datetime) -> "Known":
        known = cls(notes, at)
        known.units = {unit.name: unit for unit in OrgUnit.objects.all()}
        known.areas = {area.name: area for area in Area.objects.select_related("street")}
        known.streets = {area.name: area.street for area in known.areas.values()}
        known.people = {user.phone: user for user in User.objects.select_related("unit")}
        known.earlier = _earlier(known.people.values())
        known.teams = {team.number: team for team in Team.objects.select_related("unit")}
        for grant in Grant.objects.open_ended().select_related("user", "unit", "area"):
            known.grants[grant.user.phone, grant.role, str(grant.unit or grant.area or "")] = grant
            if grant.role == Role.AUDITOR:
                known.auditors.add(grant.user.phone)
        known.template = TeamTemplate.objects.prefetch_related("seat_kinds").order_by("pk").first()
        known.unit_slugs = {unit.slug for unit in known.units.values()}
        known.area_slugs = {area.slug for area in known.areas.values()}
        return known

    @property
    def day(self) -> date:
        return today(self.at)

    def new_unit(self, **fields: Any) -> OrgUnit:
        unit = OrgUnit(slug=slug_for(fields["name"], self.unit_slugs), **fields)
        self.units[unit.name] = unit
        return unit

    def new_area(self, street: OrgUnit | None, **fields: Any) -> Area:
        area = Area(slug=slug_for(fields["name"], self.area_slugs), **fields)
        if street is not None:
            area.street = self.streets[area.name] = street
        self.areas[area.name] = area
        return area

    # -- Looking up what a cell names -----------------------------------------------------------

    def unit(self, record: Record, heading: str) -> OrgUnit | None:
        name = record.name(heading)
        if name and name not in self.units:
            sentence = _("There is no unit called “%(name)s” in the list of units.")
            record.error(heading, sentence % {"name": name}, follows=True)
        return self.units.get(name)

    def area(self, record: Record, heading: str) -> Area | None:
        name = area_name(record.name(heading))
        if name and name not in self.areas:
            sentence = _("There is no residential area called “%(name)s” in the list of areas.")
            record.error(heading, sentence % {"name": name}, follows=True)
        return self.areas.get(name)

    # -- People: recognised by number, never by name --------------------------------------------

    def person(self, record: Record, name_heading: str, phone_heading: str, **facts: Any) -> User | None:
        """Whoever has this number. The same number under two names is refused: one of the two is a slip."""
        name, typed = record.name(name_heading), record.mobile(phone_heading)
        if not name or not typed:
            return None
        phone = self.number_today(name, typed)
        if phone != typed:
            sentence = _("%(name)s has another number by now; the workbook still has the earlier one.")
            record.notes.remark(record.place(phone_heading), sentence % {"name": name})
        said = self.said.get(phone)
        if said is None:
            said = self._first_mention(record, name, phone, name_heading, phone_heading)
        elif said.user.name != name:
            record.error(
                phone_heading,
                _("This number is given for %(here)s here and for %(there)s in %(place)s.")
                % {"here": name, "there": said.user.name, "place": said.place},
            )
            return None
        for fact, value in facts.items():
            if value:
                said.facts.setdefault(fact, value)
        return said.user

    def number_today(self, name: str, phone: str) -> str:
        """Another one than in the workbook, if nobody has that now and somebody of this name had it before."""
        user = None if phone in self.people else self.earlier.get((phone, name))
        return user.phone if user else phone

    def _first_mention(self, record: Record, name: str, phone: str, name_heading: str, phone_heading: str) -> Said:
        user = self.people.get(phone)
        if user is None:
            user = self.people[phone] = User(phone=phone, name=name)
        elif user.name != name:
            record.error(
                phone_heading,
                _("This number already belongs to %(name)s. Check the number, or change the name in Manyi first.")
                % {"name": user.name},
            )
        elif not user.is_active:
            record.error(name_heading, _("%(name)s's account is closed. Open it first.") % {"name": name})
        elif phone in self.auditors:
            record.error(name_heading, _("%(name)s is an auditor, and auditors hold no other role.") % {"name": name})
        self.said[phone] = Said(user, record.place(phone_heading))
        return self.said[phone]

    def holds(self, user: User, role: str, where: OrgUnit | Area) -> bool:
        return (user.phone, role, str(where)) in self.grants

    def new_grant(self, user: User, role: str, where: OrgUnit | Area) -> Grant:
        scope = {"unit": where} if isinstance(where, OrgUnit) else {"area": where}
        grant = Grant(user=user, role=role, from_day=self.day, **scope)
        self.grants[user.phone, role, str(where)] = grant
        return grant


def _earlier(people: Iterable[User]) -> dict[tuple[str, str], User]:
    """By the number they had before and their name."""
    by_pk = {user.pk: user for user in people}
    done = PhoneChange.objects.filter(outcome=DONE).order_by("ended_at").values_list("old_phone", "user_id")
    return {(phone, by_pk[pk].name): by_pk[pk] for phone, pk in done}


def area_name(typed: str) -> str:
    """Areas are kept without the word 居民区, which lists write or leave out."""
    return typed.removesuffix("居民区") or typed
