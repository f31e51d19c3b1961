"""What is already on the calendar between two days, loaded once: visits, their people, who is busy, holidays."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import NamedTuple, Protocol, Self

from core.statements import Statement, written
from visits.calendar import Calendar
from visits.dayparts import DayPart
from visits.models import BusyTime, Round, Visit, VisitStatus
from visits.roster import Roster
from visits.scheduling import Booking, Busy, Clash, Rules, Slot, conflicts, free_slots, problems

STARTS = tuple(part.usual_start for part in DayPart)
DAYS = {date.min: "first", date.max: "last"}  # what a statement leaves open
COLUMNS = ("pk", "team_id", "area_id", "area__street_id", "status", "day", "starts_at", "venue", "clash_reason")


class Placed(NamedTuple):
    """The columns of a visit that its place in time needs, in the order of COLUMNS."""

    pk: int
    team_id: int
    area_id: int
    street_id: int
    status: str
    day: date
    starts_at: time
    venue: str
    clash_reason: str


class Movable(Protocol):
    """A visit, or the columns of one, that looks for a place."""

    @property
    def pk(self) -> int: ...
    @property
    def team_id(self) -> int: ...
    @property
    def area_id(self) -> int: ...
    @property
    def street_id(self) -> int: ...


@dataclass
class Timetable:
    rules: Rules
    workdays: Calendar
    busy: Busy
    roster: Roster
    placed: dict[int, Placed]
    by_day: dict[date, dict[int, Booking]]
    stand_ins: dict[int, tuple[int, int]] = field(default_factory=dict)  # visit: who is away, who comes instead

    @classmethod
    def load(cls, first: date, last: date, *, rules: Rules, also: Iterable[Visit] = ()) -> Self:
        """Everything on these days. Five queries, however many visits.

        `also`: visits without a place yet whose people will be asked about.
        """
        rows = written("placed", make=_placed).rows(first=first, last=last)
        return cls.around([Placed._make(row) for row in rows], first, last, rules=rules, also=also)

    @classmethod
    def around(
        cls,
        placed: Sequence[Placed],
        first: date,
        last: date,
        *,
        rules: Rules,
        also: Iterable[Visit] = (),
        roster: Roster | None = None,
    ) -> Self:
        """The same for rows a page has read already: four queries, two if it knows who belongs to whom."""
        busy = written("busy", make=_busy).rows(first=first, last=last)
        roster = roster or Roster.load([*placed, *also], first, last)
        table = cls(rules, Calendar.load(first, last), frozenset(busy), roster, {}, defaultdict(dict))
        for visit in placed:
            table._hold(visit)
        return table

    def bookings(self, statuses: Iterable[str] = VisitStatus.on_plan) -> list[Booking]:
        wanted = frozenset(statuses)
        return [
            booking for day in self.by_day.values() for pk, booking in day.items() if self.placed[pk].status in wanted
        ]

    def conflicts(self) -> list[Clash]:
        """What is still to be settled: among the visits that have not been held."""
        return conflicts(self.bookings(VisitStatus.placed), rules=self.rules, busy=self.busy)

    def put(self, visit: Visit, day: date, starts_at: time, venue: str, *, accepted: bool = False) -> list[Clash]:
        """What speaks against this place; from now on the timetable holds the visit there."""
        self.lift([visit.pk])
        there = self.hold(visit, day, starts_at, venue, accepted=accepted)
        return problems(there, self.by_day[day].values(), rules=self.rules, workdays=self.workdays, busy=self.busy)

    def hold(self, visit: Visit, day: date, starts_at: time, venue: str, *, accepted: bool = False) -> Booking:
        """From now on the visit stands there, whatever speaks against it."""
        reason = "yes" if accepted else ""
        return self._hold(
            Placed(visit.pk, visit.team_id, visit.area_id, visit.street_id, visit.status, day, starts_at, venue, reason)
        )

    def lift(self, visits: Iterable[int]) -> None:
        """These visits stand nowhere: all of them are about to move."""
        for pk in visits:
            if old := self.placed.pop(pk, None):
                del self.by_day[old.day][pk]

    def slots(self, visit: Movable, days: Iterable[date], venue: str, starts: Sequence[time] = STARTS) -> list[Slot]:
        """Days × hours for this visit, in calendar order, each with what speaks against it."""
        room = room_key(visit.street_id, venue)
        found: list[Slot] = []
        for day in days:
            wish = Booking(visit.pk, day, starts[0], room, self.roster.on(visit.team_id, visit.area_id, day))
            others = list(self.by_day.get(day, {}).values())
            found += free_slots(
                wish, others, days=[day], starts=starts, rules=self.rules, workdays=self.workdays, busy=self.busy
            )
        return found

    def _hold(self, visit: Placed) -> Booking:
        people = self.roster.on(visit.team_id, visit.area_id, visit.day)
        if visit.pk in self.stand_ins:
            away, instead = self.stand_ins[visit.pk]
            people = people - {away} | {instead}
        room = room_key(visit.street_id, visit.venue)
        booking = Booking(visit.pk, visit.day, visit.starts_at, room, people, bool(visit.clash_reason))
        self.placed[visit.pk] = visit
        self.by_day[visit.day][visit.pk] = booking
        return booking


def _placed() -> Statement:
    visits = Visit.objects.filter(day__range=(date.min, date.max), status__in=VisitStatus.on_plan)
    return Statement(visits.order_by("day", "starts_at", "pk").values_list(*COLUMNS), blanks=DAYS)


def _busy() -> Statement:
    times = BusyTime.objects.filter(day__range=(date.min, date.max)).order_by()
    return Statement(times.values_list("user_id", "day", "part"), blanks=DAYS)


def rules_of(round_: Round | None, day: date | None = None) -> Rules:
    """The round's rules; a visit outside any round has its own day as the window."""
    if round_ is None:
        return Rules(day or date.min, day or date.max)
    return Rules(round_.window_start, round_.window_end, round_.visit_minutes, round_.travel_minutes)


def room_key(street_id: int, venue: str) -> str:
    """Rooms are compared within a street by name, full-width and blanks folded; every street has its “活动室”."""
    folded = "".join(unicodedata.normalize("NFKC", venue).lower().split())
    return f"{street_id}/{folded}" if folded else ""
