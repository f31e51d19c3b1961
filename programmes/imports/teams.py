"""03: teams, who sits on their seats and which residential area they are paired with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events import Happened
from programmes.imports.cells import Record, folded
from programmes.imports.report import Count, Place
from programmes.imports.steps import Change, Step, save
from programmes.imports.tables import Kind, Table
from teams import importing as door
from teams import services
from teams.importing import Filled
from teams.models import Area, Membership, OrgUnit, Pairing, Seat, SeatKind, Team, TeamTemplate, User
from teams.permissions import Role
from visits.models import Visit

NUMBER = re.compile(r"第?\s*(\d{1,5})\s*(?:号?团队|组)?")
PHONE = "手机"
POST, FIRM = "职务", "律师事务所"
ONE_DAY = timedelta(days=1)


def kind_for(template: TeamTemplate | None) -> Kind:
    """The seats of the programme's team template are columns, each with a number beside it."""
    seats = tuple(kind.name_zh for kind in template.seat_kinds.all()) if template else ()
    required = ("团队编号", "居民区", "结对单位", *(heading for seat in seats for heading in (seat, f"{seat}{PHONE}")))
    return Kind("teams", gettext_lazy("Teams"), required, (POST, FIRM), people=seats, repeated=(PHONE,))


@dataclass
class Line:
    """What the roster says about one team: the place of its number, and the people by seat."""

    place: Place
    team: Team
    people: dict[str, User | None]


