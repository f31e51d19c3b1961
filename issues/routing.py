"""Until when an issue is to be answered: plain facts in, an answer out. No database, no clock."""

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
    """In how many working days the department answers, says the responsibility list of a category."""

    ordinary: int
    complex: int


@dataclass(frozen=True)
class Deadlines:
    accept_by: date
    due_on: date


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
