"""A program of its own: a calendar comes in, the half-days its entries take go out as JSON.

What a stranger wrote is parsed and its repetitions are counted out here, apart from the site, with little time and
memory and without secrets. Titles, places and people are never passed on. It imports nothing of the site.
"""

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
# When somebody is needed in a half-day; lunch belongs to none.
PARTS = (
    ("morning", time(8), time(12)),
    ("afternoon", time(13), time(18)),
    ("evening", time(18), time(21, 30)),
)
OUR_OWN = "@visits.manyi"  # visits that went out by the feed come back with the person's other entries
SECONDS, BYTES = 4, 1_000_000_000
NO_CALENDAR = 3


def half_days(content: bytes, first: date, last: date) -> set[tuple[str, str]]:
    """(day, part of the day) from the first to the last day; ValueError for what is no calendar."""
    from icalendar import Calendar  # noqa: PLC0415  only after the limits are set
    from recurring_ical_events import of  # noqa: PLC0415

    calendar = Calendar.from_ical(content)
    if calendar.name != "VCALENDAR":
        raise ValueError("not a calendar")
    start, end = datetime.combine(first, time(), SHANGHAI), datetime.combine(last + DAY, time(), SHANGHAI)
    found: set[tuple[str, str]] = set()
    for event in of(calendar, skip_bad_series=True).between(start, end):
        if _takes_time(event):
            found.update(_halves(_moment(event.start), _moment(event.end), first, last))
    return found


def _takes_time(event: object) -> bool:
    def says(name: str) -> str:
        return str(event.get(name, "")).upper()  # type: ignore[attr-defined]

    free = says("TRANSP") == "TRANSPARENT" or says("X-MICROSOFT-CDO-BUSYSTATUS") == "FREE"
    return not (free or says("STATUS") == "CANCELLED" or says("UID").lower().endswith(OUR_OWN))


def _halves(begins: datetime, ends: datetime, first: date, last: date) -> Iterator[tuple[str, str]]:
    day = max(begins.date(), first)
    while day <= min(ends.date(), last):
        for part, opens, closes in PARTS:
            if begins < datetime.combine(day, closes, SHANGHAI) and datetime.combine(day, opens, SHANGHAI) < ends:
                yield day.isoformat(), part
        day += DAY


def _moment(moment: date) -> datetime:
    """A day begins at midnight; a time without a zone is Shanghai's."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), SHANGHAI)
    return moment.astimezone(SHANGHAI) if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _limit(kind: int, most: int) -> None:
    try:
        resource.setrlimit(kind, (most, most))
    except (ValueError, OSError):
        pass  # not every system knows every limit; whoever started us also looks at the clock


def main() -> int:
    _limit(resource.RLIMIT_CPU, SECONDS)
    _limit(resource.RLIMIT_AS, BYTES)
    first, last = (date.fromisoformat(text) for text in sys.argv[1:3])
    try:
        found = half_days(sys.stdin.buffer.read(), first, last)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, RecursionError):
        return NO_CALENDAR
    json.dump(sorted(found), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
