"""Which unit an issue goes to and until when: plain facts in, an answer out. No database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from visits.workdays import Workdays

PAIRING_UNIT, STREET, DEPARTMENT, DISTRICT = 1, 2, 3, 4
LEVELS = (PAIRING_UNIT, STREET, DEPARTMENT, DISTRICT)


@dataclass(frozen=True)
class Limits:
    """Working days of one level: to accept, to answer, and what one extension adds."""

    accept: int
    answer: int
    extension: int = 0


@dataclass(frozen=True)
class Entry:
    """What the responsibility list says about a category: whose it is and in how many working days."""

    unit: int
    ordinary: int
    complex: int


@dataclass(frozen=True)
class Place:
    """The units that come into question where the issue was raised; None where there is none."""

    pairing_unit: int | None
    street: int
    office: int | None
    entry: Entry | None = None


@dataclass(frozen=True)
class Deadlines:
    accept_by: date
    due_on: date


def unit_for(level: int, place: Place) -> int | None:
    """The unit that solves issues of this level here; None when somebody has to choose."""
    by_level = {
        PAIRING_UNIT: place.pairing_unit,
        STREET: place.street,
        DEPARTMENT: place.entry.unit if place.entry else None,
        DISTRICT: place.office,
    }
    return by_level.get(level)


def answer_days(level: int, limits: Mapping[int, Limits], entry: Entry | None = None, is_complex: bool = False) -> int:
    """Working days to answer. A department works to the responsibility list where the list says something.

    Nobody knows the level yet (0): the shortest limit counts, so that not deciding gains no time.
    """
    if level == DEPARTMENT and entry:
        return entry.complex if is_complex else entry.ordinary
    if level in limits:
        return limits[level].answer
    return min((limit.answer for limit in limits.values()), default=0)


def accept_days(level: int, limits: Mapping[int, Limits]) -> int:
    if level in limits:
        return limits[level].accept
    return min((limit.accept for limit in limits.values()), default=0)


def deadlines(
    *,
    submitted_on: date,
    assigned_on: date,
    days: int,
    accept: int,
    workdays: Workdays,
    extension: int = 0,
) -> Deadlines:
    """The answer is due so many working days after submission, whatever happened in between: the clock never restarts.

    Accepting counts from the day it reached the desk, but never goes beyond the answer itself.
    """
    due_on = workdays.add(submitted_on, days + extension)
    return Deadlines(min(workdays.add(assigned_on, accept), due_on), due_on)


def next_level(level: int) -> int | None:
    return level + 1 if level in LEVELS and level < DISTRICT else None
