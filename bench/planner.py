"""How fast the round planner finds a plan and proves it, beside planning one visit after the other.

Each round is planned in a process of its own, so that the memory is its own: `python -m bench.planner 5000`.
"""

import json
import random
import resource
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from typing import Any

from bench.rounds import tight_round
from visits.scheduling.model import Part, Problem, Proposal, Tier
from visits.scheduling.plan import propose

LIMITS = {307: 2.0, 1_000: 3.0, 5_000: 10.0}
ILL = 20
FRIDAY = date(2026, 10, 9)
HEADINGS = ["teams", "seconds", "limit", "MB", "unplaced", "bound", "greedy", "points", "bound", "greedy"]
AGAIN = ["seconds", "unplaced", "greedy", "moved", "bound", "greedy"]


def print_planner() -> int:
    """The table; 1 when a size took longer than it may or its plan was not proven."""
    print(f"\nround planner, three working days; again when {ILL} people are ill on Friday")
    print(" ".join(f"{word:>8}" for word in HEADINGS), "|", " ".join(f"{word:>8}" for word in AGAIN), flush=True)
    too_slow = False
    for teams, limit in LIMITS.items():
        found = measured_apart(teams)
        slow = max(found["seconds"], found["again"][0]) > limit
        too_slow |= slow or not found["proven"]
        cells = [f"{teams:,}", f"{found['seconds']:.2f}", f"≤ {limit:.0f}", f"{found['memory']:.0f}", *found["plan"]]
        again = [f"{found['again'][0]:.2f}", *found["again"][1:]]
        mark = "" if found["proven"] else "  ← not proven"
        print(" ".join(f"{cell:>8}" for cell in cells), "|", " ".join(f"{cell:>8}" for cell in again), end="")
        print(mark + ("  ← too slow" if slow else ""), flush=True)
    return int(too_slow)


def measured_apart(teams: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.planner", str(teams)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def measure(teams: int) -> dict[str, Any]:
    problem = tight_round(teams)
    begin = time.perf_counter()
    first = propose(problem)
    seconds = time.perf_counter() - begin
    again = propose(after_illness(problem, first))
    unplaced, _, points = first.tiers
    moved = again.tiers[1]
    return {
        "seconds": seconds,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT,
        "plan": [*pair(unplaced), first.greedy.unplaced, *pair(points), first.greedy.points],
        "again": [again.seconds, again.objective.unplaced, again.greedy.unplaced, *pair(moved), again.greedy.changes],
        "proven": first.proven and again.proven,
    }


UNIT = 1024 * (1024 if sys.platform == "darwin" else 1)  # kilobytes on Linux, bytes on macOS


def pair(tier: Tier) -> tuple[int, int]:
    return tier.value, tier.bound


def after_illness(problem: Problem, plan: Proposal) -> Problem:
    """The plan stands as a draft, and people who are needed on Friday cannot come."""
    now = {placement.visit: placement.at for placement in plan.placements}
    needs = [replace(need, now=now.get(need.visit)) for need in problem.needs]
    needed = {person for need in needs if need.now and need.now.day == FRIDAY for person in need.people}
    ill = random.Random(1).sample(sorted(needed), ILL)
    return replace(problem, needs=needs, busy=problem.busy | {(who, FRIDAY, str(part)) for who in ill for part in Part})


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
