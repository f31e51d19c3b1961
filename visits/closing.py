"""What still stands in the way of closing a visit, asked of every path in settings.VISIT_CLOSING_CHECKS."""

from dataclasses import dataclass

from core.wiring import load
from visits.models import Visit


@dataclass(frozen=True)
class Obstacle:
    """A sentence, and the page where it can be removed. A check may also answer with sentences alone."""

    sentence: str
    url: str = ""
    label: str = ""

    def __str__(self) -> str:
        return self.sentence


def reasons_not_to_close(visit: Visit) -> list[Obstacle]:
    found = (reason for check in load("VISIT_CLOSING_CHECKS") for reason in check(visit))
    return [reason if isinstance(reason, Obstacle) else Obstacle(str(reason)) for reason in found]
