"""What a page costs, as a ratio to the floor: both are asked in turn, so that a busy machine slows both."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from bench.work import Work

Action = Callable[[], object]
WARM_UP = 15  # every thread of the worker has had its turn


@dataclass(frozen=True)
class Cost:
    """Of one request: how long one waits for it, and how long server and database work for it. Milliseconds."""

    wait: float
    work: float


@dataclass(frozen=True)
class Measured:
    floor: Cost
    page: Cost

    @property
    def waiting(self) -> float:
        return self.page.wait / self.floor.wait

    @property
    def working(self) -> float:
        """The ratio that counts: other programs on the machine change it little. 0 where the system does not tell."""
        return self.page.work / self.floor.work if self.floor.work else 0

    @property
    def ratio(self) -> float:
        return self.working or self.waiting


def against_floor(page: Action, floor: Action, rounds: int, work: Work, *, local: bool = False) -> Measured:
    """`local`: this process does the work itself instead of asking for a page."""
    for _ in range(WARM_UP):
        floor()
        page()
    gc.collect()
    gc.freeze()  # what this process remembers of earlier cases must not weigh on the work it does itself
    pages, floors = [], []
    for _ in range(rounds):
        floors.append(_cost(floor, work, local=False))
        pages.append(_cost(page, work, local=local))
    return Measured(_median(floors), _median(pages))


def _cost(action: Action, work: Work, *, local: bool) -> Cost:
    before, begin = work.done(local=local), time.perf_counter()
    action()
    return Cost((time.perf_counter() - begin) * 1000, work.done(local=local) - before)


def _median(costs: list[Cost]) -> Cost:
    return Cost(median(cost.wait for cost in costs), median(cost.work for cost in costs))
