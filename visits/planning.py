"""The planner's question, read from the database, and its answer as a draft. Twelve queries, however many visits."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q

from core.clock import SHANGHAI, today
from core.models import ChainHead
from teams.models import Membership
from teams.permissions import Role
from visits.calendar import Calendar
from visits.models import BusyTime, Keep, PlanLine, PlanRun, Round, Visit, VisitStatus
from visits.roster import Roster
from visits.scheduling import Booking, Busy, conflicts
from visits.scheduling.model import Cause, HalfDay, Limits, Need, Problem, Repair, offered
from visits.timetable import room_key, rules_of

if TYPE_CHECKING:
    from visits.scheduling.model import Proposal
    from visits.scheduling.plan import Step

AFTER = 5  # working days after the window that are offered as repairs
HABIT = timedelta(days=400)  # how far back a team's habits are looked for
ANNOUNCED_COSTS = 2  # moving an announced visit counts like moving two: people have been told
SATURDAY = 5


class Row(NamedTuple):
    """The columns of a visit that planning needs, in the order of ROW."""

    pk: int
    version: int
    round_id: int | None
    status: str
    day: date | None
    starts_at: Any
    part: str
    venue: str
    usual_venue: str
    outside_reason: str
    clash_reason: str
    team_id: int
    area_id: int
    street_id: int

    def half_day(self) -> HalfDay | None:
        return HalfDay(self.day, self.starts_at, self.part) if self.day and self.starts_at else None


ROW = (
    *("pk", "version", "round_id", "status", "day", "starts_at", "part", "venue", "area__venue"),
    *("outside_reason", "clash_reason", "team_id", "area_id", "area__street_id"),
)


class Stopped(Exception):
    """Somebody stopped the computing, or gave it up for lost."""


@dataclass(frozen=True)
class Question:
    """What is asked, and what the answer is about: `head` is the last event before everything was read."""

    problem: Problem
    rows: Mapping[int, Row]
    head: int
    unknown_years: list[int]


@dataclass(frozen=True)
class Wish:
    """What the coordinator chose."""

    evenings: bool = False
    weekends: bool = False
    street_cap: int | None = None
    keep: str = Keep.ANNOUNCED

    @classmethod
    def of(cls, run: PlanRun) -> "Wish":
        return cls(run.evenings, run.weekends, run.street_cap, run.keep)


def question(round_: Round, wish: Wish, at: datetime) -> Question:
    head = ChainHead.objects.values_list("seq", flat=True).get(pk=1)
    calendar = Calendar.load(round_.window_start, round_.window_end)
    half_days = half_days_of(round_, wish, calendar, at)
    extra = _extra(round_, calendar, at)
    days = sorted({one.day for one in (*half_days, *extra)})
    rows = _rows(round_, days)
    busy = _busy(rows, days)
    needs = _left_alone(_needs(round_, rows, wish, days, at), half_days, busy, round_)
    problem = Problem(
        needs,
        half_days,
        busy,
        Limits(round_.visit_minutes, round_.travel_minutes, wish.street_cap),
        extra=extra,
        substitutes=_lawyers(days[0]) if days else {},
    )
    unknown = calendar.unknown_years(round_.window_start, round_.window_end)
    return Question(problem, rows, head, unknown)


# -- When --------------------------------------------------------------------------------------


def half_days_of(round_: Round, wish: Wish, calendar: Calendar, at: datetime) -> list[HalfDay]:
    """What is left of the window. Weekends are Saturdays and Sundays, never the public holidays."""
    return [
        one
        for one in offered(
            round_.window_start, round_.window_end, calendar, evenings=wish.evenings, days_off=wish.weekends
        )
        if _is_to_come(one, at) and (one.working or is_plain_weekend(one.day, calendar))
    ]


def is_plain_weekend(day: date, calendar: Calendar) -> bool:
    return day.weekday() >= SATURDAY and day not in calendar.off and not calendar.is_working(day)


def _extra(round_: Round, calendar: Calendar, at: datetime) -> list[HalfDay]:
    """Evenings and weekends of the window, and the first working days after it (or from today, if it is over)."""
    inside = offered(round_.window_start, round_.window_end, calendar, evenings=True, days_off=True)
    inside = [one for one in inside if one.working or is_plain_weekend(one.day, calendar)]
    start = max(round_.window_end, today(at) - timedelta(days=1))
    after = offered(start + timedelta(days=1), calendar.add(start, AFTER), calendar, outside=True)
    return [one for one in (*inside, *after) if _is_to_come(one, at)]


def _is_to_come(one: HalfDay, at: datetime) -> bool:
    return datetime.combine(one.day, one.starts_at, tzinfo=SHANGHAI) > at


# -- Who and where -----------------------------------------------------------------------------


def _rows(round_: Round, days: list[date]) -> dict[int, Row]:
    """The round's visits, and whatever else is on the calendar on these days."""
    others = Q(day__range=(days[0], days[-1]), status__in=VisitStatus.on_plan) if days else Q(pk__in=[])
    visits = Visit.objects.filter(Q(round=round_) | others).exclude(status=VisitStatus.CANCELLED)
    return {values[0]: Row(*values) for values in visits.order_by("pk").values_list(*ROW)}


