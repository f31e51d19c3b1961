"""The planner: no rule is ever broken, nothing is better, and every reason it gives is true."""

import ast
import random
from dataclasses import replace
from datetime import date, time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.visits.rounds_to_plan import best_rank, placed, problems, rank
from visits.dayparts import USUAL_STARTS, DayPart
from visits.scheduling import grid, model
from visits.scheduling.check import Breach, breaches
from visits.scheduling.grid import Grid
from visits.scheduling.model import (
    STARTS,
    Cause,
    Fix,
    HalfDay,
    Limits,
    Measure,
    Need,
    Part,
    Placement,
    Problem,
    Repair,
    Rule,
    offered,
)
from visits.scheduling.plan import Cancelled, Step, propose
from visits.workdays import Workdays

THURSDAY, FRIDAY, SATURDAY = date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10)
MORNING = HalfDay(THURSDAY, time(9, 30), Part.MORNING)
AFTERNOON = HalfDay(THURSDAY, time(14), Part.AFTERNOON)
EVENING = HalfDay(THURSDAY, time(19), Part.EVENING)
NEXT_MORNING = HalfDay(FRIDAY, time(9, 30), Part.MORNING)
LAWYER, OTHER_LAWYER, LEAD = 7, 8, 9


def needs(count: int, **fields: object) -> list[Need]:
    return [Need(visit, 1, **fields) for visit in range(count)]  # type: ignore[arg-type]


def shared(count: int = 2) -> list[Need]:
    return needs(count, people=frozenset({LAWYER}))


# -- For any round -----------------------------------------------------------------------------


@given(problems())
def test_the_plan_keeps_every_rule_and_none_is_better(problem: Problem) -> None:
    proposal = propose(problem)

    assert breaches(problem, proposal.placements) == []
    free = [need.visit for need in problem.needs if not need.fixed]
    assert sorted([*placed(proposal), *(one.visit for one in proposal.unplaced)]) == free
    assert proposal.objective.rank == rank(problem, list(proposal.placements)) == best_rank(problem, own_hours(problem))
    assert proposal.proven
    assert [tier.value for tier in proposal.tiers] == list(proposal.objective.rank)
    assert proposal.greedy.rank >= proposal.objective.rank


