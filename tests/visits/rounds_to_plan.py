"""Small rounds for property tests, and the best plan of one found by trying all."""

from datetime import date, time, timedelta
from itertools import product
from math import ceil, inf

from hypothesis import strategies as st

from visits.scheduling.check import breaches
from visits.scheduling.model import (
    STARTS,
    HalfDay,
    Limits,
    Need,
    Part,
    Placement,
    Points,
    Problem,
    Proposal,
)

THURSDAY = date(2026, 10, 8)
DAYS = [THURSDAY + timedelta(days=n) for n in range(3)]
PEOPLE = range(1, 7)
HOURS = {Part.MORNING: [time(8), time(9, 30), time(11, 30)], Part.AFTERNOON: [time(13), time(14), time(17, 30)]}

days, parts = st.sampled_from(DAYS), st.sampled_from([Part.MORNING, Part.AFTERNOON, Part.EVENING])
people = st.frozensets(st.sampled_from(PEOPLE), max_size=3)


@st.composite
def half_days(draw: st.DrawFn) -> HalfDay:
    day, part = draw(days), draw(parts)
    return HalfDay(day, STARTS[part], part, working=day != DAYS[2])


@st.composite
def places(draw: st.DrawFn) -> HalfDay:
    """Where a visit stands already: at odd hours too."""
    half_day = draw(half_days())
    return HalfDay(half_day.day, draw(st.sampled_from(HOURS.get(Part(half_day.part), [time(19)]))), half_day.part)


@st.composite
def problems(draw: st.DrawFn, most: int = 4) -> Problem:
    needs = []
    for visit in range(draw(st.integers(0, most))):
        now = draw(st.none() | places())
        needs.append(
            Need(
                visit,
                draw(st.integers(1, 2)),
                draw(st.sampled_from(["", "a", "b"])),
                draw(people),
                now,
                now is not None and draw(st.integers(0, 3)) == 0,
                draw(st.integers(1, 2)),
                draw(st.frozensets(parts, max_size=1)),
                draw(st.frozensets(st.sampled_from([3, 4, 5]), max_size=1)),
                draw(st.just({}) | st.dictionaries(days, people, max_size=1)),
            )
        )
    limits = Limits(
        minutes=draw(st.sampled_from([90, 90, 240])),
        street=draw(st.none() | st.integers(0, 2)),
        streets=draw(st.just({}) | st.just({1: 1})),
        day=draw(st.none() | st.integers(1, 3)),
    )
    return Problem(
        needs,
        draw(st.lists(half_days(), max_size=4, unique_by=lambda half_day: half_day.key)),
        draw(st.frozensets(st.tuples(st.sampled_from(PEOPLE), days, parts.map(str)), max_size=8)),
        limits,
        extra=draw(st.lists(half_days(), max_size=3)),
        substitutes=draw(st.dictionaries(st.sampled_from(PEOPLE), st.lists(st.integers(7, 9), max_size=2), max_size=3)),
    )


def rank(problem: Problem, placements: list[Placement]) -> tuple[int, int, int]:
    """What is unplaced, changed and unpleasant, counted the plain way."""
    where = {placement.visit: placement.half_day for placement in placements}
    free = [need for need in problem.needs if not need.fixed]
    changes = sum(
        need.change_cost
        for need in free
        if need.now and (need.visit not in where or where[need.visit].key != need.now.key)
    )
    points = sum(problem.points.of(need, where[need.visit]) for need in free if need.visit in where)
    return len(free) - len(where), changes, points + problem.points.crowd * crowded(problem, placements)


def crowded(problem: Problem, placements: list[Placement]) -> int:
    regular = sum(half_day.working and half_day.part != Part.EVENING for half_day in problem.half_days)
    regular = regular or len(problem.half_days)
    free = {need.street for need in problem.needs if not need.fixed}
    keys = [half_day.key for half_day in problem.half_days]
    streets = {need.visit: need.street for need in problem.needs}
    standing = [(streets[placement.visit], placement.half_day.key) for placement in placements]
    fixed = [(need.street, need.now.key) for need in problem.needs if need.fixed and need.now and need.now.key in keys]
    too_many = 0
    for street in free if keys else ():
        wanted = sum(need.street == street for need in problem.needs if not need.fixed)
        share = max(ceil((wanted + sum(of == street for of, _ in fixed)) / regular), 1)
        too_many += sum(max((standing + fixed).count((street, key)) - share, 0) for key in keys)
    return too_many


def best_rank(problem: Problem, hours: dict[tuple[int, tuple[date, str]], time]) -> tuple[float, float, float]:
    """The best of all plans there are. `hours`: at which hour a visit would stand in a half-day, if not the usual."""
    free = [need for need in problem.needs if not need.fixed]
    best: tuple[float, float, float] = (inf, inf, inf)
    for chosen in product([None, *problem.half_days], repeat=len(free)):
        placements = [
            Placement(need.visit, half_day, hours.get((need.visit, half_day.key), half_day.starts_at))
            for need, half_day in zip(free, chosen, strict=True)
            if half_day
        ]
        if (found := rank(problem, placements)) < best and not breaches(problem, placements):
            best = found
    return best


def placed(proposal: Proposal) -> dict[int, tuple[date, str]]:
    return {placement.visit: placement.half_day.key for placement in proposal.placements}


__all__ = ["Points", "best_rank", "placed", "problems", "rank"]
