"""Half-days somebody cannot visit, as they are spoken of: from when to when, which part, every week."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from core.clock import quarter_of
from core.refusals import RuleBroken
from visits.dayparts import DayPart
from visits.workdays import days_from

WEEK = timedelta(days=7)
WHOLE_DAY = (DayPart.MORNING, DayPart.AFTERNOON, DayPart.EVENING)
LONGEST = 92


@dataclass(frozen=True, order=True)
class HalfDay:
    day: date
    part: DayPart


def half_days(first: date, last: date, parts: Sequence[DayPart], *, weekly: bool = False) -> list[HalfDay]:
    """Each part of each day; `weekly` repeats these days until the quarter of the first one ends."""
    if last < first:
        raise RuleBroken(_("The last day cannot be before the first."))
    if (last - first).days >= LONGEST:
        raise RuleBroken(_("At most %(n)s days at once, please.") % {"n": LONGEST})
    if weekly and last - first >= WEEK:
        raise RuleBroken(_("What repeats every week cannot last longer than a week."))
    days = sorted({day for start, end in _weeks(first, last, weekly) for day in days_from(start, end)})
    return [HalfDay(day, part) for day in days for part in WHOLE_DAY if part in parts]


def _weeks(first: date, last: date, weekly: bool) -> Iterator[tuple[date, date]]:
    yield first, last
    start, end = first + WEEK, last + WEEK
    while weekly and quarter_of(start) == quarter_of(first):
        yield start, min(end, _quarter_end(first))
        start, end = start + WEEK, end + WEEK


def _quarter_end(day: date) -> date:
    year, quarter = quarter_of(day)
    after = date(year + 1, 1, 1) if quarter == 4 else date(year, quarter * 3 + 1, 1)
    return after - timedelta(days=1)
