"""Where and when visits can be: pure arithmetic over frozen values. No database, no clock."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from itertools import combinations

from visits.dayparts import DayPart
from visits.workdays import Workdays

Busy = frozenset[tuple[int, date, str]]  # person, day, part of the day


@dataclass(frozen=True)
class Rules:
    """What a round says about a visit: its window, how long it takes and the way to the next one."""

    first: date
    last: date
    minutes: int = 90
    travel: int = 45

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Booking:
    """A visit with its place in time. `venue` is the key under which rooms are compared; "" is no room."""

    visit: int
    day: date
    starts_at: time
    venue: str = ""
    people: frozenset[int] = frozenset()
    accepted: bool = False

    @property
    def part(self) -> DayPart:
        return DayPart.of(self.starts_at)


class Trouble(StrEnum):
    PERSON = "person"
    VENUE = "venue"
    BUSY = "busy"
    TRAVEL = "travel"
    OUTSIDE = "outside"
    DAY_OFF = "day_off"
    EVENING = "evening"

    @property
    def blocks(self) -> bool:
        """Nobody can be in two places and no room holds two meetings: only a reason gets past these."""
        return self in (Trouble.PERSON, Trouble.VENUE)

    @property
    def is_conflict(self) -> bool:
        """Something to be settled, unlike a day or an hour that is merely unusual."""
        return self in (Trouble.PERSON, Trouble.VENUE, Trouble.BUSY, Trouble.TRAVEL)


ORDER = list(Trouble)


@dataclass(frozen=True)
class Clash:
    """One thing that speaks against a time: the visits and people it concerns. `accepted`: somebody gave a reason."""

    trouble: Trouble
    day: date
    starts_at: time
    visits: tuple[int, ...]
    people: tuple[int, ...] = ()
    accepted: bool = False

    @property
    def blocks(self) -> bool:
        return self.trouble.blocks

    @property
    def part(self) -> DayPart:
        return DayPart.of(self.starts_at)


@dataclass(frozen=True)
class Slot:
    """A time that could be taken, with what speaks against it."""

    day: date
    starts_at: time
    people: int
    clashes: tuple[Clash, ...] = field(default=())

    @property
    def part(self) -> DayPart:
        return DayPart.of(self.starts_at)

    @property
    def blocked(self) -> bool:
        return any(clash.blocks for clash in self.clashes)

    @property
    def missing(self) -> frozenset[int]:
        """People who cannot come then."""
        return frozenset(person for clash in self.clashes if clash.trouble != Trouble.TRAVEL for person in clash.people)

    @property
    def troubled(self) -> frozenset[int]:
        """Everybody for whom something speaks against this time, if only the way."""
        return frozenset(person for clash in self.clashes for person in clash.people)

    @property
    def free(self) -> int:
        return self.people - len(self.missing)

    @property
    def rank(self) -> tuple[bool, int, int, date, time]:
        return self.blocked, len(self.missing), len(self.clashes), self.day, self.starts_at


def conflicts(bookings: Iterable[Booking], *, rules: Rules, busy: Busy = frozenset()) -> list[Clash]:
    """Everything to be settled among these visits, earliest first."""
    days: dict[date, list[Booking]] = defaultdict(list)
    for booking in bookings:
        days[booking.day].append(booking)
    found = [clash for day in days.values() for clash in _on_one_day(day, rules, busy)]
    return sorted(found, key=_by_time)


def problems(
    booking: Booking, others: Iterable[Booking], *, rules: Rules, workdays: Workdays, busy: Busy = frozenset()
) -> list[Clash]:
    """What speaks against one visit at its time, given the others; the gravest first."""
    found = [clash for other in others if other.visit != booking.visit for clash in _between(booking, other, rules)]
    found += _own(booking, busy)
    found += [_alone(trouble, booking) for trouble in _unusual(booking, rules, workdays)]
    return sorted(found, key=lambda clash: ORDER.index(clash.trouble))


def free_slots(
    booking: Booking,
    others: Sequence[Booking],
    *,
    days: Iterable[date],
    starts: Sequence[time],
    rules: Rules,
    workdays: Workdays,
    busy: Busy = frozenset(),
) -> list[Slot]:
    """Every day and hour offered for this visit, in calendar order, each with what speaks against it."""
    by_day: dict[date, list[Booking]] = defaultdict(list)
    for other in others:
        by_day[other.day].append(other)
    slots = []
    for day in days:
        for starts_at in starts:
            there = Booking(booking.visit, day, starts_at, booking.venue, booking.people)
            clashes = problems(there, by_day[day], rules=rules, workdays=workdays, busy=busy)
            slots.append(Slot(day, starts_at, len(booking.people), tuple(clashes)))
    return slots


def _on_one_day(bookings: list[Booking], rules: Rules, busy: Busy) -> Iterator[Clash]:
    for first, second in _pairs_to_compare(bookings):
        yield from _between(first, second, rules)
    for booking in bookings:
        yield from _own(booking, busy)


def _pairs_to_compare(bookings: list[Booking]) -> Iterator[tuple[Booking, Booking]]:
    """Only visits that share a person or a room can disturb each other; each pair once, the earlier one first."""
    sharing: dict[int | str, list[Booking]] = defaultdict(list)
    for booking in sorted(bookings, key=lambda booking: (booking.starts_at, booking.visit)):
        for person in booking.people:
            sharing[person].append(booking)
        if booking.venue:
            sharing[booking.venue].append(booking)
    pairs: dict[tuple[int, int], tuple[Booking, Booking]] = {}
    for shared in sharing.values():
        for first, second in combinations(shared, 2):
            pairs[first.visit, second.visit] = first, second
    yield from pairs.values()


def _between(one: Booking, other: Booking, rules: Rules) -> Iterator[Clash]:
    if one.day != other.day:
        return
    apart = abs(_minutes(one.starts_at) - _minutes(other.starts_at))
    shared = tuple(sorted(one.people & other.people))
    same_room = bool(one.venue) and one.venue == other.venue
    visits, accepted = (one.visit, other.visit), one.accepted or other.accepted
    if apart < rules.minutes:
        if shared:
            yield Clash(Trouble.PERSON, one.day, one.starts_at, visits, shared, accepted)
        if same_room:
            yield Clash(Trouble.VENUE, one.day, one.starts_at, visits, (), accepted)
    elif shared and not same_room and apart < rules.minutes + rules.travel:
        yield Clash(Trouble.TRAVEL, one.day, one.starts_at, visits, shared)


def _own(booking: Booking, busy: Busy) -> Iterator[Clash]:
    day, part = booking.day, booking.part
    away = tuple(sorted(person for person in booking.people if (person, day, part) in busy)) if busy else ()
    if away:
        yield Clash(Trouble.BUSY, booking.day, booking.starts_at, (booking.visit,), away)


def _unusual(booking: Booking, rules: Rules, workdays: Workdays) -> Iterator[Trouble]:
    if not rules.holds(booking.day):
        yield Trouble.OUTSIDE
    if not workdays.is_working(booking.day):
        yield Trouble.DAY_OFF
    if booking.part == DayPart.EVENING:
        yield Trouble.EVENING


def _alone(trouble: Trouble, booking: Booking) -> Clash:
    return Clash(trouble, booking.day, booking.starts_at, (booking.visit,))


def _by_time(clash: Clash) -> tuple[date, time, int, tuple[int, ...]]:
    return clash.day, clash.starts_at, ORDER.index(clash.trouble), clash.visits


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
