"""Who and what is taken when: the hard rules, asked for one visit at a time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time

from visits.scheduling.model import HalfDay, Limits, Need, Problem, Rule

Key = tuple[Rule, int | str | None]
Blocks = dict[Key, tuple[int, ...]]  # what forbids a place, with the visits behind it


@dataclass(frozen=True)
class Taken:
    visit: int
    part: str
    starts_at: time
    venue: str


class Occupancy:
    """Visits at their places. A person has one visit per half-day and time for the way to the next, a room one visit."""

    def __init__(self, problem: Problem) -> None:
        self.limits: Limits = problem.limits
        self.busy = problem.busy
        self._reach = self.limits.minutes + self.limits.travel
        self._people: dict[tuple[int, date], list[Taken]] = defaultdict(list)
        self._loads: Counter[int] = Counter()
        self._venues: dict[tuple[str, date], list[Taken]] = defaultdict(list)
        self._streets: dict[tuple[int, date, str], list[int]] = defaultdict(list)
        self._days: dict[date, list[int]] = defaultdict(list)
        for need in problem.needs:
            if need.fixed and need.now:
                self.put(need, need.now)

    def put(self, need: Need, at: HalfDay, people: frozenset[int] | None = None) -> None:
        taken = Taken(need.visit, str(at.part), at.starts_at, need.venue)
        for person in need.people_of(at.day) if people is None else people:
            self._people[person, at.day].append(taken)
            self._loads[person] += 1
        if need.venue:
            self._venues[need.venue, at.day].append(taken)
        self._streets[need.street, at.day, str(at.part)].append(need.visit)
        self._days[at.day].append(need.visit)

    def blocks(self, need: Need, at: HalfDay) -> Blocks:
        """Everything that forbids this place; nothing when it is free. A visit is never in its own way."""
        found: Blocks = {}
        for person in sorted(need.people_of(at.day)):
            found |= self.person_blocks(person, need, at)
        rooms = self._venues.get((need.venue, at.day), ()) if need.venue else ()
        close = (taken.visit for taken in rooms if _close(taken, at, self.limits.minutes))
        if holders := _others(close, need):
            found[Rule.VENUE, need.venue] = holders
        for rule, about, cap, visits in self._carried(need, at):
            if cap is not None and len(visits) >= cap and len(others := _others(visits, need)) >= cap:
                found[rule, about] = others
        return found

    def person_blocks(self, person: int, need: Need, at: HalfDay) -> Blocks:
        found: Blocks = {}
        if (person, at.day, at.part) in self.busy:
            found[Rule.BUSY, person] = ()
        taken = self._people.get((person, at.day), ())
        if holders := _others((other.visit for other in taken if _close(other, at, self._reach)), need):
            found[Rule.PERSON, person] = holders
        return found

    def _carried(self, need: Need, at: HalfDay) -> Iterator[tuple[Rule, int | None, int | None, list[int]]]:
        street = self._streets.get((need.street, at.day, str(at.part)), [])
        yield Rule.STREET, need.street, self.limits.of(need.street), street
        yield Rule.DAY, None, self.limits.day, self._days.get(at.day, [])

    def load(self, person: int) -> int:
        """How many visits a person has in all."""
        return self._loads[person]


def _others(visits: Iterable[int], need: Need) -> tuple[int, ...]:
    return tuple(visit for visit in visits if visit != need.visit)


def _close(taken: Taken, at: HalfDay, reach: int) -> bool:
    return taken.part == at.part or abs(minute(taken.starts_at) - minute(at.starts_at)) < reach


def groups(half_days: list[HalfDay], reach: int) -> Iterator[list[int]]:
    """Half-days so close that one person or room has at most one visit in all of them; in order, none within another."""
    last = -1
    for first, here in enumerate(half_days):
        end = first
        while end + 1 < len(half_days) and _near(here, half_days[end + 1], reach):
            end += 1
        if end > last:
            yield list(range(first, end + 1))
            last = end


def _near(one: HalfDay, other: HalfDay, reach: int) -> bool:
    return one.day == other.day and minute(other.starts_at) - minute(one.starts_at) < reach


def minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute
