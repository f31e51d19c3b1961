"""The numbers of one slice of a quarter. Rates are shares of one, None where there is nothing to divide by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

from issues.models import IssueStatus
from visits.models import VisitStatus


def rate(part: int, whole: int) -> Decimal | None:
    """A share of one; None of nothing."""
    return Decimal(part) / whole if whole else None


@dataclass
class Tally:
    """Issues: received = resolved + explained + open; the overdue ones are among the open."""

    resolved: int = 0
    explained: int = 0
    open: int = 0
    overdue: int = 0

    @classmethod
    def of(cls, by_status: Mapping[str, int], overdue: int = 0) -> Self:
        closed = {status: by_status.get(status, 0) for status in IssueStatus.closed_states}
        still_open = sum(by_status.values()) - sum(closed.values())
        return cls(closed[IssueStatus.RESOLVED], closed[IssueStatus.EXPLAINED], still_open, overdue)

    @property
    def received(self) -> int:
        return self.resolved + self.explained + self.open

    @property
    def closed(self) -> int:
        return self.resolved + self.explained

    @property
    def in_time(self) -> int:
        """Open and not overdue."""
        return self.open - self.overdue

    @property
    def resolved_rate(self) -> Decimal | None:
        return rate(self.resolved, self.received)

    @property
    def closed_rate(self) -> Decimal | None:
        return rate(self.closed, self.received)


@dataclass
class Progress:
    """Visits of a round: all but the cancelled, those held, those that have a day, and the residents who came."""

    visits: int = 0
    done: int = 0
    placed: int = 0
    residents: int = 0

    def add(self, status: str, n: int, residents: int) -> None:
        self.visits += n
        self.done += n if status in VisitStatus.done else 0
        self.placed += n if status in VisitStatus.placed else 0
        self.residents += residents

    @classmethod
    def total(cls, parts: Iterable["Progress"]) -> Self:
        rows = list(parts)
        return cls(*(sum(getattr(row, name) for row in rows) for name in ("visits", "done", "placed", "residents")))

    @property
    def mean_residents(self) -> int | None:
        """Residents at a visit; only visits that were held have any."""
        return int((Decimal(self.residents) / self.done).quantize(Decimal(1), ROUND_HALF_UP)) if self.done else None


def median(days: Mapping[int, int]) -> tuple[int | None, int]:
    """(median, n) of a histogram {value: how often}; the lower middle of an even number."""
    n, seen = sum(days.values()), 0
    for value in sorted(days):
        seen += days[value]
        if seen * 2 >= n:
            return value, n
    return None, 0
