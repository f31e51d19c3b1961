"""The best plan of a round, with the proof that no plan is better.

Measured in this order, the first difference decides: visits without a place, changes to the plan there was, points
(days off, evenings, half-days against habit, visits beyond a street's even share).
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum

import numpy as np

from visits.scheduling.check import breaches
from visits.scheduling.explain import moves_of, unplaced_of
from visits.scheduling.greedy import Pair, filled_up, greedy
from visits.scheduling.grid import WEIGHTS, Grid
from visits.scheduling.model import Measure, Objective, Placement, Problem, Proposal, Tier
from visits.scheduling.program import EPSILON, Cancelled, Clock, Floats, Solved, lower_bound, solve

__all__ = ["Cancelled", "Step", "propose"]

SEARCH = 0.7  # share of the time for finding the plan; the rest is for proving it


class Step(StrEnum):
    """How far the planner is, in this order."""

    READING = "reading"
    FIRST_PLAN = "first_plan"
    BEST_PLAN = "best_plan"
    PROOF = "proof"
    REASONS = "reasons"
    DONE = "done"


Progress = Callable[[Step], None]


def propose(
    problem: Problem,
    *,
    seconds: float = 60.0,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Proposal:
    """The best plan; after `seconds` the best one found, with bounds. Raises Cancelled when `cancelled` says so."""
    begin = time.perf_counter()
    clock = Clock(begin + seconds, cancelled)

    def reached(step: Step) -> None:
        clock.check()
        if progress:
            progress(step)

    reached(Step.READING)
    grid = Grid(problem)
    reached(Step.FIRST_PLAN)
    first = greedy(grid)
    reached(Step.BEST_PLAN)
    search = replace(clock, deadline=begin + seconds * SEARCH)
    best = solve(grid.program(), grid.vector(first), search)
    reached(Step.PROOF)
    x, tiers = proven(grid, best, clock)
    reached(Step.REASONS)
    if not all(tier.proven for tier in tiers):
        x = grid.vector(filled_up(grid, _chosen(grid, x)))
    proposal = _proposal(grid, x, grid.vector(first), tiers)
    reached(Step.DONE)
    return replace(proposal, seconds=time.perf_counter() - begin)


def proven(grid: Grid, best: Solved, clock: Clock) -> tuple[Floats, tuple[Tier, ...]]:
    """Whether the plan with the least weighted cost is best by each measure in turn, or the plan that is.

    A plan of least weighted cost that is the best by the first two measures is the best by the third as well.
    """
    program, x, tiers = grid.program(), best.x, []
    joint = replace(program, cost=np.zeros(grid.columns))
    weighted, outweighed = True, 0.0
    for measure in (Measure.UNPLACED, Measure.CHANGES):
        part = replace(program, cost=grid.cost(measure))
        joint = replace(joint, cost=joint.cost + WEIGHTS[measure] * part.cost)
        least = grid.nothing_better(measure)
        if part.value(x) > least:
            # With the measures before it in the cost instead of a condition, the relaxation is four times as fast.
            least = max(least, _whole((lower_bound(joint, clock) - outweighed) / WEIGHTS[measure]))
        found = Solved(x, part.value(x), least)
        if not found.proven:
            found = solve(part, x, clock)
        weighted = weighted and found.value == part.value(x)
        outweighed += WEIGHTS[measure] * found.value
        x = grid.settled(found.x)
        tiers.append(_tier(grid, measure, found.value, max(found.bound, least)))
        program = program.with_row(part.cost, found.value)
    part = replace(program, cost=grid.cost(Measure.POINTS))
    found = Solved(x, part.value(x), best.bound - outweighed) if weighted else solve(part, x, clock)
    tiers.append(_tier(grid, Measure.POINTS, found.value, max(found.bound, 0.0)))
    return grid.settled(found.x), tuple(tiers)


def _whole(bound: float) -> float:
    return float(math.ceil(bound - EPSILON)) if math.isfinite(bound) else bound


def _tier(grid: Grid, measure: Measure, value: float, bound: float) -> Tier:
    base = _base(grid, measure)
    return Tier(measure, round(value) + base, round(max(bound, -base)) + base)


def _base(grid: Grid, measure: Measure) -> int:
    """What a plan without any visit would cost."""
    if measure == Measure.UNPLACED:
        return len(grid.needs)
    return sum(need.change_cost for need in grid.needs if need.now) if measure == Measure.CHANGES else 0


def _chosen(grid: Grid, x: Floats) -> list[Pair]:
    needs, slots = grid.places
    taken = x[: len(needs)] > 0.5
    return list(zip(needs[taken].tolist(), slots[taken].tolist(), strict=True))


def _proposal(grid: Grid, x: Floats, first: Floats, tiers: Sequence[Tier]) -> Proposal:
    placements = [
        Placement(grid.needs[i].visit, grid.half_days[s], grid.at(i, s).starts_at) for i, s in _chosen(grid, x)
    ]
    if broken := breaches(grid.problem, placements):
        raise AssertionError(f"The plan breaks a rule: {broken[0]}")
    return Proposal(
        tuple(placements),
        moves_of(grid.problem, placements),
        unplaced_of(grid.problem, placements),
        objective_of(grid, x),
        objective_of(grid, first),
        _as_they_are(tiers, objective_of(grid, x)),
        0.0,
    )


def _as_they_are(tiers: Sequence[Tier], objective: Objective) -> tuple[Tier, ...]:
    return tuple(replace(tier, value=value) for tier, value in zip(tiers, objective.rank, strict=True))


def objective_of(grid: Grid, x: Floats) -> Objective:
    chosen = _chosen(grid, x)
    where = dict(chosen)
    places = [(grid.needs[i], grid.half_days[s]) for i, s in chosen]
    left = [need for i, need in enumerate(grid.needs) if need.now and where.get(i, -1) != grid.now[i]]
    left += [need for i, need in enumerate(grid.needs) if need.now and grid.now[i] < 0 and i not in where]
    return Objective(
        unplaced=len(grid.needs) - len(chosen),
        changes=sum(need.change_cost for need in left),
        points=round(float(grid.cost(Measure.POINTS) @ x)),
        moved=len(left),
        days_off=sum(not half_day.working for _, half_day in places),
        evenings=sum(half_day.evening for _, half_day in places),
        against_habit=sum(need.against_habit(half_day) for need, half_day in places),
        crowded=round(float(x[len(grid.places[0]) :].sum())),
    )