@dataclass
class Teams(Step):
    """A new team holds from the first day of the roster's year; a change holds from today."""

    key = "teams"
    new: list[Team] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    filled: list[Filled] = field(default_factory=list)
    pairings: list[Pairing] = field(default_factory=list)
    seat_changes: list[Change] = field(default_factory=list)
    pair_changes: list[Change] = field(default_factory=list)
    left: int = 0
    seats_left: int = 0
    pairings_left: int = 0
    vacant: int = 0

    def plan(self, tables: list[Table]) -> None:
        self._lines: dict[int, Line] = {}
        self._teams_of: dict[str, Record] = {}
        self._now = self._memberships()
        self._pairs = {pairing.area_id: pairing for pairing in Pairing.objects.open_ended().select_related("team")}
        self._paired_before = set(Pairing.objects.values_list("area_id", flat=True))
        for table in tables:
            street = self.known.units.get(folded(table.sheet))
            for record in table.records():
                self._line(record, street, table.year or self.known.day.year)

    def _memberships(self) -> dict[tuple[int, str], tuple[Seat, Membership | None]]:
        """The seats there are, by team number and kind, each with whoever has it open-endedly."""
        seats = {seat.pk: seat for seat in Seat.objects.select_related("team", "kind")}
        sitting = {one.seat_id: one for one in Membership.objects.open_ended().select_related("user")}
        return {(seat.team.number, seat.kind.code): (seat, sitting.get(pk)) for pk, seat in seats.items()}

    def _line(self, record: Record, street: OrgUnit | None, year: int) -> None:
        number = self._number(record)
        area = self.known.area(record, "居民区")
        unit = self.known.unit(record, "结对单位")
        people = {kind.code: self._person(record, kind, unit) for kind in self._kinds()}
        if area is not None and not self._is_first_for(record, area, street):
            area = None
        if number is None:
            return
        line = self._lines.get(number)
        first_day = date(year, 1, 1)
        if line is None:
            team = self._team(record, number, unit)
            line = self._lines[number] = Line(record.place("团队编号"), team, people)
            self._seat_all(line, min(first_day, self.known.day))
        elif line.people != people:
            record.error(
                "团队编号",
                _("Team %(number)s has other members in %(place)s.") % {"number": number, "place": line.place},
            )
        if area is not None:
            self._pair(line.team, area, min(first_day, self.known.day))

    def _kinds(self) -> list[SeatKind]:
        return list(self.known.template.seat_kinds.all()) if self.known.template else []

    def _number(self, record: Record) -> int | None:
        found = NUMBER.fullmatch(folded(record.value("团队编号")))
        if found is None:
            record.error("团队编号", _("This is not a team's number. Write it like 第118团队."))
            return None
        return int(found[1])

    def _person(self, record: Record, kind: SeatKind, unit: OrgUnit | None) -> User | None:
        if record.is_vacant(kind.name_zh):
            self.vacant += 1
            return None
        if not folded(record.value(kind.name_zh)):
            record.error(kind.name_zh, _("Who has this seat? Write 暂缺 when nobody has."))
            return None
        facts: dict[str, object] = {}
        if kind.role == Role.TEAM_LEAD:
            facts = {"title": record.text(POST, most=40, required=False), "unit": unit}
        elif kind.role == Role.LAWYER:
            facts = {"law_firm": record.text(FIRM, most=60, required=False)}
        return self.known.person(record, kind.name_zh, f"{kind.name_zh}{PHONE}", **facts)

    def _is_first_for(self, record: Record, area: Area, street: OrgUnit | None) -> bool:
        """One team an area; and the area belongs to the street that the sheet is named after."""
        own = self.known.streets.get(area.name)
        if street is not None and own is not None and own.name != street.name:
            record.error("居民区", _("“%(name)s” belongs to %(street)s.") % {"name": area, "street": own})
        if area.name in self._teams_of:
            place = self._teams_of[area.name].place("居民区")
            record.error("居民区", _("“%(name)s” has a team in %(place)s already.") % {"name": area, "place": place})
            return False
        self._teams_of[area.name] = record
        return True

    # -- What is there, what is new ----------------------------------------------------------------

    def _team(self, record: Record, number: int, unit: OrgUnit | None) -> Team:
        team = self.known.teams.get(number)
        if team is None:
            team = self.known.teams[number] = Team(number=number, template=self.known.template, unit=unit)
            self.new.append(team)
        elif not team.is_active:
            record.error("团队编号", _("Team %(number)s is closed.") % {"number": number})
        elif unit is not None and team.unit.name != unit.name:
            self.changes.append(Change(f"{team}：{team.unit} → {unit}", save(team, "import", unit=unit), [team]))
        else:
            self.left += 1
        return team

    def _seat_all(self, line: Line, first_day: date) -> None:
        for kind in self._kinds():
            seat, sitting = self._now.get((line.team.number, kind.code), (None, None))
            user = line.people[kind.code]
            if seat is None:
                seat = Seat(team=line.team, kind=kind)
                self.seats.append(seat)
                if user is not None:
                    self.filled.append(Filled(seat, user, first_day))
            elif (sitting.user.phone if sitting else "") == (user.phone if user else ""):
                self.seats_left += 1
            else:
                self.seat_changes.append(self._seat_change(line.team, seat, sitting, user))

    def _seat_change(self, team: Team, seat: Seat, sitting: Membership | None, user: User | None) -> Change:
        nobody = _("nobody")
        words = f"{team} {seat.kind}：{sitting.user if sitting else nobody} → {user or nobody}"
        reason = _("Import of the roster")

        def make(by: User | None, at: datetime) -> None:
            if user is None:
                services.vacate_seat(seat=seat, last_day=self.known.day - ONE_DAY, reason=reason, by=by, at=at)
            else:
                services.replace_member(seat=seat, user=user, from_day=self.known.day, reason=reason, by=by, at=at)

        return Change(words, make, [seat, user] if user else [seat])

    def _pair(self, team: Team, area: Area, first_day: date) -> None:
        current = self._pairs.get(area.pk) if area.pk else None
        if current is not None and current.team.number == team.number:
            self.pairings_left += 1
        elif current is None and area.pk not in self._paired_before:
            self.pairings.append(Pairing(team=team, area=area, from_day=first_day))
        else:
            words = f"{area}：{current.team if current else _('nobody')} → {team}"
            day = self.known.day

            def make(by: User | None, at: datetime) -> None:
                services.pair(team=team, area=area, from_day=day, by=by, at=at)

            self.pair_changes.append(Change(words, make, [area]))

    # -- Writing ------------------------------------------------------------------------------------

    def create(self, by: User | None, at: datetime) -> list[Happened]:
        happened = door.add_teams(self.new, by=by, at=at)
        door.add_seats(self.seats)
        happened += door.fill_seats(self.filled, reason=_("Import of the roster"), by=by, at=at)
        return happened + door.add_pairings(self.pairings, by=by, at=at)

    def to_change(self) -> list[Change]:
        return [*self.changes, *self.seat_changes, *self.pair_changes]

    def rows(self) -> Iterator[Model]:
        """The visits to come as well: whoever leaves a seat is noted for them no more."""
        yield from super().rows()
        teams = [row.team_id for one in self.seat_changes for row in one.rows if isinstance(row, Seat)]
        if teams:
            yield from Visit.objects.placed().filter(team__in=teams, day__gte=self.known.day).only("pk")

    def counts(self) -> list[Count]:
        seats = [one.words for one in self.seat_changes]
        pairs = [one.words for one in self.pair_changes]
        vacant = _("%(n)s of them vacant") % {"n": self.vacant} if self.vacant else ""
        return [
            Count(
                gettext_lazy("Teams"), len(self.new), len(self.changes), self.left, [one.words for one in self.changes]
            ),
            Count(gettext_lazy("Seats"), len(self.seats), len(seats), self.seats_left, seats, note=vacant),
            Count(gettext_lazy("Pairs of team and area"), len(self.pairings), len(pairs), self.pairings_left, pairs),
        ]

    def actions(self) -> Iterator[str]:
        yield from (f"team {team.number} {team.unit}" for team in self.new)
        yield from (f"seat {seat.team.number} {seat.kind.code}" for seat in self.seats)
        yield from (
            f"sits {one.seat.team.number} {one.seat.kind.code} {one.user.phone} {one.from_day}" for one in self.filled
        )
        yield from (f"pair {one.team.number} {one.area.name} {one.from_day}" for one in self.pairings)
        yield from (one.words for one in self.to_change())
