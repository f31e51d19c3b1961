"""The solver under the planner: what it calls proven is the optimum, also where the relaxation is far from whole."""

import math
import time
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits.scheduling.program import Cancelled, Clock, Program, solve

SOON = 60.0


def program(cost: list[int], together: list[tuple[set[int], int]], most: list[int] | None = None) -> Program:
    """At most so many of these columns together."""
    rows = [row for row, (columns, _) in enumerate(together) for _ in columns]
    columns = [column for some, _ in together for column in sorted(some)]
    return Program(
        np.array(cost, dtype=float),
        np.array(most or [1] * len(cost), dtype=float),
        np.ones(len(cost), dtype=bool),
        np.array(rows, dtype=np.int64),
        np.array(columns, dtype=np.int64),
        np.ones(len(rows)),
        np.array([limit for _, limit in together], dtype=float),
    )


def best(problem: Program) -> float:
    every = (np.array(x, dtype=float) for x in product([0, 1], repeat=len(problem.cost)))
    return min(problem.value(x) for x in every if (problem.load(x) <= problem.limit).all())


def solved(problem: Program, start: list[float] | None = None) -> tuple[float, float]:
    begin = np.array(start if start is not None else [0.0] * len(problem.cost))
    found = solve(problem, begin, Clock(time.perf_counter() + SOON))
    assert (problem.load(found.x) <= problem.limit).all()
    assert problem.value(found.x) == found.value
    return found.value, found.bound


pairs = st.sets(st.integers(0, 8), min_size=2, max_size=3)


@given(
    st.lists(st.integers(-9, 1), min_size=9, max_size=9),
    st.lists(st.tuples(pairs, st.just(1)), min_size=6, max_size=24),
)
def test_the_optimum_is_found_and_proven(cost: list[int], together: list[tuple[set[int], int]]) -> None:
    problem = program(cost, together)
    assert solved(problem) == (best(problem), best(problem))


@given(
    st.lists(st.integers(-9, 1), min_size=9, max_size=9),
    st.lists(st.tuples(pairs, st.just(1)), min_size=6, max_size=24),
)
def test_the_search_behind_the_quick_one_is_exact_by_itself(
    cost: list[int], together: list[tuple[set[int], int]]
) -> None:
    """The quick search mostly finds the optimum; here it finds nothing, and the exact one has all to do."""
    problem = program(cost, together)
    nothing = np.zeros(9, dtype=bool), np.zeros(9)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("visits.scheduling.program._nearly_whole", lambda program, x: nothing)
        assert solved(problem) == (best(problem), best(problem))


def test_rings_of_five_are_half_and_half_in_the_relaxation_and_still_solved() -> None:
    """Of five in a ring two can be chosen; the relaxation says two and a half."""
    rings = 4
    together = [({5 * ring + n, 5 * ring + (n + 1) % 5}, 1) for ring in range(rings) for n in range(5)]
    assert solved(program([-1] * 5 * rings, together)) == (-2.0 * rings, -2.0 * rings)


def test_a_start_is_never_made_worse_and_without_time_it_is_the_answer() -> None:
    problem = program([-3, -2], [({0, 1}, 1)])
    assert solve(problem, np.array([0.0, 1.0]), Clock(time.perf_counter() - 1)).value == -2
    assert solved(problem, [0.0, 1.0]) == (-3, -3)


def test_no_time_proves_nothing() -> None:
    found = solve(program([-3, -2], [({0, 1}, 1)]), np.zeros(2), Clock(time.perf_counter() - 1))
    assert (found.bound, found.proven) == (-math.inf, False)


def test_a_search_can_be_cancelled_while_it_runs() -> None:
    answers = iter([False, False])
    with pytest.raises(Cancelled):
        solve(
            program([-3, -2], [({0, 1}, 1)]),
            np.zeros(2),
            Clock(time.perf_counter() + SOON, lambda: next(answers, True)),
        )
