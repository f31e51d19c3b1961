"""What the planner is asked and what it answers: frozen values, without a database and without a clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import StrEnum

from visits.workdays import Workdays, days_from


class Part(StrEnum):
    """The values of `visits.dayparts.DayPart`, in the order of the day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


STARTS: Mapping[str, time] = {Part.MORNING: time(9, 30), Part.AFTERNOON: time(14), Part.EVENING: time(19)}


@dataclass(frozen=True, order=True)
class HalfDay:
    """A half-day (or an evening) on offer. `working`: worked by the calendar, make-up working days included."""

    day: date
    starts_at: time
    part: str
    working: bool = True
    outside: bool = False

    @property
    def evening(self) -> bool:
        return self.part == Part.EVENING

    @property
    def key(self) -> tuple[date, str]:
        return self.day, str(self.part)


@dataclass(frozen=True)
class Need:
    """A visit that needs a place. `people` is everybody of its seats and the area's secretary.

    `now` is where it stands today; `fixed` means that it stays there (announced, held), otherwise leaving costs
    `change_cost`. `people_on` names the days on which other people hold the seats. `parts` and `weekdays` are earlier
    habits; nothing there means no preference. `venue` is the key under which rooms are compared, "" is no room.
    """

    visit: int
    street: int
    venue: str = ""
    people: frozenset[int] = frozenset()
    now: HalfDay | None = None
    fixed: bool = False
    change_cost: int = 1
    parts: frozenset[str] = frozenset()
    weekdays: frozenset[int] = frozenset()
    people_on: Mapping[date, frozenset[int]] = field(default_factory=dict)

    def people_of(self, day: date) -> frozenset[int]:
        return self.people_on.get(day, self.people)

    def against_habit(self, half_day: HalfDay) -> int:
        """How many of the two habits a half-day goes against."""
        wrong_part = bool(self.parts) and half_day.part not in self.parts
        wrong_weekday = bool(self.weekdays) and half_day.day.weekday() not in self.weekdays
        return wrong_part + wrong_weekday


@dataclass(frozen=True)
class Limits:
    """How long a visit takes, the way to the next one, and how many visits a street or the office can carry.

    `street` and `streets` count per half-day, `day` counts all visits of a day; None is no limit.
    """

    minutes: int = 90
    travel: int = 45
    street: int | None = None
    streets: Mapping[int, int] = field(default_factory=dict)
    day: int | None = None

    def of(self, street: int) -> int | None:
        return self.streets.get(street, self.street)


@dataclass(frozen=True)
class Points:
    """What counts against a plan once as many visits as possible are placed and as few as possible moved."""

    day_off: int = 20
    evening: int = 10
    habit: int = 2
    crowd: int = 1

    def of(self, need: Need, half_day: HalfDay) -> int:
        unusual = self.day_off * (not half_day.working) + self.evening * half_day.evening
        return unusual + self.habit * need.against_habit(half_day)


@dataclass(frozen=True)
class Problem:
    """Everything the planner is asked. `busy` is (person, day, part).

    `extra` half-days and `substitutes` (who can stand in for whom) serve only repairs of what cannot be placed.
    """

    needs: Sequence[Need]
    half_days: Sequence[HalfDay]
    busy: frozenset[tuple[int, date, str]] = frozenset()
    limits: Limits = Limits()
    points: Points = Points()
    extra: Sequence[HalfDay] = ()
    substitutes: Mapping[int, Sequence[int]] = field(default_factory=dict)


class Rule(StrEnum):
    """The hard rules: no plan ever breaks one."""

    NOT_OFFERED = "not_offered"
    BUSY = "busy"
    PERSON = "person"
    VENUE = "venue"
    STREET = "street"
    DAY = "day"


@dataclass(frozen=True)
class Cause:
    """A rule with what it is about: the person who is busy or elsewhere, the room, the street; and where it bites.

    `visits` hold the person, the room or the last place. A cause without visits lies in the visit itself.
    """

    rule: Rule
    about: int | str | None
    half_days: tuple[HalfDay, ...]
    visits: tuple[int, ...] = ()

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(sorted({half_day.day for half_day in self.half_days}))


@dataclass(frozen=True)
class Placement:
    """Where a visit goes. One that stays in its half-day keeps its own hour, unless that would be too close."""

    visit: int
    half_day: HalfDay
    starts_at: time

    @property
    def at(self) -> HalfDay:
        return replace(self.half_day, starts_at=self.starts_at)


@dataclass(frozen=True)
class Move:
    """A visit that leaves its place (`after` None: it has none any more) and what forbids the old place now."""

    visit: int
    before: HalfDay
    after: HalfDay | None
    why: tuple[Cause, ...]


class Fix(StrEnum):
    EVENING = "evening"
    SUBSTITUTE = "substitute"
    OUTSIDE = "outside"
    DAY_OFF = "day_off"


@dataclass(frozen=True)
class Repair:
    """A way to place what could not be placed; nothing else moves. SUBSTITUTE: `by` stands in for `person`."""

    fix: Fix
    half_day: HalfDay
    person: int | None = None
    by: int | None = None


@dataclass(frozen=True)
class Unplaced:
    """A visit without a place, and the fewest rules that keep it out.

    Keep only these rules and it stays out; lift exactly these and it fits beside the rest of the plan.
    `alone`: it would not fit even if no other visit were still to be placed.
    """

    visit: int
    alone: bool
    why: tuple[Cause, ...]
    repairs: tuple[Repair, ...] = ()


class Measure(StrEnum):
    """What makes a plan better than another, the first difference decides."""

    UNPLACED = "unplaced"
    CHANGES = "changes"
    POINTS = "points"


@dataclass(frozen=True)
class Tier:
    """How a plan does by one measure, and the bound that no plan beats (given the measures before it)."""

    measure: Measure
    value: int
    bound: int

    @property
    def proven(self) -> bool:
        return self.value <= self.bound

    @property
    def gap(self) -> int:
        return max(self.value - self.bound, 0)


@dataclass(frozen=True)
class Objective:
    """The plan in numbers: the three measures, and what its points are made of (counted in visits)."""

    unplaced: int
    changes: int
    points: int
    moved: int
    days_off: int
    evenings: int
    against_habit: int
    crowded: int

    @property
    def rank(self) -> tuple[int, int, int]:
        return self.unplaced, self.changes, self.points


@dataclass(frozen=True)
class Proposal:
    """The plan. `placements` has every visit that is not fixed and found a place, in the order of visits."""

    placements: tuple[Placement, ...]
    moves: tuple[Move, ...]
    unplaced: tuple[Unplaced, ...]
    objective: Objective
    greedy: Objective
    tiers: tuple[Tier, ...]
    seconds: float

    @property
    def proven(self) -> bool:
        """No plan is better by any of the measures."""
        return all(tier.proven for tier in self.tiers)


def offered(
    first: date,
    last: date,
    workdays: Workdays,
    *,
    evenings: bool = False,
    days_off: bool = False,
    outside: bool = False,
    starts: Mapping[str, time] = STARTS,
) -> list[HalfDay]:
    """The half-days from `first` to `last`, both included; none when the window does not exist."""
    parts = [part for part in Part if evenings or part != Part.EVENING]
    return [
        HalfDay(day, starts[part], part, workdays.is_working(day), outside)
        for day in days_from(first, last)
        if days_off or workdays.is_working(day)
        for part in parts
    ]


def free_needs(needs: Iterable[Need]) -> list[Need]:
    """Those the planner may place, in a fixed order."""
    return sorted((need for need in needs if not need.fixed), key=lambda need: need.visit)
