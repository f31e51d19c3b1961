"""The lists somebody works through: which there are for this person, what belongs in them, how many.

Every list is a condition that an index answers, and counting stops at a thousand, so no tab ever counts the table.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Any, Self

from django.db.models import Count, IntegerField, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext_lazy as _

from core.clock import SHANGHAI, today
from core.models import ChainHead
from core.statements import Statement, written
from issues import policies
from issues.duewords import SOON
from issues.models import Assignment, Ending, Explanation, Extension, Issue, IssueStatus
from issues.models.issues import CLOSED, OPEN
from issues.routing import DISTRICT
from teams.grants import holds, scopes_with
from teams.models import User
from teams.permissions import Permission as P
from teams.policies import sees_district
from visits.workdays import Workdays

MOST = 1000
KEY = -1  # no issue has it
Columns = tuple[str, ...]
LONG_GONE = timedelta(days=730)
DESKS = 500  # people whose statements are kept at hand
S = IssueStatus
AT_DESK = Q(status__in=S.desk_states)
EXPLAINED = Q(ending=Ending.EXPLAINED)
UNREVIEWED = Q(pk__in=Explanation.objects.filter(reviewed_at__isnull=True).values("issue_id"))
TO_REVIEW = Q(status=S.AWAITING_CONFIRMATION) & EXPLAINED & UNREVIEWED
TO_CONFIRM = Q(status=S.AWAITING_CONFIRMATION) & ~(EXPLAINED & UNREVIEWED)
ASKED_TO_EXTEND = OPEN & Q(pk__in=Extension.objects.filter(decided_at__isnull=True).values("issue_id"))
NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Group:
    """A part of the to-do list with its own heading."""

    key: str
    label: Any
    where: Q


@dataclass(frozen=True)
class Place:
    """Teams and areas where somebody holds a permission."""

    teams: frozenset[int]
    areas: frozenset[int]

    @classmethod
    def of(cls, user: User, permission: P) -> Self:
        scopes = scopes_with(user, permission)
        return cls(
            frozenset(scope.team_id for scope in scopes if scope.team_id),
            frozenset(scope.area_id for scope in scopes if scope.area_id),
        )

    def __bool__(self) -> bool:
        return bool(self.teams or self.areas)

    @property
    def where(self) -> Q:
        conditions = [Q(team_id__in=sorted(self.teams))] if self.teams else []
        return _any_of([*conditions, *([Q(area_id__in=sorted(self.areas))] if self.areas else [])])


@dataclass(frozen=True)
class Desk:
    """Where a person's lists look on a day. People with the same desk have equal ones."""

    user: int
    day: date
    soon: date
    units: frozenset[int]
    district: bool
    routes: bool
    logs: bool
    sees: Place
    submits: Place
    confirms: Place
    gives_opinions: Place
    workdays: Workdays = field(compare=False, repr=False)

    @classmethod
    def of(cls, user: User, at: datetime, workdays: Workdays) -> Self:
        return cls(
            user=user.pk,
            day=today(at),
            soon=workdays.add(today(at), SOON),
            units=frozenset(policies.own_units(user)),
            district=sees_district(user),
            routes=holds(user, P.ISSUE_ROUTE),
            logs=holds(user, P.ISSUE_LOG),
            sees=Place.of(user, P.ISSUE_VIEW),
            submits=Place.of(user, P.ISSUE_SUBMIT),
            confirms=Place.of(user, P.ISSUE_CONFIRM),
            gives_opinions=Place.of(user, P.LEGAL_OPINION),
            workdays=workdays,
        )

    @property
    def own(self) -> Q:
        """At the own desk."""
        return Q(owner_unit_id__in=sorted(self.units))

    @property
    def reach(self) -> Q:
        """What the person's longer lists hold: a part of what may be seen that an index finds."""
        if self.district:
            return Q()
        places = [self.sees.where] if self.sees else []
        return _any_of([*places, *([Q(street_id__in=sorted(self.units)) | self.own] if self.units else [])])

    @property
    def quarter_start(self) -> datetime:
        first = date(self.day.year, (self.day.month - 1) // 3 * 3 + 1, 1)
        return datetime.combine(first, time(), SHANGHAI)

    @cached_property
    def groups(self) -> list[Group]:
        """The to-do list in the order of its urgency."""
        return [*self._by_day(), *self._of_the_office(), *self._of_the_team()]

    def _by_day(self) -> list[Group]:
        desk = self.own & AT_DESK
        if not self.units:
            return []
        return [
            Group("late", _("Overdue"), desk & Q(due_on__lt=self.day)),
            Group("today", _("Due today"), desk & Q(due_on=self.day)),
            Group("accept", _("To accept"), self.own & Q(status=S.ASSIGNED)),
            Group("soon", _("Due within two working days"), desk & Q(due_on__lte=self.soon)),
            Group("later", _("Due later"), desk),
        ]

    def _of_the_office(self) -> list[Group]:
        if not self.routes:
            return []
        return [
            Group("level", _("To be put on a level"), Q(status=S.AWAITING_LEVEL)),
            Group("ruling", _("Returned by a unit, to be ruled on"), Q(status=S.AWAITING_RULING)),
            Group("review", _("Explanations for a second opinion"), TO_REVIEW),
            Group("extension", _("Extensions to decide"), ASKED_TO_EXTEND),
        ]

    def _of_the_team(self) -> list[Group]:
        states = (
            ("returned", _("Sent back for more detail"), self.submits, Q(status=S.RETURNED)),
            ("tell", _("Answers to tell the residents"), self.confirms, TO_CONFIRM),
            ("opinion", _("Waiting for a legal opinion"), self.gives_opinions, OPEN & Q(needs_lawyer=True)),
        )
        return [Group(key, label, place.where & state) for key, label, place, state in states if place]


def _any_of(conditions: Iterable[Q]) -> Q:
    whole = Q()
    for condition in conditions:
        whole |= condition
    return whole or NOTHING


# -- The views --------------------------------------------------------------------------------


@dataclass(frozen=True)
class View:
    """One tab. `where` gives its condition, or None when the person has no such list.

    `quiet` ones are shown only while something is in them.
    """

    key: str
    label: Any
    where: Callable[[Desk], Q | None]
    order: tuple[str, ...] = ("due_on", "id")
    empty: Any = _("Nothing in this list.")
    alarm: bool = False
    quiet: bool = False


def _late(desk: Desk) -> Q:
    return Q(status__in=S.unanswered_states, due_on__lt=desk.day)


def _overdue(desk: Desk) -> Q:
    return _late(desk) & (desk.own if desk.units and not desk.district else desk.reach)


def _confirm(desk: Desk) -> Q | None:
    """Answered and not closed; for those who tell the resident, only what they may tell already."""
    if desk.district:
        return Q(status=S.AWAITING_CONFIRMATION)
    if desk.units:
        return desk.own & Q(status=S.AWAITING_CONFIRMATION)
    return desk.confirms.where & TO_CONFIRM if desk.confirms else None


def _escalated(desk: Desk) -> Q | None:
    """Left the own desk within two years, is elsewhere now and still open."""
    if not desk.units:
        return None
    since = datetime.combine(desk.day - LONG_GONE, time(), SHANGHAI)
    left = Assignment.objects.filter(unit_id__in=sorted(desk.units), until__gte=since).values("issue_id")
    return OPEN & (Q(owner_unit__isnull=True) | ~desk.own) & Q(pk__in=left)


def _office(state: Q) -> Callable[[Desk], Q | None]:
    return lambda desk: state if desk.routes else None


def _drafts(desk: Desk) -> Q | None:
    """The team's, and what a secretary wrote herself."""
    if not desk.logs:
        return None
    places = [Q(team_id__in=sorted(desk.sees.teams))] if desk.sees.teams else []
    places += [Q(area_id__in=sorted(desk.sees.areas), logged_by=desk.user)] if desk.sees.areas else []
    return Q(status=S.DRAFT) & _any_of(places)


PARTS_OF_LATER = {"late", "today", "accept", "soon"}


def _todo(desk: Desk) -> Q | None:
    """All groups; of those by day the last one holds the others."""
    groups = [group for group in desk.groups if group.key not in PARTS_OF_LATER]
    return _any_of(group.where for group in groups) if groups else None


def _opinion(desk: Desk) -> Q | None:
    return desk.gives_opinions.where & OPEN & Q(needs_lawyer=True) if desk.gives_opinions else None


VIEWS = {
    view.key: view
    for view in (
        View(
            "todo",
            _("To do"),
            _todo,
            empty=_("New issues for you appear here; a message tells you."),
        ),
        View("new", _("To accept"), lambda desk: desk.own & Q(status=S.ASSIGNED) if desk.units else None),
        View("level", _("To set the level"), _office(Q(status=S.AWAITING_LEVEL)), quiet=True),
        View("ruling", _("To rule on"), _office(Q(status=S.AWAITING_RULING)), quiet=True),
        View("review", _("Second opinions"), _office(TO_REVIEW), quiet=True),
        View("extension", _("Extensions"), _office(ASKED_TO_EXTEND), quiet=True),
        View("drafts", _("Not submitted"), _drafts, order=("-id",), quiet=True),
        View(
            "returned",
            _("Sent back"),
            lambda desk: desk.submits.where & Q(status=S.RETURNED) if desk.submits else None,
            quiet=True,
        ),
        View("opinion", _("Legal opinions"), _opinion),
        View("overdue", _("Overdue"), _overdue, empty=_("Nothing is overdue."), alarm=True),
        View("confirm", _("To confirm with residents"), _confirm),
        View("escalated", _("Escalated"), _escalated),
        View("open", _("All open"), lambda desk: desk.reach & OPEN),
        View(
            "closed",
            _("Closed this quarter"),
            lambda desk: desk.reach & CLOSED & Q(closed_at__gte=desk.quarter_start),
            order=("-closed_at", "-id"),
        ),
        View("in_time", _("Open and in time"), lambda desk: desk.reach & OPEN & ~_late(desk), quiet=True),
        View("all", _("All issues"), lambda desk: desk.reach & ~Q(status=S.DRAFT), order=("-id",), quiet=True),
    )
}


@lru_cache(maxsize=DESKS)
def views_of(desk: Desk) -> dict[str, Q]:
    """The lists this person has, in the order of the tabs."""
    found = {key: view.where(desk) for key, view in VIEWS.items()}
    return {key: where for key, where in found.items() if where is not None}


def rows_of(user: User, desk: Desk, view: View, narrow: Q) -> QuerySet[Issue]:
    """A list, always within what the person may see."""
    return Issue.objects.visible_to(user).filter(narrow & views_of(desk)[view.key])


def first_rows(user: User, desk: Desk, view: View, narrow: Q, columns: Columns, size: int) -> list[dict[str, Any]]:
    """The first of a list. One query."""

    def beginning() -> Statement:
        rows = rows_of(user, desk, view, narrow)
        return Statement(rows.order_by(*view.order).values(*columns)[:size])

    return written("first rows", desk, *user.grants, view.key, narrow, columns, size, make=beginning).rows()


def most_urgent(user: User, desk: Desk, narrow: Q, columns: Columns, size: int) -> list[dict[str, Any]]:
    """The first of the to-do list, most urgent first; `urgency` is the number of the first group a row belongs to.

    The first of each group are enough to find the first of all, and an index finds those without reading the rest.
    """
    urgency: dict[int, tuple[int, date, int]] = {}
    for found in _firsts(desk, narrow, size).rows():
        place = (found["group"], found["due_on"] or date.max, found["pk"])
        urgency[found["pk"]] = min(place, urgency.get(found["pk"], place))
    if not urgency:
        return []

    def chosen() -> Statement:
        rows = Issue.objects.visible_to(user).filter(pk__in=[KEY]).order_by()
        return Statement(rows.values(*columns), blanks={KEY: "keys"})

    keys = sorted(urgency, key=lambda pk: urgency[pk])[:size]
    rows = written("urgent rows", user.pk, desk.day, *user.grants, columns, make=chosen).rows(keys=keys)
    for row in rows:
        row["urgency"] = urgency[row["id"]][0]
    return sorted(rows, key=lambda row: urgency[row["id"]])


@lru_cache(maxsize=DESKS)
def _firsts(desk: Desk, narrow: Q, size: int) -> Statement:
    firsts = []
    for number, group in enumerate(desk.groups):
        keys = Issue.objects.filter(group.where & narrow).order_by("due_on", "id").values("pk")[:size]
        firsts.append(Issue.objects.filter(pk__in=keys).order_by().values("pk", "due_on", group=Value(number)))
    first, *rest = firsts
    return Statement(first.union(*rest, all=True) if rest else first)


# -- How many ---------------------------------------------------------------------------------


class CappedCount(Subquery):
    """How many rows, counted up to a thousand; one column of a query that counts several lists at once."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk")[:MOST])


def counts_of(desk: Desk) -> dict[str, int]:
    """Every tab and every group of the to-do list."""
    found: dict[str, int] = {}
    for counting in _counting(desk):
        found |= counting.rows()[0]
    if desk.district and desk.groups:
        found["todo"] = sum(found[group.key] for group in desk.groups if group.key not in PARTS_OF_LATER)
    return found


@lru_cache(maxsize=DESKS)
def _counting(desk: Desk) -> list[Statement]:
    """The statements that count for this desk today."""
    lists = views_of(desk) | {group.key: group.where for group in desk.groups if group.key not in VIEWS}
    for uncounted in ("all", "in_time"):
        del lists[uncounted]
    if desk.district:
        lists.pop("todo", None)
        return [_capped(lists | {"district": OPEN & Q(level__number=DISTRICT)})]
    if desk.units:
        return [_capped(lists)]
    elsewhere: dict[str, Q] = {key: lists.pop(key) for key in ("closed", "drafts") if key in lists}
    return [_among_the_open(desk, lists), _capped(elsewhere)]


def _among_the_open(desk: Desk, lists: dict[str, Q]) -> Statement:
    """A team, an area: what is open there is little, so one look at it counts every list."""
    columns = {key: Count("pk", filter=where) for key, where in lists.items()}
    rows = Issue.objects.filter(desk.reach & OPEN).order_by().values(anything=Value(1)).annotate(**columns)
    return Statement(rows.values(*lists))


def _capped(lists: dict[str, Q]) -> Statement:
    columns = {key: CappedCount(Issue.objects.filter(where)) for key, where in lists.items()}
    # The chain's head is a table of one row: a place to hang the columns on.
    return Statement(ChainHead.objects.values(**columns))


def number(n: int) -> str:
    return f"{MOST - 1}+" if n >= MOST else str(n)
