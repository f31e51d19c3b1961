"""How far a round is: counted in one place, so that the board, the home pages and the lists behind them agree."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from core.clock import SHANGHAI, today
from visits.models import Round, VisitStatus
from visits.workdays import DAY, Workdays


class Countable(Protocol):
    """A visit, or the columns of one."""

    @property
    def status(self) -> str: ...
    @property
    def day(self) -> date | None: ...
    @property
    def starts_at(self) -> object: ...


@dataclass
class Progress:
    """`to_finish`: held, but record or issues are open; `overdue`: longer than the round allows for it.
    `missed`: the day is over and nobody said that the visit was held. `scheduled`: placed, but nobody was told. `days_left`: working days still to come.
    """

    total: int = 0
    done: int = 0
    placed: int = 0
    unscheduled: int = 0
    scheduled: int = 0
    cancelled: int = 0
    missed: int = 0
    to_finish: int = 0
    overdue: int = 0
    today_total: int = 0
    today_done: int = 0
    today_running: int = 0
    today_coming: int = 0
    conflicts: int = 0
    days_left: list[date] = field(default_factory=list)

    @property
    def share(self) -> float | None:
        return self.done / self.total if self.total else None


def progress_of(visits: Iterable[Countable], round_: Round, workdays: Workdays, at: datetime) -> Progress:
    now, found = today(at), Progress()
    paperwork = overdue_before(round_, workdays, now)
    for visit in visits:
        _count(found, visit, round_, at, now, paperwork)
    found.days_left = workdays.within(max(now + DAY, round_.window_start), round_.window_end)
    return found


def overdue_before(round_: Round, workdays: Workdays, now: date) -> date:
    """Visits held before this day have had more working days for record and issues than the round allows."""
    last = now if workdays.is_working(now) else workdays.add(now, -1)
    return workdays.add(last, -round_.submit_days) if round_.submit_days else last


def is_running(visit: Countable, round_: Round | None, at: datetime) -> bool:
    """Whether the meeting is going on right now, as far as the schedule knows."""
    if visit.status not in VisitStatus.placed or visit.day is None or visit.starts_at is None:
        return False
    begins = datetime.combine(visit.day, visit.starts_at, tzinfo=SHANGHAI)  # type: ignore[arg-type]
    return begins <= at < begins + timedelta(minutes=round_.visit_minutes if round_ else 90)


def _count(found: Progress, visit: Countable, round_: Round, at: datetime, now: date, paperwork: date) -> None:
    if visit.status == VisitStatus.CANCELLED:
        found.cancelled += 1
        return
    found.total += 1
    if visit.status == VisitStatus.UNSCHEDULED or visit.day is None:
        found.unscheduled += 1
        return
    done = visit.status in VisitStatus.done
    found.done += done
    found.placed += not done
    found.scheduled += visit.status == VisitStatus.SCHEDULED
    found.missed += not done and visit.day < now
    if visit.status in VisitStatus.to_finish:
        found.to_finish += 1
        found.overdue += visit.day < paperwork
    if visit.day == now:
        found.today_total += 1
        found.today_done += done
        running = is_running(visit, round_, at)
        found.today_running += running
        found.today_coming += not done and not running
