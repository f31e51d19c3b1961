"""Questions other pages ask: which round is it, how far is it, what is my next visit, what happens today."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from core.clock import today
from core.dated import valid_on
from core.statements import Statement, written
from core.until_change import until_change
from teams.models import Grant, Membership, User
from teams.permissions import Role
from visits.models import Round, RoundStatus, Visit, VisitStatus
from visits.policies import visit_scope
from visits.progress import Progress, progress_of
from visits.roster import Roster
from visits.scheduling import Clash
from visits.timetable import Placed, Timetable, rules_of

SOME, FIRST, LAST = -1, date.min, date.max  # what a statement leaves open


def current_round(day: date) -> Round | None:
    """The open round whose window is nearest before or after the day, else the newest one."""
    rounds = written("rounds", make=lambda: Statement(Round.objects.order_by("-code")[:8])).rows()
    opened = [round_ for round_ in rounds if round_.status == RoundStatus.OPEN]
    if not opened:
        return rounds[0] if rounds else None
    return min(opened, key=lambda round_: (_distance(round_, day), round_.code))


def _distance(round_: Round, day: date) -> int:
    return max((round_.window_start - day).days, (day - round_.window_end).days, 0)


def progress(round_: Round, user: User, at: datetime) -> Progress:
    """The numbers of a round among the visits this person sees. Six queries."""
    rows = rows_of(round_, user)
    timetable = timetable_of(round_, rows)
    found = progress_of((row for row in rows if row.round_id == round_.pk), round_, timetable.workdays, at)
    found.conflicts = len(open_conflicts(timetable, today(at)))
    return found


def open_conflicts(timetable: Timetable, now: date) -> list[Clash]:
    """From today on and without a reason given; first what cannot happen at all, then what is merely hard."""
    found = [clash for clash in timetable.conflicts() if clash.day >= now and not clash.accepted]
    return sorted(found, key=lambda clash: not clash.blocks)


class Row(NamedTuple):
    """A visit as the board shows it: one row of one query, in the order of ROW."""

    pk: int
    code: str
    round_id: int | None
    status: str
    day: date | None
    starts_at: time | None
    venue: str
    clash_reason: str
    team_id: int
    team: int
    area_id: int
    area: str
    street_id: int
    street: str
    street_slug: str
    unit: str
    unit_slug: str
    version: int


ROW = (
    *("pk", "code", "round_id", "status", "day", "starts_at", "venue", "clash_reason", "team_id", "team__number"),
    *("area_id", "area__name", "area__street_id", "area__street__name", "area__street__slug"),
    *("team__unit__name", "team__unit__slug", "version"),
)


def rows_of(round_: Round, user: User) -> list[Row]:
    """The round's visits this person sees, and whatever else is on the days of its window, by street and hour."""

    def seen() -> Statement:
        window = Q(day__range=(FIRST, LAST), status__in=VisitStatus.on_plan)
        visits = Visit.objects.visible_to(user).filter(Q(round=SOME) | window)
        order = ("area__street__position", "area__street_id", "day", "starts_at", "area__position", "pk")
        rows = visits.order_by(*order).values_list(*ROW)
        return Statement(rows, blanks={SOME: "round", FIRST: "first", LAST: "last"})

    found = written("rows of a round", visit_scope(user), make=seen)
    return [
        Row._make(values) for values in found.rows(round=round_.pk, first=round_.window_start, last=round_.window_end)
    ]


def timetable_of(round_: Round, rows: Iterable[Row]) -> Timetable:
    """What these rows block and who is busy. Visits that were held disturb nobody any more.

    Four queries; who sits in which team is read again only when something has changed.
    """
    placed = [
        Placed(
            row.pk,
            row.team_id,
            row.area_id,
            row.street_id,
            row.status,
            row.day,
            row.starts_at,
            row.venue,
            row.clash_reason,
        )
        for row in rows
        if row.day and row.starts_at and row.status in VisitStatus.placed
    ]
    days = [*(row.day for row in placed), round_.window_start, round_.window_end]
    first, last = min(days), max(days)
    roster = until_change("roster", first, last, make=lambda: Roster.within(first, last))
    return Timetable.around(placed, first, last, rules=rules_of(round_), roster=roster)


