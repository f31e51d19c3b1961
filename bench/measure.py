"""How long a page takes, as a ratio to the floor: both are asked in turn, so that a busy machine slows both."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Action = Callable[[], object]
WARM_UP = 5


@dataclass(frozen=True)
class Measured:
    """Medians in milliseconds, and the page as a multiple of the floor."""

    floor: float
    page: float

    @property
    def ratio(self) -> float:
        return self.page / self.floor


def against_floor(page: Action, floor: Action, rounds: int) -> Measured:
    for _ in range(WARM_UP):
        floor()
        page()
    gc.collect()
    pages, floors = [], []
    for _ in range(rounds):
        floors.append(_milliseconds(floor))
        pages.append(_milliseconds(page))
    return Measured(median(floors), median(pages))


def _milliseconds(action: Action) -> float:
    begin = time.perf_counter()
    action()
    return (time.perf_counter() - begin) * 1000
