"""The planner's question as arrays: which visit could go where, and what visits share."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cached_property
from typing import TypeVar

import numpy as np

from visits.scheduling.model import HalfDay, Measure, Problem, free_needs
from visits.scheduling.occupancy import groups, minute
from visits.scheduling.program import Flags, Floats, Ints, Program

WEIGHTS = {Measure.UNPLACED: 5000.0, Measure.CHANGES: 200.0, Measure.POINTS: 1.0}
Sets = Sequence[Sequence[int]]
Key = TypeVar("Key", int, str)


@dataclass(frozen=True)
class Rows:
    """Conditions "at most `limit` of these columns": the entries as pairs of row and column."""

    rows: Ints
    columns: Ints
    limit: Floats


class Grid:
    """Visits × half-days. `open`: nothing forbids the place but what is still to be decided."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.needs = free_needs(problem.needs)
        self.half_days = sorted({half_day.key: half_day for half_day in problem.half_days}.values())
        self.slot = {half_day.key: s for s, half_day in enumerate(self.half_days)}
        self.fixed = [(need, need.now) for need in problem.needs if need.fixed and need.now]
        self.now = np.array(
            [self.slot.get(need.now.key, -1) if need.now else -1 for need in self.needs], dtype=np.int64
        )
        self.people = _members((i, need.people.union(*need.people_on.values())) for i, need in enumerate(self.needs))
        self.venues = _members((i, [need.venue] if need.venue else []) for i, need in enumerate(self.needs))
        self.streets = _members((i, [need.street]) for i, need in enumerate(self.needs))
        self.open: Flags = np.ones((len(self.needs), len(self.half_days)), dtype=bool)
        self._close_busy()
        self._close_taken()
        self.open &= (self.street_room > 0)[self._street_of] & (self.day_room > 0)
        needs, slots = np.nonzero(self.open)
        self.places: tuple[Ints, Ints] = needs, slots
        self.column: Ints = (np.cumsum(self.open.ravel()) - 1).reshape(self.open.shape)

    # -- What is open ------------------------------------------------------------------------

    def _close_busy(self) -> None:
        for person, day, part in self.problem.busy:
            s = self.slot.get((day, str(part)))
            if s is not None:
                self._close(self.people.get(person, ()), [s], person)

    def _close_taken(self) -> None:
        limits = self.problem.limits
        for need, now in self.fixed:
            near = self._near(now, limits.minutes + limits.travel)
            for person in need.people_of(now.day) if near else ():
                self._close(self.people.get(person, ()), near, person)
            if need.venue in self.venues:
                self._close(self.venues[need.venue], self._near(now, limits.minutes))

    def _close(self, needs: Iterable[int], slots: Sequence[int], person: int | None = None) -> None:
        for i in needs:
            for s in slots:
                if person is None or person in self.needs[i].people_of(self.half_days[s].day):
                    self.open[i, s] = False

    def _near(self, now: HalfDay, reach: int) -> list[int]:
        """The half-days that nobody can take who is there."""
        same_day = (s for s, other in enumerate(self.half_days) if other.day == now.day)
        return [s for s in same_day if self.half_days[s].part == now.part or _apart(self.half_days[s], now) < reach]

    @cached_property
    def _street_of(self) -> Ints:
        number = {street: k for k, street in enumerate(self.streets)}
        return np.array([number[need.street] for need in self.needs], dtype=np.int64)

    @cached_property
    def street_taken(self) -> Floats:
        """Fixed visits per street and half-day."""
        number = {street: k for k, street in enumerate(self.streets)}
        taken = np.zeros((len(self.streets), len(self.half_days)))
        for need, now in self.fixed:
            if need.street in number and now.key in self.slot:
                taken[number[need.street], self.slot[now.key]] += 1
        return taken

    @cached_property
    def street_room(self) -> Floats:
        caps = [self.problem.limits.of(street) for street in self.streets]
        room = np.array([math.inf if cap is None else cap for cap in caps]).reshape(-1, 1)
        return np.maximum(room - self.street_taken, 0)

    @cached_property
    def day_room(self) -> Floats:
        """What the office can still carry on the day of each half-day."""
        cap = math.inf if self.problem.limits.day is None else self.problem.limits.day
        taken = [sum(now.day == half_day.day for _, now in self.fixed) for half_day in self.half_days]
        return np.maximum(cap - np.array(taken, dtype=float), 0)

    # -- Between plans and vectors ------------------------------------------------------------

    @property
    def columns(self) -> int:
        return len(self.places[0]) + len(self.crowds.limit)

    def at(self, i: int, s: int) -> HalfDay:
        """The half-day with the hour the visit would have: its own if it stays and that disturbs nobody."""
        half_day, now = self.half_days[s], self.needs[i].now
        if now is None or self.now[i] != s or now.starts_at == half_day.starts_at:
            return half_day
        own = replace(half_day, starts_at=now.starts_at)
        hours = self._hours[half_day.day]
        return own if self._reached(own, hours) == self._reached(half_day, hours) else half_day

    @cached_property
    def _hours(self) -> dict[date, set[tuple[time, str]]]:
        """All hours at which anything may begin on a day."""
        hours: dict[date, set[tuple[time, str]]] = defaultdict(set)
        for half_day in (*self.half_days, *(need.now for need in self.problem.needs if need.now)):
            hours[half_day.day].add((half_day.starts_at, str(half_day.part)))
        return hours

    def _reached(self, at: HalfDay, hours: Iterable[tuple[time, str]]) -> list[tuple[bool, bool]]:
        limits = self.problem.limits
        reaches = limits.minutes, limits.minutes + limits.travel
        begin = minute(at.starts_at)
        others = sorted((minute(hour) for hour, part in hours if part != at.part))
        return [tuple(abs(begin - other) < reach for reach in reaches) for other in others]  # type: ignore[misc]

    def vector(self, chosen: Iterable[tuple[int, int]]) -> Floats:
        """The x of a plan given by pairs of visit and half-day."""
        x = np.zeros(self.columns)
        x[[self.column[pair] for pair in chosen]] = 1.0
        return self.settled(x)

    def settled(self, x: Floats) -> Floats:
        """With counting columns as small as they may be."""
        crowds, first = self.crowds, len(self.places[0])
        load = np.bincount(crowds.rows, x[crowds.columns], len(crowds.limit))
        x = x.copy()
        x[first:] = np.maximum(load - crowds.limit, 0)
        return x

    # -- The program --------------------------------------------------------------------------

    def cost(self, measure: Measure) -> Floats:
        needs, slots = self.places
        cost = np.zeros(self.columns)
        if measure == Measure.UNPLACED:
            cost[: len(needs)] = -1
        elif measure == Measure.CHANGES:
            stays = np.flatnonzero(self.now[needs] == slots)
            cost[stays] = [-self.needs[i].change_cost for i in needs[stays].tolist()]
        else:
            points = self.problem.points
            pairs = zip(needs.tolist(), slots.tolist(), strict=True)
            cost[: len(needs)] = [points.of(self.needs[i], self.half_days[s]) for i, s in pairs]
            cost[len(needs) :] = points.crowd
        return cost

    def nothing_better(self, measure: Measure) -> float:
        """A bound that needs no solver: everything that can be is placed, nothing moves that need not."""
        if measure == Measure.UNPLACED:
            return -float(self.open.any(axis=1).sum())
        if measure == Measure.CHANGES:
            return float(self.cost(measure).sum())
        return 0.0

    def program(self) -> Program:
        """All rules, with a cost by which a place outweighs changes and a change outweighs points."""
        needs, _ = self.places
        first = len(needs)
        crowds = self.crowds
        count = np.arange(len(crowds.limit))
        parts = [
            Rows(needs, np.arange(first), np.ones(len(self.needs))),
            *self._shared(),
            Rows(np.append(crowds.rows, count), np.append(crowds.columns, first + count), crowds.limit),
        ]
        offsets = np.cumsum([0, *(len(part.limit) for part in parts)])
        values = np.ones(sum(len(part.rows) for part in parts))
        values[len(values) - len(count) :] = -1
        most = np.ones(self.columns)
        most[first:] = np.bincount(crowds.rows, minlength=len(count)) + np.maximum(-crowds.limit, 0)
        return Program(
            sum((weight * self.cost(measure) for measure, weight in WEIGHTS.items()), np.zeros(self.columns)),
            most,
            np.arange(self.columns) < first,
            np.concatenate([part.rows + offset for part, offset in zip(parts, offsets, strict=False)]),
            np.concatenate([part.columns for part in parts]),
            values,
            np.concatenate([part.limit for part in parts]),
        )

    def _shared(self) -> list[Rows]:
        limits, slots = self.problem.limits, len(self.half_days)
        by_person = list(groups(self.half_days, limits.minutes + limits.travel))
        by_room = list(groups(self.half_days, limits.minutes))
        alone = [[s] for s in range(slots)]
        by_day: dict[date, list[int]] = defaultdict(list)
        for s, half_day in enumerate(self.half_days):
            by_day[half_day.day].append(s)
        day_room = self.day_room[[day[0] for day in by_day.values()]].reshape(1, -1)
        people = self._distinct()
        return [
            self._rows(people, by_person, np.ones((len(people), len(by_person)))),
            *self._rows_of_changing_people(by_person),
            self._rows(list(self.venues.values()), by_room, np.ones((len(self.venues), len(by_room)))),
            self._rows(list(self.streets.values()), alone, self.street_room),
            self._rows([range(len(self.needs))], list(by_day.values()), day_room),
        ]

    def _distinct(self) -> Sets:
        """Who shares visits with whom: people with the same visits are one. Only those the same on all days."""
        same = ({i for i in needs if not self.needs[i].people_on} for needs in self.people.values())
        return sorted({tuple(sorted(needs)) for needs in same if len(needs) > 1})

    def _rows_of_changing_people(self, slots: Sets) -> list[Rows]:
        """People of visits whose seats change hands within the window: their rows count only the days they serve."""
        found = []
        for person, needs in sorted(self.people.items()):
            if len(needs) > 1 and any(self.needs[i].people_on for i in needs):
                serves = np.zeros_like(self.open)
                for i in needs:
                    serves[i] = [person in self.needs[i].people_of(half_day.day) for half_day in self.half_days]
                found.append(self._rows([needs], slots, np.ones((1, len(slots))), serves))
        return found

    @cached_property
    def crowds(self) -> Rows:
        """Visits beyond a street's even share of a half-day; the share counts worked half-days, not evenings."""
        regular = sum(half_day.working and not half_day.evening for half_day in self.half_days) or len(self.half_days)
        streets = list(self.streets.values())
        wanted = np.array([len(needs) for needs in streets]) + self.street_taken.sum(axis=1)
        share = np.maximum(np.ceil(wanted / max(regular, 1)), 1).reshape(-1, 1) - self.street_taken
        return self._rows(streets, [[s] for s in range(len(self.half_days))], share)

    def _rows(self, sets: Sets, slots: Sets, limit: Floats, serves: Flags | None = None) -> Rows:
        """One row per set of visits and group of half-days, unless it could never be full."""
        which = np.repeat(np.arange(len(sets)), [len(needs) for needs in sets])
        needs = np.concatenate([np.asarray(needs, dtype=np.int64) for needs in sets] or [np.zeros(0, dtype=np.int64)])
        open_ = self.open if serves is None else self.open & serves
        rows, columns = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for g, group in enumerate(slots):
            for s in group:
                entries = open_[needs, s]
                rows.append(which[entries] * len(slots) + g)
                columns.append(self.column[needs[entries], s])
        row, column, limits = np.concatenate(rows), np.concatenate(columns), limit.ravel()
        binding = np.bincount(row, minlength=len(limits)) > limits
        number = np.cumsum(binding) - 1
        kept = binding[row]
        return Rows(number[row[kept]], column[kept], limits[binding])


def _members(pairs: Iterable[tuple[int, Iterable[Key]]]) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = defaultdict(list)
    for i, keys in pairs:
        for key in keys:
            found[key].append(i)
    return dict(found)


def _apart(one: HalfDay, other: HalfDay) -> int:
    return abs(minute(one.starts_at) - minute(other.starts_at))
