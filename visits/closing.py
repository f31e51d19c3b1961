"""What still stands in the way of closing a visit, asked of every path in settings.VISIT_CLOSING_CHECKS."""

from core.wiring import load
from visits.models import Visit


def reasons_not_to_close(visit: Visit) -> list[str]:
    return [str(reason) for check in load("VISIT_CLOSING_CHECKS") for reason in check(visit)]