def _needs(round_: Round, rows: Mapping[int, Row], wish: Wish, days: list[date], at: datetime) -> list[Need]:
    roster = Roster.load(rows.values())
    parts, weekdays = _habits(round_, rows.values())
    needs = []
    for row in rows.values():
        now = row.half_day() if row.status in VisitStatus.on_plan else None
        all_days = sorted({*days, now.day}) if now else days or [round_.window_start]
        people, people_on = roster.over(row.team_id, row.area_id, all_days)
        need = Need(
            row.pk,
            row.street_id,
            room_key(row.street_id, row.venue or row.usual_venue),
            people,
            now,
            fixed=now is not None and _stays(row, now, round_, wish, at),
            change_cost=ANNOUNCED_COSTS if row.status == VisitStatus.ANNOUNCED else 1,
            parts=parts.get(row.team_id, frozenset()),
            weekdays=weekdays.get(row.team_id, frozenset()),
            people_on=people_on,
        )
        needs.append(need)
    return needs


def _stays(row: Row, now: HalfDay, round_: Round, wish: Wish, at: datetime) -> bool:
    """Held or begun, of another kind, put where it is for a written reason, or kept by wish."""
    if row.status not in VisitStatus.placed or row.round_id != round_.pk or not _is_to_come(now, at):
        return True
    if row.outside_reason or row.clash_reason or wish.keep == Keep.ALL:
        return True
    return wish.keep == Keep.ANNOUNCED and row.status == VisitStatus.ANNOUNCED


def _busy(rows: Mapping[int, Row], days: list[date]) -> Busy:
    all_days = sorted({*days, *(row.day for row in rows.values() if row.day)})
    if not all_days:
        return frozenset()
    times = BusyTime.objects.filter(day__range=(all_days[0], all_days[-1])).order_by()
    return frozenset(times.values_list("user_id", "day", "part"))


def _left_alone(needs: list[Need], half_days: Sequence[HalfDay], busy: Busy, round_: Round) -> list[Need]:
    """Somebody put a visit on an evening or a weekend that is not to be used: it stays there while nothing clashes."""
    offered_keys = {one.key for one in half_days}
    bookings = [
        Booking(need.visit, need.now.day, need.now.starts_at, need.venue, need.people_of(need.now.day))
        for need in needs
        if need.now
    ]
    clashing = {visit for clash in conflicts(bookings, rules=rules_of(round_), busy=busy) for visit in clash.visits}
    return [
        replace(need, fixed=True)
        if need.now and need.now.key not in offered_keys and need.visit not in clashing
        else need
        for need in needs
    ]


def _habits(round_: Round, rows: Iterable[Row]) -> tuple[dict[int, frozenset[str]], dict[int, frozenset[int]]]:
    """Parts of the day and weekdays of the meetings each team held within the last year."""
    earlier = Visit.objects.done().filter(
        day__range=(round_.window_start - HABIT, round_.window_start), team_id__in={row.team_id for row in rows}
    )
    parts: dict[int, set[str]] = defaultdict(set)
    weekdays: dict[int, set[int]] = defaultdict(set)
    for team, day, part in earlier.exclude(round=round_).order_by().values_list("team_id", "day", "part"):
        parts[team].add(part)
        if day:
            weekdays[team].add(day.weekday())
    return _frozen(parts), _frozen(weekdays)


