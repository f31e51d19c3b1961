"""Every number the dashboards show, read from counters: dozens of rows, however many issues there are.

Only what depends on the day (overdue) is counted from the issues, over the partial index of open ones, and what the
quarter before looked like at the same point, over that quarter's index.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from core.clock import SHANGHAI
from dashboard.quarters import first_day, quarter_before, quarters_up_to, round_of_quarter
from dashboard.tallies import Progress, Tally, median
from issues.models import Category, Issue, IssueCounter, Level
from teams.models import Area, OrgUnit
from visits.models import Visit, VisitStatus

TREND_QUARTERS = 8
NOTHING = "-"  # the key of issues that nobody has put on a level or into a category
Counts = dict[str, dict[str, int]]  # key: status: how many


@dataclass
class Slice:
    """One row of a table: a level, category, street or area with its numbers. `key` is what filters call it."""

    key: str
    name: str
    tally: Tally
    thing: Any = None
    progress: Progress = field(default_factory=Progress)
    median_days: int | None = None
    median_n: int = 0


class Late(NamedTuple):
    """Where one or more overdue issues are."""

    level: int | None
    category: int | None
    street: int
    area: int
    n: int


@dataclass
class QuarterFigures:
    quarter: str
    district: Slice
    before: Tally | None
    levels: list[Slice]
    categories: list[Slice]
    streets: list[Slice]
    trend: list[tuple[str, Tally]]
    late: list[Late]


def of_quarter(quarter: str, day: date) -> QuarterFigures:
    """All of a quarter (`26Q4`) for the district's page, as of a day. Eight queries."""
    counts = _counts(quarter, ["all", "level", "category", "street", "days"])
    late = _late(quarter, day)
    progress = _progress(quarter, "area__street_id")
    days = _days_by_level(counts["days"])
    levels = _levels(counts["level"], late)
    for row in levels:
        row.median_days, row.median_n = median(days[row.thing.number if row.thing else 0])
    total = Tally.of(counts["all"].get("0", {}), sum(one.n for one in late))
    district = Slice("", _("Whole district"), total, progress=Progress.total(progress.values()))
    district.median_days, district.median_n = median(sum(days.values(), Counter()))
    return QuarterFigures(
        quarter=quarter,
        district=district,
        before=at_the_same_point(quarter_before(quarter), day - first_day(quarter)),
        levels=levels,
        categories=sorted(_categories(counts["category"], late), key=lambda row: -row.tally.received),
        streets=by_attention(_places(OrgUnit.objects.streets(), counts["street"], _by(late, "street"), progress)),
        trend=_trend(quarter),
        late=late,
    )


@dataclass
class StreetFigures:
    """`street` itself, its areas by attention and its categories, the lowest resolved rate first."""

    street: Slice
    district: Tally
    areas: list[Slice]
    categories: list[Slice]


def of_street(quarter: str, street: OrgUnit, day: date) -> StreetFigures:
    """One street with its areas. Six queries."""
    counts = _counts(quarter, ["all", "street", "area"], prefixes={"street_category": f"{street.pk}:"})
    late = _late(quarter, day)
    own = [one for one in late if one.street == street.pk]
    progress = _progress(quarter, "area_id", street)
    tally = Tally.of(counts["street"].get(str(street.pk), {}), sum(one.n for one in own))
    areas = street.areas.all()
    return StreetFigures(
        street=Slice(street.slug, street.name, tally, street, Progress.total(progress.values())),
        district=Tally.of(counts["all"].get("0", {}), sum(one.n for one in late)),
        areas=by_attention(_places(areas, counts["area"], _by(own, "area"), progress)),
        categories=lowest_first(_categories(_of_street(counts["street_category"], street.pk), own)),
    )


@dataclass(frozen=True)
class Glance:
    """A street opened in place: its categories, the lowest resolved rate first, and the areas with overdue issues.

    Of these areas only the overdue ones are counted.
    """

    street: Slice
    categories: list[Slice]
    areas: list[Slice]
    area_count: int


def glance(figures: QuarterFigures, street: Slice) -> Glance:
    """Two queries, whatever the street."""
    pk = street.thing.pk
    counts = _counts(figures.quarter, [], prefixes={"street_category": f"{pk}:"})
    own = [one for one in figures.late if one.street == pk]
    late, areas = _by(own, "area"), list(street.thing.areas.all())
    known = [row.thing for row in figures.categories if row.thing]
    worst = [Slice(area.slug, area.name, Tally(overdue=late[area.pk]), area) for area in areas if late[area.pk]]
    return Glance(
        street,
        lowest_first(_categories(_of_street(counts["street_category"], pk), own, known)),
        sorted(worst, key=lambda row: (-row.tally.overdue, row.thing.position)),
        len(areas),
    )


def by_attention(rows: Iterable[Slice]) -> list[Slice]:
    """Overdue first, then the lower resolved rate; never a ranking. Rows without issues come last."""
    return sorted(
        rows, key=lambda row: (-row.tally.overdue, _rate_or_last(row.tally), row.thing.position, row.thing.pk)
    )


def lowest_first(rows: Iterable[Slice]) -> list[Slice]:
    return sorted(rows, key=lambda row: (_rate_or_last(row.tally), -row.tally.received))


def _rate_or_last(tally: Tally) -> Decimal:
    found = tally.resolved_rate
    return Decimal(2) if found is None else found


