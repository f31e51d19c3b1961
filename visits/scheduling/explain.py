"""Why a visit moves, why one has no place, and what would give it one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations

from visits.scheduling.model import (
    Cause,
    Fix,
    HalfDay,
    Move,
    Need,
    Placement,
    Problem,
    Repair,
    Rule,
    Unplaced,
    free_needs,
)
from visits.scheduling.occupancy import Blocks, Key, Occupancy

Blocked = list[tuple[HalfDay, Blocks]]

RULES = list(Rule)
REPAIRS = 3
FIXES = [Fix.EVENING, Fix.SUBSTITUTE, Fix.OUTSIDE, Fix.DAY_OFF]
EXACT = 3  # rules that are searched for the fewest; beyond, the ones that say most are taken


def moves_of(problem: Problem, placements: Sequence[Placement]) -> tuple[Move, ...]:
    """Every visit that leaves its half-day. In the best plan none does without a cause."""
    after = {placement.visit: placement.half_day for placement in placements}
    leaving = [(need, need.now) for need in free_needs(problem.needs) if need.now]
    leaving = [(need, now) for need, now in leaving if need.visit not in after or after[need.visit].key != now.key]
    occupancy = occupied(problem, placements)
    offered = {half_day.key: half_day for half_day in problem.half_days}
    return tuple(
        Move(need.visit, now, after.get(need.visit), _why_not(occupancy, offered, need, now)) for need, now in leaving
    )


def _why_not(
    occupancy: Occupancy, offered: dict[tuple[date, str], HalfDay], need: Need, now: HalfDay
) -> tuple[Cause, ...]:
    if now.key not in offered:
        return (Cause(Rule.NOT_OFFERED, None, (now,)),)
    there = offered[now.key]
    return tuple(
        _cause(key, [(there, occupancy.blocks(need, there))]) for key in _in_order(occupancy.blocks(need, there))
    )


def unplaced_of(problem: Problem, placements: Sequence[Placement]) -> tuple[Unplaced, ...]:
    """Every visit without a place. The first repairs of all of them can be applied together."""
    placed = {placement.visit for placement in placements}
    empty, full = Occupancy(problem), occupied(problem, placements)
    half_days = sorted({half_day.key: half_day for half_day in problem.half_days}.values())
    left = [need for need in free_needs(problem.needs) if need.visit not in placed]
    reserved = occupied(problem, placements)
    found = []
    for need in left:
        blocked = [(half_day, empty.blocks(need, half_day)) for half_day in half_days]
        alone = all(blocks for _, blocks in blocked)
        if not alone:
            blocked = [(half_day, full.blocks(need, half_day)) for half_day in half_days]
        repairs = repairs_of(problem, need, reserved)
        if repairs:
            _apply(need, repairs[0], reserved)
        found.append(Unplaced(need.visit, alone, reasons(blocked), repairs))
    return tuple(found)


def occupied(problem: Problem, placements: Iterable[Placement]) -> Occupancy:
    needs = {need.visit: need for need in problem.needs}
    occupancy = Occupancy(problem)
    for placement in placements:
        occupancy.put(needs[placement.visit], placement.at)
    return occupancy


# -- Reasons ---------------------------------------------------------------------------------


def reasons(blocked: Blocked) -> tuple[Cause, ...]:
    """As few rules as it takes: some of them forbid every half-day, and together they are all that forbids one."""
    if not blocked:
        return (Cause(Rule.NOT_OFFERED, None, ()),)
    everywhere = {frozenset(blocks) for _, blocks in blocked}
    candidates = []
    for one in everywhere:
        rest = [keys for keys in everywhere if not keys & one]
        candidates.append(one | _hitting(rest))
    fewest = min(candidates, key=lambda keys: (len(keys), _in_order(keys)))
    return tuple(_cause(key, blocked) for key in _in_order(fewest))


def _hitting(sets: list[frozenset[Key]]) -> frozenset[Key]:
    """Few keys of which each set has one."""
    keys = _in_order(frozenset().union(*sets))
    for size in range(min(EXACT, len(keys)) + 1):
        for some in combinations(keys, size):
            if all(not one.isdisjoint(some) for one in sets):
                return frozenset(some)
    most = max(keys, key=lambda key: sum(key in one for one in sets))
    return _hitting([one for one in sets if most not in one]) | {most}


def _in_order(keys: Iterable[Key]) -> list[Key]:
    return sorted(keys, key=lambda key: (RULES.index(key[0]), str(key[1])))


def _cause(key: Key, blocked: Blocked) -> Cause:
    where = [(half_day, blocks[key]) for half_day, blocks in blocked if key in blocks]
    visits = sorted({visit for _, holders in where for visit in holders})
    return Cause(*key, tuple(half_day for half_day, _ in where), tuple(visits))


# -- Repairs ---------------------------------------------------------------------------------


def repairs_of(problem: Problem, need: Need, occupancy: Occupancy) -> tuple[Repair, ...]:
    """Up to three, of different kinds where there are any."""
    found = [*_other_half_days(problem, need, occupancy), *_substitutes(problem, need, occupancy)]
    kinds = {fix: [repair for repair in found if repair.fix == fix] for fix in FIXES}
    ranked = sorted(
        ((n, FIXES.index(fix), repair) for fix, repairs in kinds.items() for n, repair in enumerate(repairs)),
        key=lambda entry: entry[:2],
    )
    return tuple(repair for _, _, repair in ranked[:REPAIRS])


def _other_half_days(problem: Problem, need: Need, occupancy: Occupancy) -> Iterator[Repair]:
    offered = {half_day.key for half_day in problem.half_days}
    for half_day in sorted(problem.extra, key=lambda half_day: (problem.points.of(need, half_day), half_day)):
        if half_day.key not in offered and not occupancy.blocks(need, half_day):
            yield Repair(_fix(half_day), half_day)


def _fix(half_day: HalfDay) -> Fix:
    if half_day.outside:
        return Fix.OUTSIDE
    return Fix.EVENING if half_day.evening else Fix.DAY_OFF


def _substitutes(problem: Problem, need: Need, occupancy: Occupancy) -> Iterator[Repair]:
    """Where one person alone is in the way, whoever of their pool is free then; the least burdened first."""
    found = []
    for half_day in problem.half_days:
        people = {
            about if rule in (Rule.BUSY, Rule.PERSON) else None for rule, about in occupancy.blocks(need, half_day)
        }
        person = people.pop() if len(people) == 1 else None
        if isinstance(person, int):
            for by in problem.substitutes.get(person, ()):
                if by not in need.people_of(half_day.day) and not occupancy.person_blocks(by, need, half_day):
                    rank = occupancy.load(by), problem.points.of(need, half_day), half_day, by
                    found.append((rank, Repair(Fix.SUBSTITUTE, half_day, person, by)))
    yield from (repair for _, repair in sorted(found, key=lambda entry: entry[0]))


def _apply(need: Need, repair: Repair, occupancy: Occupancy) -> None:
    people = need.people_of(repair.half_day.day)
    if repair.person is not None and repair.by is not None:
        people = people - {repair.person} | {repair.by}
    occupancy.put(need, repair.half_day, people)
