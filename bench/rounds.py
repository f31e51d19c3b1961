"""Rounds to plan: made up, but as tight as October, three working days for everybody and people shared by teams."""

import random
from datetime import date

from visits.scheduling.model import Limits, Need, Part, Problem, offered
from visits.workdays import Workdays

TEAMS_PER_STREET = 24
SEATS = 5
SHARED = 0.11  # of the seats are held by somebody who sits in another team as well, as in the demonstration's roster
BUSY = 0.25  # of the people are busy at some time
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 10)
OCTOBER = Workdays(
    off=frozenset(date(2026, 10, day) for day in range(1, 8)),
    worked=frozenset({date(2026, 10, 10)}),
    years=frozenset({2026}),
)


def tight_round(teams: int, *, seed: int = 1) -> Problem:
    """Every street is full up to one or two visits when all are placed."""
    chance = random.Random(seed)
    half_days = offered(FIRST, LAST, OCTOBER)
    pools: list[list[int]] = [[] for _ in range(SEATS)]
    people = 0
    needs = []
    for number in range(teams):
        seats = []
        for pool in pools:
            if pool and chance.random() < SHARED:
                seats.append(chance.choice(pool))
            else:
                people += 1
                pool.append(people)
                seats.append(people)
        parts = frozenset({chance.choice([Part.MORNING, Part.AFTERNOON])}) if chance.random() < 0.5 else frozenset()
        needs.append(Need(number, number // TEAMS_PER_STREET, f"{number}", frozenset(seats), parts=parts))
    busy = set()
    for person in range(1, people + 1):
        if chance.random() < BUSY:
            for half_day in chance.sample(half_days, chance.choice([1, 1, 1, 2])):
                busy.add((person, half_day.day, str(half_day.part)))
    cap = -(-TEAMS_PER_STREET // len(half_days))
    return Problem(needs, half_days, frozenset(busy), Limits(street=cap))
