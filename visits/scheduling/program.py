"""An integer program in plain arrays, and its proven optimum by HiGHS.

Few plans need a search: the linear relaxation is nearly whole, what it leaves open is small, and its duals are the
proof. The bound is computed from the duals here, so that it holds whatever tolerances the solver works with.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import highspy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

EPSILON = 1e-6
WHOLE = 1.0  # every cost is a whole number: what is better at all is better by this much
LOOK = 0.05  # seconds between two looks at whether somebody has cancelled


class Cancelled(Exception):
    """Somebody asked the planner to stop."""


@dataclass(frozen=True)
class Clock:
    """Until when to search, and whether anybody still wants the answer."""

    deadline: float
    cancelled: Callable[[], bool] | None = None

    @property
    def left(self) -> float:
        return max(self.deadline - time.perf_counter(), 0.0)

    def check(self) -> None:
        if self.cancelled and self.cancelled():
            raise Cancelled


@dataclass(frozen=True)
class Program:
    """Minimise cost·x under A x <= limit and 0 <= x <= most, x whole; A by its non-zero entries, by rows.

    Columns that are no `choice` only count, like the visits beyond a street's even share: they follow from the others.
    """

    cost: Floats
    most: Floats
    choice: Flags
    rows: Ints
    columns: Ints
    values: Floats
    limit: Floats

    def value(self, x: Floats) -> float:
        return float(np.round(self.cost @ x))

    def load(self, x: Floats) -> Floats:
        return np.bincount(self.rows, self.values * x[self.columns], len(self.limit)).astype(np.float64)

    def with_row(self, values: Floats, limit: float) -> "Program":
        """The same with one condition more: values·x <= limit."""
        used = np.flatnonzero(values)
        return replace(
            self,
            rows=np.concatenate([self.rows, np.full(len(used), len(self.limit))]),
            columns=np.concatenate([self.columns, used]),
            values=np.concatenate([self.values, values[used]]),
            limit=np.append(self.limit, limit),
        )

    def only(self, open_: Flags, fixed: Floats) -> "Program":
        """What is left when every column that is not open has its value in `fixed` (0 where it is open)."""
        number = np.cumsum(open_) - 1
        entries = open_[self.columns]
        rows, at = np.unique(self.rows[entries], return_inverse=True)
        left = self.limit - self.load(fixed)
        return Program(
            self.cost[open_],
            self.most[open_],
            self.choice[open_],
            at,
            number[self.columns[entries]],
            self.values[entries],
            left[rows],
        )


@dataclass(frozen=True)
class Solved:
    """The best x found, what it costs, and a bound that no x can beat."""

    x: Floats
    value: float
    bound: float

    @property
    def proven(self) -> bool:
        return self.value <= self.bound + EPSILON


@dataclass(frozen=True)
class Answer:
    """What one run of HiGHS came back with."""

    x: Floats | None
    duals: Floats
    bound: float


def solve(program: Program, start: Floats, clock: Clock) -> Solved:
    """The optimum, or the best found when time is up. `start` must hold: the result is never worse."""
    best = Solved(start, program.value(start), -math.inf)
    if not len(program.cost):
        return replace(best, bound=best.value)
    relaxed = _run(program, clock, whole=False)
    if relaxed.x is None:
        return best
    bound, reduced = _dual_bound(program, relaxed.duals)
    best = replace(best, bound=_ceil(bound))
    if not best.proven:
        best = _finish(program, best, *_nearly_whole(program, relaxed.x), clock, exact=False)
    if not best.proven:
        best = _finish(program, best, *_worth_trying(program, reduced, best.value - bound), clock, exact=True)
    return best


def lower_bound(program: Program, clock: Clock) -> float:
    """What the relaxation proves without a search."""
    relaxed = _run(program, clock, whole=False)
    return -math.inf if relaxed.x is None else _dual_bound(program, relaxed.duals)[0]


def _nearly_whole(program: Program, x: Floats) -> tuple[Flags, Floats]:
    """Keep what the relaxation has decided; open is the rest, as far as it still fits."""
    taken = program.choice & (x > 1 - EPSILON)
    fixed = np.where(taken, 1.0, 0.0)
    left = program.limit - program.load(fixed)
    too_big = np.bincount(program.columns, program.values > left[program.rows] + EPSILON, len(x)) > 0
    return ~program.choice | (~taken & ~too_big), fixed


def _worth_trying(program: Program, reduced: Floats, gap: float) -> tuple[Flags, Floats]:
    """A column whose reduced cost alone eats up what could still be gained keeps its value in every better x."""
    open_ = ~program.choice | (np.abs(reduced) <= gap - WHOLE + EPSILON)
    return open_, np.where(~open_ & (reduced < 0), program.most, 0.0)


def _finish(program: Program, best: Solved, open_: Flags, fixed: Floats, clock: Clock, *, exact: bool) -> Solved:
    """Search the open columns. `exact`: whatever lies outside them cannot be better than `best`."""
    part = program.only(open_, fixed)
    found = _run(part, clock, whole=True, start=best.x[open_] if _agrees(best.x, open_, fixed) else None)
    if found.x is not None:
        x = fixed.copy()
        x[open_] = np.round(found.x)
        if program.value(x) < best.value and (program.load(x) <= program.limit + EPSILON).all():
            best = replace(best, x=x, value=program.value(x))
    if exact:
        bound = _ceil(found.bound + float(program.cost @ fixed))
        best = replace(best, bound=max(best.bound, min(bound, best.value)))
    return best


def _agrees(x: Floats, open_: Flags, fixed: Floats) -> bool:
    return bool(np.array_equal(x[~open_], fixed[~open_]))


def _dual_bound(program: Program, duals: Floats) -> tuple[float, Floats]:
    """The Lagrangian bound of these duals and the reduced costs it leaves: valid for any duals of the right sign."""
    duals = np.minimum(duals, 0.0)
    reduced = program.cost - np.bincount(program.columns, program.values * duals[program.rows], len(program.cost))
    return float(program.limit @ duals + np.minimum(reduced, 0.0) @ program.most), reduced


def _ceil(bound: float) -> float:
    return float(math.ceil(bound - EPSILON)) if math.isfinite(bound) else bound


def _run(program: Program, clock: Clock, *, whole: bool, start: Floats | None = None) -> Answer:
    clock.check()
    rows, columns = len(program.limit), len(program.cost)
    if not columns:
        return Answer(np.zeros(0), np.zeros(rows), 0.0)
    highs = highspy.Highs()
    for name, value in OPTIONS.items():
        highs.setOptionValue(name, value)
    highs.setOptionValue("time_limit", clock.left)
    order = np.argsort(program.rows, kind="stable")
    highs.passModel(
        columns,
        rows,
        len(program.rows),
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        program.cost,
        np.zeros(columns),
        program.most,
        np.full(rows, -highspy.kHighsInf),
        program.limit,
        np.searchsorted(program.rows[order], np.arange(rows)).astype(np.int32),
        program.columns[order].astype(np.int32),
        program.values[order],
        np.full(columns, int(whole), np.int32),
    )
    if start is not None:
        highs.setSolution(columns, np.arange(columns, dtype=np.int32), start)
    if clock.cancelled:
        _listen(highs, clock.cancelled, whole=whole)
    highs.run()
    clock.check()
    return _answer(highs, whole=whole)


OPTIONS = {"output_flag": False, "threads": 1, "random_seed": 1, "mip_rel_gap": 0.0, "mip_abs_gap": WHOLE - 0.01}


def _listen(highs: highspy.Highs, cancelled: Callable[[], bool], *, whole: bool) -> None:
    looked = time.perf_counter()

    def look(event: highspy.highs.HighsCallbackEvent) -> None:
        nonlocal looked
        now = time.perf_counter()
        if now - looked > LOOK:
            looked = now
            event.interrupt(cancelled())

    channel = highs.cbMipInterrupt if whole else highs.cbSimplexInterrupt
    channel += look


def _answer(highs: highspy.Highs, *, whole: bool) -> Answer:
    solution, info = highs.getSolution(), highs.getInfo()
    optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    usable = feasible if whole else optimal
    x = np.array(solution.col_value) if usable else None
    infeasible = highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible
    bound = (math.inf if infeasible else info.mip_dual_bound) if whole else -math.inf
    return Answer(x, np.array(solution.row_dual), bound)
