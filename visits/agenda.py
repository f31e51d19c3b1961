"""What a visit opens with: lines that apps above provide through settings.VISIT_AGENDA_PARTS."""

from dataclasses import dataclass

from core.wiring import load
from teams.models import User
from visits.models import Visit


@dataclass(frozen=True)
class Line:
    """One thing to report back on. `late` words stand out; `mark` is what residents said, with its `look`."""

    title: str
    detail: str = ""
    url: str = ""
    late: str = ""
    code: str = ""
    answer: str = ""
    mark: str = ""
    look: str = ""


def agenda_of(visit: Visit, user: User) -> list[Line]:
    return [line for part in load("VISIT_AGENDA_PARTS") for line in part(visit, user)]