def at_the_same_point(quarter: str, elapsed: timedelta) -> Tally | None:
    """A quarter as it stood so many days after its first; None when nothing had come in. One query.

    An issue that was answered, refused by the resident and answered again counts by its last answer.
    """
    point = first_day(quarter) + max(elapsed, timedelta())
    end = datetime.combine(point, time.max, SHANGHAI)
    in_time = Q(closed_at__lte=end)
    found = (
        Issue.objects.submitted()
        .filter(quarter=quarter, submitted_at__lte=end)
        .aggregate(
            received=Count("pk"),
            resolved=Count("pk", filter=in_time & Q(ending="resolved")),
            explained=Count("pk", filter=in_time & Q(ending="explained")),
            overdue=Count("pk", filter=Q(due_on__lt=point) & (Q(answered_at__isnull=True) | Q(answered_at__gt=end))),
        )
    )
    still_open = found["received"] - found["resolved"] - found["explained"]
    return Tally(found["resolved"], found["explained"], still_open, found["overdue"]) if found["received"] else None


# -- Reading --------------------------------------------------------------------------------------


def _counts(quarter: str, facets: list[str], prefixes: Mapping[str, str] | None = None) -> dict[str, Counts]:
    """Counters of a quarter: whole facets, and facets whose keys begin with a prefix."""
    wanted = Q(facet__in=facets) if facets else Q(pk__in=[])
    for facet, prefix in (prefixes or {}).items():
        wanted |= Q(facet=facet, key__startswith=prefix)
    found: dict[str, Counts] = defaultdict(lambda: defaultdict(dict))
    rows = IssueCounter.objects.filter(wanted, quarter=quarter, n__gt=0).order_by()
    for facet, key, status, n in rows.values_list("facet", "key", "status", "n"):
        found[facet][key][status] = n
    return found


def _late(quarter: str, day: date) -> list[Late]:
    columns = ("level__number", "category_id", "street_id", "area_id")
    rows = Issue.objects.overdue(day).filter(quarter=quarter).order_by().values_list(*columns)
    return [Late(*row) for row in rows.annotate(n=Count("pk"))]


def _by(late: Iterable[Late], what: str) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for one in late:
        found[getattr(one, what)] += one.n
    return found


def _progress(quarter: str, by: str, street: OrgUnit | None = None) -> dict[int, Progress]:
    """The round's visits by street or by area."""
    visits = Visit.objects.filter(round__code=round_of_quarter(quarter)).exclude(status=VisitStatus.CANCELLED)
    if street is not None:
        visits = visits.filter(area__street=street)
    found: dict[int, Progress] = defaultdict(Progress)
    rows = visits.order_by().values_list(by, "status").annotate(n=Count("pk"), came=Sum("residents_count"))
    for key, status, n, came in rows:
        found[key].add(status, n, came or 0)
    return found


def _trend(quarter: str) -> list[tuple[str, Tally]]:
    """The district's last eight quarters, oldest first; quarters without issues are left out."""
    wanted = quarters_up_to(quarter, TREND_QUARTERS)
    by_status: dict[str, dict[str, int]] = defaultdict(dict)
    rows = IssueCounter.objects.filter(quarter__in=wanted, facet="all", key="0", n__gt=0).order_by()
    for name, status, n in rows.values_list("quarter", "status", "n"):
        by_status[name][status] = n
    return [(name, Tally.of(by_status[name])) for name in wanted if name in by_status]


# -- Slicing --------------------------------------------------------------------------------------


def _levels(counts: Counts, late: list[Late]) -> list[Slice]:
    """Every level, and last the issues that nobody has put on one."""
    overdue = _by(late, "level")
    rows = [
        Slice(str(level.number), level.name, Tally.of(counts.get(str(level.number), {}), overdue[level.number]), level)
        for level in Level.objects.all()
    ]
    nobody_said = Tally.of(counts.get("0", {}), overdue[None])
    return rows + ([Slice(NOTHING, _("Not decided yet"), nobody_said)] if nobody_said.received else [])


def _categories(counts: Counts, late: list[Late], known: Iterable[Category] | None = None) -> list[Slice]:
    """The categories that issues came in for."""
    overdue = _by(late, "category")
    rows = [
        Slice(category.code, category.name, Tally.of(counts[str(category.pk)], overdue[category.pk]), category)
        for category in (Category.objects.all() if known is None else known)
        if str(category.pk) in counts
    ]
    nobody_said = Tally.of(counts.get("0", {}), overdue[None])
    return rows + ([Slice(NOTHING, _("No category"), nobody_said)] if nobody_said.received else [])


def _places(
    places: Iterable[OrgUnit | Area], counts: Counts, overdue: Counter[int], progress: Mapping[int, Progress]
) -> list[Slice]:
    return [
        Slice(
            place.slug,
            place.name,
            Tally.of(counts.get(str(place.pk), {}), overdue[place.pk]),
            place,
            progress.get(place.pk, Progress()),
        )
        for place in places
    ]


def _of_street(counts: Counts, street: int) -> Counts:
    """`street:category` keys of one street as category keys."""
    prefix = f"{street}:"
    return {key.removeprefix(prefix): by_status for key, by_status in counts.items() if key.startswith(prefix)}


def _days_by_level(counts: Counts) -> dict[int, Counter[int]]:
    """{level: {working days used: how many}} from keys like "2:14"."""
    days: dict[int, Counter[int]] = defaultdict(Counter)
    for key, by_status in counts.items():
        level, used = key.split(":")
        days[int(level)][int(used)] += sum(by_status.values())
    return days
