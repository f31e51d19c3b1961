"""Reading the steps of a rule, and the arithmetic of when a step is due. Pure: no database, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from core.clock import SHANGHAI

Anchor = date | datetime
# No run of days off in China is longer, weekends before and after included.
LONGEST_BREAK = 15


class WorkingDays(Protocol):
    def is_working(self, day: date) -> bool: ...
    def add(self, day: date, n: int) -> date: ...


class BadStep(ValueError):
    """A step nobody can follow; the text says which and why."""


@dataclass(frozen=True)
class Step:
    """`days` after the anchor (before it, when negative), working or calendar ones, at an hour of the day.

    Without an hour the moment is the anchor's own; with `hours` it is the first of these from the anchor on, which makes
    a digest of what comes up in between. `kind` is the message when it is not the rule's.
    """

    code: str
    days: int
    working: bool = False
    at: time | None = None
    audience: tuple[str, ...] = ()
    kind: str = ""
    hours: tuple[time, ...] = ()

    def due(self, anchor: Anchor, calendar: WorkingDays) -> datetime:
        if self.hours:
            return self._next_hour(anchor)
        if self.at is None and isinstance(anchor, datetime):
            return anchor + timedelta(days=self.days)
        day = day_of(anchor)
        day = calendar.add(day, self.days) if self.working else day + timedelta(days=self.days)
        return datetime.combine(day, self.at or time(0), tzinfo=SHANGHAI)

    def _next_hour(self, anchor: Anchor) -> datetime:
        moment = anchor if isinstance(anchor, datetime) else datetime.combine(anchor, time(0), tzinfo=SHANGHAI)
        moment = moment.astimezone(SHANGHAI) + timedelta(days=self.days)
        of_the_day = [datetime.combine(moment.date(), hour, tzinfo=SHANGHAI) for hour in self.hours]
        return next((hour for hour in of_the_day if hour >= moment), of_the_day[0] + timedelta(days=1))

    def anchors(self, first: date, last: date) -> tuple[date, date]:
        """Between which days the anchor lies when the step is due from `first` to `last`; rather too wide than too narrow."""
        if not self.working:
            offset = timedelta(days=self.days)
            return first - offset - timedelta(days=1 if self.hours else 0), last - offset
        stretch = timedelta(days=abs(self.days) * 2 + LONGEST_BREAK)
        return (first - stretch, last) if self.days >= 0 else (first, last + stretch)


def day_of(anchor: Anchor) -> date:
    return anchor.astimezone(SHANGHAI).date() if isinstance(anchor, datetime) else anchor


def read_steps(rows: Any) -> tuple[Step, ...]:
    """The steps as a rule keeps them; BadStep says what is wrong."""
    if not isinstance(rows, list) or not rows:
        raise BadStep("a rule needs at least one step")
    steps = tuple(_read(row) for row in rows)
    if len({step.code for step in steps}) < len(steps):
        raise BadStep("two steps have the same code")
    return steps


KEYS = {"code", "days", "working", "at", "hours", "audience", "kind"}


def _read(row: Any) -> Step:
    if not isinstance(row, Mapping) or not row.get("code"):
        raise BadStep("a step needs a code")
    code = row["code"]
    if unknown := sorted(row.keys() - KEYS):
        raise BadStep(f"step {code}: nobody reads {', '.join(unknown)}")
    days, audience = row.get("days", 0), row.get("audience", [])
    if not isinstance(days, int) or isinstance(days, bool) or abs(days) > 400:
        raise BadStep(f"step {code}: days = {days!r} is not a number of days")
    if not isinstance(audience, list) or not audience:
        raise BadStep(f"step {code}: audience names nobody")
    at = _time(code, row["at"]) if row.get("at") else None
    hours = tuple(sorted({_time(code, text) for text in row.get("hours", ())}))
    if hours and (at or row.get("working")):
        raise BadStep(f"step {code}: hours stand alone, without at and working")
    return Step(code, days, bool(row.get("working", False)), at, tuple(audience), row.get("kind", ""), hours)


def _time(code: str, text: Any) -> time:
    try:
        return time.fromisoformat(text)
    except (TypeError, ValueError):
        raise BadStep(f"step {code}: {text!r} is not a time like 09:00") from None


def not_in(moment: datetime, quiet: tuple[time | None, time | None], calendar: WorkingDays | None) -> datetime:
    """The first moment from this one on that is not quiet and, with a calendar, lies on a working day."""
    start, end = quiet
    local = moment.astimezone(SHANGHAI)
    if start is not None and end is not None and start != end:
        local = _after_quiet(local, start, end)
    if calendar is not None and not calendar.is_working(local.date()):
        morning = end or time(0)
        local = datetime.combine(calendar.add(local.date(), 1), morning, tzinfo=SHANGHAI)
    return local


def _after_quiet(local: datetime, start: time, end: time) -> datetime:
    clock = local.time()
    over_midnight = start > end
    if over_midnight and clock >= start:
        return datetime.combine(local.date() + timedelta(days=1), end, tzinfo=SHANGHAI)
    if (over_midnight and clock < end) or (start <= clock < end):
        return datetime.combine(local.date(), end, tzinfo=SHANGHAI)
    return local


def widest(steps: Iterable[Step], first: date, last: date) -> tuple[date, date]:
    """Between which days anchors have to be looked at so that no step is missed."""
    spans = [step.anchors(first, last) for step in steps]
    return min(span[0] for span in spans), max(span[1] for span in spans)
