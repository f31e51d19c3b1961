"""How long the round planner takes from the click to the draft, beside planning one visit after the other.

Each round is written into a copy of the empty database and planned there by a process of its own:
`python -m bench.planner write 5000`, `python -m bench.planner plan 5000`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
import psycopg2

from bench.rounds import tight_round

LIMITS = {307: 2.0, 1_000: 3.0, 5_000: 10.0}
COPY = "bench_planner"
HEADINGS = ["teams", "seconds", "work", "limit", "solving", "MB", "unplaced", "bound", "greedy", "points", "bound"]
AGAIN = ["solving", "unplaced", "greedy", "moved", "bound", "greedy"]


def print_planner() -> int:
    """The table; 1 when a plan was not proven or took more work than it may.

    `work` is seconds of processor time of planner and database: on a quiet machine the seconds one waits.
    """
    print("\nround planner, three working days, from the click to the draft; again when 20 people are ill on Friday")
    print(" ".join(f"{word:>8}" for word in HEADINGS), "|", " ".join(f"{word:>8}" for word in AGAIN), flush=True)
    too_slow = False
    for teams, limit in LIMITS.items():
        found = measured_apart(teams)
        slow = found["work"] > limit
        too_slow |= slow or not found["proven"]
        times = [f"{found['seconds']:.2f}", f"{found['work']:.2f}", f"≤ {limit:.0f}"]
        times += [f"{found['solving']:.2f}", f"{found['memory']:.0f}"]
        again = [f"{found['solving_again']:.2f}", *found["again"]]
        print(
            " ".join(f"{cell:>8}" for cell in (f"{teams:,}", *times, *found["plan"])),
            "|",
            " ".join(f"{cell:>8}" for cell in again),
            end="",
        )
        print(("" if found["proven"] else "  ← not proven") + ("  ← too slow" if slow else ""), flush=True)
    return int(too_slow)


def measured_apart(teams: int) -> dict[str, Any]:
    with copied_database() as address:
        for step in ("write", "plan"):
            command = [sys.executable, "-m", "bench.planner", step, str(teams)]
            env = {**os.environ, "DATABASE_URL": address}
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=env)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def copied_database() -> Iterator[str]:
    """The address of a copy of the database `make bench` has made, which nobody else may be using meanwhile."""
    server, _, name = os.environ["DATABASE_URL"].rpartition("/")
    connection = psycopg2.connect(f"{server}/template1")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE {COPY} TEMPLATE "{name}"')
        try:
            yield f"{server}/{COPY}"
        finally:
            cursor.execute(f"DROP DATABASE {COPY}")
    connection.close()


def main(step: str, teams: int) -> None:
    django.setup()
    from bench.round_plan import measure  # noqa: PLC0415  only after django.setup()
    from bench.round_rows import write_round  # noqa: PLC0415

    if step == "write":
        write_round(tight_round(teams))
    else:
        print(json.dumps(measure(tight_round(teams).limits.street)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
