"""Whether a plan keeps the hard rules, worked out anew and pair by pair: nothing here is shared with the planner."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from visits.scheduling.model import HalfDay, Need, Placement, Problem, Rule


@dataclass(frozen=True)
class Breach:
    """A hard rule that a plan breaks."""

    rule: Rule
    about: int | str | None
    day: date
    visits: tuple[int, ...]


@dataclass(frozen=True)
class Standing:
    need: Need
    day: date
    part: str
    begin: int
    planned: bool

    @classmethod
    def of(cls, need: Need, at: HalfDay | Placement, *, planned: bool) -> "Standing":
        half_day = at.half_day if isinstance(at, Placement) else at
        begin = at.starts_at.hour * 60 + at.starts_at.minute
        return cls(need, half_day.day, str(half_day.part), begin, planned)


def breaches(problem: Problem, placements: Iterable[Placement]) -> list[Breach]:
    """Everything a plan breaks, together with the fixed visits; what these break among themselves is not its fault."""
    placed = list(placements)
    needs = {need.visit: need for need in problem.needs}
    standing = [Standing.of(needs[placement.visit], placement, planned=True) for placement in placed]
    standing += [Standing.of(need, need.now, planned=False) for need in problem.needs if need.fixed and need.now]
    return [
        *_misplaced(problem, placed, needs),
        *_busy(problem, standing),
        *_pairs(problem, standing),
        *_full(problem, standing),
    ]


def _misplaced(problem: Problem, placements: list[Placement], needs: dict[int, Need]) -> Iterator[Breach]:
    """Half-days nobody offered, fixed visits moved, visits placed twice."""
    offered = {half_day.key for half_day in problem.half_days}
    times = Counter(placement.visit for placement in placements)
    for placement in placements:
        if placement.half_day.key not in offered or needs[placement.visit].fixed or times[placement.visit] > 1:
            yield Breach(Rule.NOT_OFFERED, None, placement.half_day.day, (placement.visit,))


def _busy(problem: Problem, standing: list[Standing]) -> Iterator[Breach]:
    for one in standing:
        for person in sorted(one.need.people_of(one.day)) if one.planned else ():
            if (person, one.day, one.part) in problem.busy:
                yield Breach(Rule.BUSY, person, one.day, (one.need.visit,))


def _pairs(problem: Problem, standing: list[Standing]) -> Iterator[Breach]:
    sharing: dict[tuple[date, Rule, int | str], list[Standing]] = defaultdict(list)
    for one in standing:
        for person in one.need.people_of(one.day):
            sharing[one.day, Rule.PERSON, person].append(one)
        if one.need.venue:
            sharing[one.day, Rule.VENUE, one.need.venue].append(one)
    way = {Rule.PERSON: problem.limits.travel, Rule.VENUE: 0}
    for (day, rule, about), those in sharing.items():
        for one, other in combinations(those, 2):
            apart = abs(one.begin - other.begin)
            close = one.part == other.part or apart < problem.limits.minutes + way[rule]
            if close and (one.planned or other.planned):
                yield Breach(rule, about, day, (one.need.visit, other.need.visit))


def _full(problem: Problem, standing: list[Standing]) -> Iterator[Breach]:
    streets: dict[tuple[int, date, str], list[Standing]] = defaultdict(list)
    days: dict[date, list[Standing]] = defaultdict(list)
    for one in standing:
        streets[one.need.street, one.day, one.part].append(one)
        days[one.day].append(one)
    limits = problem.limits
    for (street, day, _), those in streets.items():
        if _over(those, limits.of(street)):
            yield Breach(Rule.STREET, street, day, tuple(one.need.visit for one in those))
    for day, those in days.items():
        if _over(those, limits.day):
            yield Breach(Rule.DAY, None, day, tuple(one.need.visit for one in those))


def _over(those: list[Standing], cap: int | None) -> bool:
    return cap is not None and len(those) > cap and any(one.planned for one in those)
