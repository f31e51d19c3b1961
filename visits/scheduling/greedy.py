"""What planning by hand comes to: one visit after the other, the most constrained first, each at its best free place."""

from collections.abc import Iterator

from visits.scheduling.grid import Grid
from visits.scheduling.model import Points
from visits.scheduling.occupancy import Occupancy

Pair = tuple[int, int]


def greedy(grid: Grid) -> list[Pair]:
    """Pairs of visit and half-day, by their numbers in the grid."""
    occupancy = Occupancy(grid.problem)
    order = sorted(range(len(grid.needs)), key=lambda i: (int(grid.open[i].sum()), i))
    staying = [(i, int(grid.now[i])) for i in order if grid.now[i] >= 0 and grid.open[i, grid.now[i]]]
    kept = [pair for pair in staying if _take(grid, occupancy, pair)]
    placed = {i for i, _ in kept}
    return kept + [pair for i in order if i not in placed for pair in _first_free(grid, occupancy, i)]


def filled_up(grid: Grid, chosen: list[Pair]) -> list[Pair]:
    """The same plan, with visits that still fit. A search that ran out of time may have missed them."""
    occupancy = Occupancy(grid.problem)
    for i, s in chosen:
        occupancy.put(grid.needs[i], grid.at(i, s))
    placed = {i for i, _ in chosen}
    rest = (i for i in range(len(grid.needs)) if i not in placed)
    return chosen + [pair for i in rest for pair in _first_free(grid, occupancy, i)]


def _first_free(grid: Grid, occupancy: Occupancy, i: int) -> Iterator[Pair]:
    points: Points = grid.problem.points
    slots = [s for s in range(len(grid.half_days)) if grid.open[i, s]]
    for s in sorted(slots, key=lambda s: (s != grid.now[i], points.of(grid.needs[i], grid.half_days[s]), s)):
        if _take(grid, occupancy, (i, s)):
            yield i, s
            return


def _take(grid: Grid, occupancy: Occupancy, pair: Pair) -> bool:
    need, at = grid.needs[pair[0]], grid.at(*pair)
    if occupancy.blocks(need, at):
        return False
    occupancy.put(need, at)
    return True
