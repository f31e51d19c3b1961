"""Several people act in the same moment: threads that start together, each with a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from core.refusals import Conflict, RuleBroken

SECONDS = 20


def together(count: int) -> threading.Barrier:
    """What `count` threads wait at for each other; one that never comes fails the test instead of holding it up."""
    return threading.Barrier(count, timeout=SECONDS)


def at_once(count: int, act: Callable[[int], Any], workers: int | None = None) -> list[Any]:
    """What `act(0)`, `act(1)`, … gave back or were refused with, in this order; all of them, or `workers`, start together."""
    start = together(min(count, workers or count))

    def run(number: int) -> Any:
        try:
            return act(number)
        except (Conflict, RuleBroken) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=start.parties, initializer=start.wait) as pool:
        return list(pool.map(run, range(count)))