@given(problems())
def test_the_measures_come_in_their_order_whatever_weights_the_search_uses(problem: Problem) -> None:
    """With weights that mislead the search, the proof notices and finds the best plan all the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grid, "WEIGHTS", {Measure.UNPLACED: 1.0, Measure.CHANGES: 1.0, Measure.POINTS: 1.0})
        patch.setattr("visits.scheduling.plan.WEIGHTS", grid.WEIGHTS)
        proposal = propose(problem)

    assert proposal.objective.rank == best_rank(problem, own_hours(problem))
    assert proposal.proven


@given(problems(most=6))
def test_what_has_no_place_is_kept_out_by_exactly_the_rules_it_names(problem: Problem) -> None:
    proposal = propose(problem)
    for unplaced in proposal.unplaced:
        beside = () if unplaced.alone else proposal.placements
        named = {(cause.rule, cause.about) for cause in unplaced.why}
        forbidding = [broken_at(problem, beside, unplaced.visit, half_day) for half_day in problem.half_days]
        assert all(rules & named for rules in forbidding), "kept alone, the named rules would leave it a place"
        assert any(rules <= named for rules in forbidding) or named == {(Rule.NOT_OFFERED, None)}
        assert all(cause.half_days for cause in unplaced.why) or not problem.half_days


@given(problems(most=6))
def test_a_visit_moves_only_when_its_old_place_is_forbidden_and_says_by_what(problem: Problem) -> None:
    proposal = propose(problem)
    for move in proposal.moves:
        rest = [placement for placement in proposal.placements if placement.visit != move.visit]
        [there] = [half_day for half_day in problem.half_days if half_day.key == move.before.key] or [None]
        named = {(cause.rule, cause.about) for cause in move.why}
        assert named == (broken_at(problem, rest, move.visit, there) if there else {(Rule.NOT_OFFERED, None)}) != set()
    assert len(proposal.moves) == proposal.objective.moved


@given(problems(most=6))
def test_the_first_repairs_can_be_applied_together(problem: Problem) -> None:
    proposal = propose(problem)
    people = {need.visit: need for need in problem.needs}
    added = []
    for unplaced in proposal.unplaced:
        for repair in unplaced.repairs[:1]:
            people[unplaced.visit] = with_substitute(people[unplaced.visit], repair)
            added.append(Placement(unplaced.visit, repair.half_day, repair.half_day.starts_at))
    repaired = replace(problem, needs=list(people.values()), half_days=[*problem.half_days, *problem.extra])
    assert breaches(repaired, [*proposal.placements, *added]) == []


@given(problems(most=6), st.randoms())
def test_the_same_question_has_the_same_answer_in_any_order(problem: Problem, chance: random.Random) -> None:
    mixed, half_days = list(problem.needs), list(problem.half_days)
    chance.shuffle(mixed)
    chance.shuffle(half_days)
    first, second = propose(problem), propose(replace(problem, needs=mixed, half_days=half_days))
    assert replace(first, seconds=0, unplaced=()) == replace(second, seconds=0, unplaced=())
    assert [one.visit for one in first.unplaced] == [one.visit for one in second.unplaced]


@given(problems(most=6))
def test_without_time_there_still_is_a_plan_that_keeps_the_rules(problem: Problem) -> None:
    proposal = propose(problem, seconds=0)
    assert breaches(problem, proposal.placements) == []
    assert all(
        tier.bound <= best for tier, best in zip(proposal.tiers[:1], propose(problem).objective.rank, strict=False)
    )


def own_hours(problem: Problem) -> dict[tuple[int, tuple[date, str]], time]:
    table = Grid(problem)
    return {
        (need.visit, table.half_days[table.now[i]].key): table.at(i, int(table.now[i])).starts_at
        for i, need in enumerate(table.needs)
        if table.now[i] >= 0
    }


def broken_at(problem: Problem, beside: object, visit: int, half_day: HalfDay) -> set[tuple[Rule, int | str | None]]:
    with_it = [*beside, Placement(visit, half_day, half_day.starts_at)]  # type: ignore[misc]
    found = [breach for breach in breaches(problem, with_it) if visit in breach.visits]
    return {(breach.rule, breach.about) for breach in found}


def with_substitute(need: Need, repair: Repair) -> Need:
    if repair.person is None or repair.by is None:
        return need
    people = need.people_of(repair.half_day.day) - {repair.person} | {repair.by}
    return replace(need, people_on={**need.people_on, repair.half_day.day: people})


# -- The checker itself --------------------------------------------------------------------------


def test_a_plan_made_without_looking_is_caught() -> None:
    """The twin of the property tests: everything at the first half-day, as an unchecked plan would have it."""
    problem = Problem(
        needs(3, venue="1/302", people=frozenset({LAWYER})), [MORNING, AFTERNOON], limits=Limits(street=2)
    )
    unchecked = [Placement(need.visit, MORNING, MORNING.starts_at) for need in problem.needs]

    found = breaches(problem, unchecked)

    assert {breach.rule for breach in found} == {Rule.PERSON, Rule.VENUE, Rule.STREET}
    assert Breach(Rule.PERSON, LAWYER, THURSDAY, (0, 1)) in found


def test_a_plan_that_ignores_busy_times_or_the_way_is_caught() -> None:
    busy = frozenset({(LAWYER, THURSDAY, "morning")})
    problem = Problem(shared(), [MORNING, AFTERNOON], busy, Limits(minutes=180, travel=120))
    found = breaches(problem, [Placement(0, MORNING, time(9, 30)), Placement(1, AFTERNOON, time(14))])
    assert [breach.rule for breach in found] == [Rule.BUSY, Rule.PERSON]


# -- One thing at a time -------------------------------------------------------------------------


def test_a_shared_lawyer_needs_two_half_days() -> None:
    assert sorted(placed(propose(Problem(shared(), [MORNING, AFTERNOON]))).values()) == [AFTERNOON.key, MORNING.key]


def test_two_half_days_too_close_for_the_way_count_as_one() -> None:
    proposal = propose(Problem(shared(), [MORNING, AFTERNOON], limits=Limits(minutes=240, travel=45)))
    assert proposal.objective.unplaced == 1


def test_a_lawyer_busy_on_all_days_is_named_with_those_days() -> None:
    busy = frozenset(
        {(LAWYER, day, part) for day in (THURSDAY, FRIDAY) for part in Part} | {(LEAD, THURSDAY, "morning")}
    )
    problem = Problem(needs(1, people=frozenset({LAWYER, LEAD})), [MORNING, NEXT_MORNING], busy)

    [unplaced] = propose(problem).unplaced

    assert unplaced.alone
    assert [(cause.rule, cause.about, cause.days) for cause in unplaced.why] == [
        (Rule.BUSY, LAWYER, (THURSDAY, FRIDAY))
    ]


def test_a_visit_that_lost_to_others_says_who_holds_its_places() -> None:
    problem = Problem(shared(3), [MORNING, AFTERNOON])
    proposal = propose(problem)
    [unplaced] = proposal.unplaced
    assert not unplaced.alone
    assert unplaced.why == (Cause(Rule.PERSON, LAWYER, (MORNING, AFTERNOON), tuple(sorted(placed(proposal)))),)


def test_a_window_that_does_not_exist_places_nothing_and_says_so() -> None:
    [unplaced] = propose(Problem(needs(1), offered(SATURDAY, THURSDAY, Workdays()))).unplaced
    assert (unplaced.alone, unplaced.why) == (True, (Cause(Rule.NOT_OFFERED, None, ()),))


def test_no_visits_are_a_plan_too() -> None:
    proposal = propose(Problem([], [MORNING]))
    assert (proposal.placements, proposal.proven) == ((), True)


def test_repairs_are_of_three_kinds_and_leave_the_plan_alone() -> None:
    outside = replace(NEXT_MORNING, outside=True)
    problem = Problem(
        needs(1, people=frozenset({LAWYER, LEAD})),
        [MORNING],
        frozenset({(LAWYER, THURSDAY, "morning")}),
        extra=[outside, EVENING],
        substitutes={LAWYER: [OTHER_LAWYER]},
    )
    [unplaced] = propose(problem).unplaced
    assert unplaced.repairs == (
        Repair(Fix.EVENING, EVENING),
        Repair(Fix.SUBSTITUTE, MORNING, LAWYER, OTHER_LAWYER),
        Repair(Fix.OUTSIDE, outside),
    )


def test_a_substitute_who_is_busy_or_on_the_team_is_none() -> None:
    busy = frozenset({(LAWYER, THURSDAY, "morning"), (OTHER_LAWYER, THURSDAY, "morning")})
    problem = Problem(
        needs(1, people=frozenset({LAWYER, LEAD})), [MORNING], busy, substitutes={LAWYER: [OTHER_LAWYER, LEAD]}
    )
    assert propose(problem).unplaced[0].repairs == ()


def test_evenings_days_off_and_habits_are_avoided_and_a_full_plan_comes_first() -> None:
    sunday = HalfDay(date(2026, 10, 11), time(9, 30), Part.MORNING, working=False)
    habit = needs(1, parts=frozenset({"afternoon"}))
    half_days = [sunday, MORNING, AFTERNOON, EVENING]
    assert placed(propose(Problem(habit, half_days))) == {0: AFTERNOON.key}
    assert placed(propose(Problem(shared(4), half_days))).keys() == {0, 1, 2, 3}


def test_a_street_is_spread_evenly_over_the_half_days() -> None:
    half_days = [MORNING, AFTERNOON, NEXT_MORNING]
    found = list(placed(propose(Problem(needs(9), half_days))).values())
    assert [found.count(half_day.key) for half_day in half_days] == [3, 3, 3]


def test_an_even_share_gives_way_to_habits() -> None:
    """Three who prefer mornings beside two whom the first plan puts the wrong way round: one point, no habit broken."""
    street = [Need(visit, 1, parts=frozenset({"morning"})) for visit in range(3)]
    pair = [
        Need(3, 2, people=frozenset({LAWYER})),
        Need(4, 2, people=frozenset({LAWYER}), parts=frozenset({"morning"})),
    ]
    proposal = propose(Problem([*street, *pair], [MORNING, AFTERNOON]))
    assert (proposal.objective.points, proposal.objective.crowded, proposal.greedy.points) == (1, 1, 3)


def test_fixed_visits_stay_and_hold_what_they_have() -> None:
    fixed = replace(shared(1)[0], now=MORNING, fixed=True)
    proposal = propose(Problem([fixed, shared()[1]], [MORNING, AFTERNOON]))
    assert placed(proposal) == {1: AFTERNOON.key}
    assert (proposal.moves, proposal.objective.moved) == ((), 0)


def test_a_visit_that_stays_keeps_its_hour_unless_somebody_would_come_too_late() -> None:
    early = replace(MORNING, starts_at=time(9))
    late = replace(MORNING, starts_at=time(11, 50))
    at = {
        visit: propose(Problem([Need(0, 1, now=now)], [MORNING, AFTERNOON])).placements[0].starts_at
        for visit, now in (("early", early), ("late", late))
    }
    assert at == {"early": time(9), "late": time(9, 30)}


def test_points_never_move_a_visit() -> None:
    lone = Need(0, 1, now=EVENING, parts=frozenset({"morning"}))
    assert placed(propose(Problem([lone], [MORNING, EVENING]))) == {0: EVENING.key}


def test_cancelling_stops_the_planner() -> None:
    with pytest.raises(Cancelled):
        propose(Problem(shared(), [MORNING, AFTERNOON]), cancelled=lambda: True)


def test_the_planner_tells_how_far_it_is() -> None:
    steps: list[Step] = []
    propose(Problem(shared(), [MORNING, AFTERNOON]), progress=steps.append, cancelled=lambda: False)
    assert steps == list(Step)


# -- Half-days on offer --------------------------------------------------------------------------

OCTOBER = Workdays(off=frozenset(date(2026, 10, day) for day in range(1, 8)), worked=frozenset({SATURDAY}))


def test_october_offers_three_days_and_the_make_up_day_like_any_other() -> None:
    found = offered(date(2026, 10, 1), SATURDAY, OCTOBER)
    assert [half_day.day for half_day in found[::2]] == [THURSDAY, FRIDAY, SATURDAY]
    assert all(half_day.working and not half_day.evening for half_day in found)
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2026, 12, 31), date(2027, 1, 4), 2),  # 1 January is off, then a weekend
        (date(2026, 12, 31), date(2026, 12, 31), 1),
        (date(2027, 1, 1), date(2027, 1, 1), 0),
        (date(2027, 1, 2), date(2026, 12, 31), 0),
    ],
)
def test_the_turn_of_the_year_and_windows_that_do_not_exist(first: date, last: date, count: int) -> None:
    workdays = Workdays(off=frozenset({date(2027, 1, 1)}))
    assert len(offered(first, last, workdays)) == count * 2
    assert len(offered(first, last, workdays, evenings=True)) == count * 3


def test_days_off_and_evenings_only_when_asked_for() -> None:
    found = offered(SATURDAY, date(2026, 10, 11), OCTOBER, evenings=True, days_off=True)
    assert [(half_day.working, half_day.evening) for half_day in found] == [
        (working, evening) for working in (True, False) for evening in (False, False, True)
    ]
    assert all(one < other for one, other in pairwise(found))


# -- The house ---------------------------------------------------------------------------------


def test_parts_and_hours_are_those_of_the_app() -> None:
    assert [str(part) for part in Part] == DayPart.values
    assert {str(part): hour for part, hour in STARTS.items()} == {str(p): hour for p, hour in USUAL_STARTS.items()}


def test_the_planner_imports_nothing_of_django() -> None:
    folder = Path(model.__file__).parent
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        assert not [name for name in imported if name.startswith(("django", "visits.models"))], path
