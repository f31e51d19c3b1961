"""From the click to the draft: a round read from the database, its best plan found and proven, the draft saved."""

import os
import random
import resource
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.work import Work
from teams.models import User
from visits import planning, services
from visits.computing import compute
from visits.models import PlanRun, Round
from visits.scheduling.model import HalfDay, Part, Problem, Proposal
from visits.scheduling.plan import propose

AT = datetime(2026, 9, 25, tzinfo=UTC)
FRIDAY = date(2026, 10, 9)
ILL = 20
STATUS = Path("/proc/self/status")


def measure(street_cap: int | None) -> dict[str, Any]:
    """In a process of its own, so that the memory is its own."""
    round_, processor = Round.objects.get(code="2026q4"), Work(os.getpid())
    processor.look_around()
    begin, before = time.perf_counter(), processor.done(local=True)
    run = click(round_, planning.Wish(street_cap=street_cap))
    seconds, work = time.perf_counter() - begin, (processor.done(local=True) - before) / 1000
    memory = peak_memory()
    again = plan_again(run)
    (_, unplaced, least), _, (_, points, fewest) = run.measure["tiers"]
    _, moved, _ = again.tiers
    return {
        "seconds": seconds,
        "work": work or seconds,
        "solving": run.measure["seconds"],
        "memory": memory,
        "plan": [unplaced, least, run.measure["simple_unplaced"], points, fewest],
        "again": [again.objective.unplaced, again.greedy.unplaced, moved.value, moved.bound, again.greedy.changes],
        "solving_again": again.seconds,
        "proven": run.measure["proven"] and again.proven,
    }


def click(round_: Round, wish: planning.Wish) -> PlanRun:
    """What the button does and the worker after it."""
    run = services.ask_for_plan(round=round_, wish=wish, by=User.objects.get(phone="19900000101"), at=AT)
    done = compute(run, now=lambda: AT)
    if done is None:
        raise SystemExit("the plan was not computed")
    return done


def plan_again(run: PlanRun) -> Proposal:
    """The draft stands, and people who are needed on Friday cannot come."""
    problem = planning.question(run.round, planning.Wish.of(run), AT).problem
    places: Any = run.lines.placed().values_list("visit_id", "day", "starts_at", "part")
    now = {visit: HalfDay(day, starts_at, part) for visit, day, starts_at, part in places}
    needs = [need if need.fixed else replace(need, now=now.get(need.visit)) for need in problem.needs]
    return propose(after_illness(replace(problem, needs=needs)))


def after_illness(problem: Problem) -> Problem:
    needed = {person for need in problem.needs if need.now and need.now.day == FRIDAY for person in need.people}
    ill = random.Random(1).sample(sorted(needed), ILL)
    return replace(problem, busy=problem.busy | {(who, FRIDAY, str(part)) for who in ill for part in Part})


def peak_memory() -> float:
    """Megabytes. Where Linux tells it, without what the process had before it became this program."""
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    unit = 1024 * (1024 if sys.platform == "darwin" else 1)  # bytes on macOS, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