def own_visits(user: User) -> QuerySet[Visit]:
    """Visits of the teams this person sits in and of the area he or she is secretary of."""
    teams = {scope.team_id for scope in user.grants if scope.team_id}
    areas = {scope.area_id for scope in user.grants if scope.area_id}
    own = Visit.objects.filter(Q(team_id__in=teams) | Q(area_id__in=areas))
    return own.visible_to(user).select_related("area__street", "team", "round", "kind")


def visits_with(person: User, visits: QuerySet[Visit]) -> list[Visit]:
    """Those of these visits to which this person belongs on their day: as a member or as the secretary. Three queries."""
    seats = person.memberships.values("seat__team_id")
    areas = person.role_grants.filter(area__isnull=False).values("area_id")
    found = list(visits.filter(Q(team_id__in=seats) | Q(area_id__in=areas), day__isnull=False))
    roster = Roster.load(found)
    return [visit for visit in found if visit.day and person.pk in roster.on(visit.team_id, visit.area_id, visit.day)]


def next_visit_of(user: User, at: datetime) -> Visit | None:
    """What to do first: a meeting that is over but not closed, else the next one to come, else one without a day."""
    now = today(at)
    visits = own_visits(user).exclude(status__in=VisitStatus.final)
    after = visits.filter(Q(day__lte=now) | Q(status__in=VisitStatus.to_finish)).order_by("day", "starts_at").first()
    return after or visits.filter(day__gt=now).order_by("day", "starts_at").first() or visits.first()


def visits_of_day(user: User, day: date) -> QuerySet[Visit]:
    """What this person sees of one day, in the order of the hours."""
    visits = Visit.objects.visible_to(user).on_plan().filter(day=day)
    return visits.select_related("area__street", "team", "round").order_by("starts_at", "pk")


def name_people(visits: Iterable[Visit], day: date) -> list[Visit]:
    """Sets `lead` and `secretary` (names, "" for nobody) for lists that show them. Two queries."""
    rows = list(visits)
    lead_of, secretary_of = (
        leads_on(day, {row.team_id for row in rows}),
        _secretaries(day, {row.area_id for row in rows}),
    )
    for visit in rows:
        visit.lead, visit.secretary = lead_of.get(visit.team_id, ""), secretary_of.get(visit.area_id, "")  # type: ignore[attr-defined]
    return rows


def leads_on(day: date, teams: set[int] | None = None) -> dict[int, str]:
    """The name of each team's lead; of all teams, or of these."""

    def leading() -> Statement:
        leads = Membership.objects.filter(valid_on(day), seat__kind__role=Role.TEAM_LEAD)
        leads = leads if teams is None else leads.filter(seat__team_id__in=[SOME])
        return Statement(leads.order_by().values_list("seat__team_id", "user__name"), blanks={SOME: "teams"})

    if teams is None:
        return dict(written("all leads", day, make=leading).rows())
    return dict(written("leads", day, make=leading).rows(teams=sorted(teams))) if teams else {}


def _secretaries(day: date, areas: set[int]) -> dict[int, str]:
    def there() -> Statement:
        grants = Grant.objects.filter(valid_on(day), role=Role.SECRETARY, area_id__in=[SOME])
        return Statement(grants.order_by().values_list("area_id", "user__name"), blanks={SOME: "areas"})

    return dict(written("secretaries", day, make=there).rows(areas=sorted(areas))) if areas else {}


def counts_by_round(user: User) -> dict[int, Any]:
    """How many visits of each round this person sees: total, done, placed. One query."""
    visits = Visit.objects.visible_to(user).exclude(status=VisitStatus.CANCELLED).filter(round__isnull=False)
    counted = (
        visits.order_by()
        .values("round")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(status__in=VisitStatus.done)),
            placed=Count("pk", filter=Q(status__in=VisitStatus.placed)),
        )
    )
    return {row["round"]: row for row in counted}