def _frozen(sets: Mapping[int, set[Any]]) -> dict[int, frozenset[Any]]:
    return {key: frozenset(found) for key, found in sets.items()}


def _lawyers(day: date) -> dict[int, tuple[int, ...]]:
    """Every lawyer of the district can stand in for every other."""
    seats = Membership.objects.filter(seat__kind__role=Role.LAWYER, user__is_active=True, from_day__lte=day)
    open_ = seats.filter(Q(until_day__isnull=True) | Q(until_day__gte=day))
    pool = tuple(sorted(set(open_.order_by().values_list("user_id", flat=True))))
    return dict.fromkeys(pool, pool)


# -- The answer --------------------------------------------------------------------------------


def propose(
    asked: Question, *, seconds: float, progress: "Callable[[Step], None]", cancelled: Callable[[], bool]
) -> "Proposal":
    """numpy and the solver are loaded by whoever computes, never by a page. Stopped as soon as `cancelled` says so."""
    from visits.scheduling import plan  # noqa: PLC0415  see above

    try:
        return plan.propose(asked.problem, seconds=seconds, progress=progress, cancelled=cancelled)
    except plan.Cancelled:
        raise Stopped from None


def lines_of(run: PlanRun, asked: Question, answer: "Proposal") -> list[PlanLine]:
    """A line for every visit of the round, those included that stay where they are."""
    places = {one.visit: one.at for one in answer.placements}
    moves = {move.visit: move for move in answer.moves}
    without = {one.visit: one for one in answer.unplaced}
    lines = []
    for need in asked.problem.needs:
        row = asked.rows[need.visit]
        if row.round_id != run.round_id:
            continue
        line = PlanLine(run=run, visit_id=row.pk, seen=row.version, fixed=need.fixed)
        if need.now:
            line.was_day, line.was_starts_at = need.now.day, need.now.starts_at
        if place := need.now if need.fixed else places.get(need.visit):
            line.day, line.part, line.starts_at = place.day, str(place.part), place.starts_at
        if told := without.get(need.visit) or moves.get(need.visit):
            line.why = [cause_data(cause) for cause in told.why]
        if missing := without.get(need.visit):
            line.repairs = [repair_data(repair) for repair in missing.repairs]
        lines.append(line)
    return lines


def measure_of(answer: "Proposal") -> dict[str, Any]:
    """How good the plan is, as JSON keeps it."""
    best, simple = answer.objective, answer.greedy
    names = ("unplaced", "changes", "points", "moved", "days_off", "evenings", "against_habit", "crowded")
    return {
        **{name: getattr(best, name) for name in names},
        "simple_unplaced": simple.unplaced,
        "tiers": [[str(tier.measure), tier.value, tier.bound] for tier in answer.tiers],
        "proven": answer.proven,
        "seconds": round(answer.seconds, 2),
    }


def cause_data(cause: Cause) -> dict[str, Any]:
    """`days` names the half-days it bites on."""
    return {
        "rule": str(cause.rule),
        "about": cause.about,
        "half_days": [_half_day(one) for one in cause.half_days],
        "visits": list(cause.visits),
    }


def repair_data(repair: Repair) -> dict[str, Any]:
    found: dict[str, Any] = {"fix": str(repair.fix), "half_day": _half_day(repair.half_day)}
    return found | ({"person": repair.person, "by": repair.by} if repair.by else {})


def _half_day(one: HalfDay) -> list[str]:
    return [one.day.isoformat(), str(one.part)]


def open_days(round_: Round, wish: Wish, at: datetime) -> tuple[Calendar, list[date]]:
    """The days a plan could use, for the page before there is one. One query."""
    calendar = Calendar.load(round_.window_start, round_.window_end)
    return calendar, sorted({one.day for one in half_days_of(round_, wish, calendar, at)})
