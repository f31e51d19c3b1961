"""The lists somebody works through: which there are for this person, what belongs in them, how many.

Every list is a condition that an index answers; counting stops at a thousand, so no tab ever counts the table.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from core.clock import SHANGHAI, today
from issues import policies
from issues.duewords import SOON
from issues.models import Assignment, Ending, Explanation, Extension, Issue, IssueStatus
from teams.grants import holds, scopes_with
from teams.models import User
from teams.permissions import Permission as P
from teams.policies import sees_district
from visits.workdays import Workdays

MOST = 1000
S = IssueStatus
OPEN, CLOSED = Q(status__in=S.open_states), Q(status__in=S.closed_states)
AT_DESK = Q(status__in=S.desk_states)
UNREVIEWED = Exists(Explanation.objects.filter(issue_id=OuterRef("pk"), reviewed_at__isnull=True))
TO_REVIEW = Q(status=S.AWAITING_CONFIRMATION, ending=Ending.EXPLAINED) & UNREVIEWED
TO_CONFIRM = Q(status=S.AWAITING_CONFIRMATION) & ~(Q(ending=Ending.EXPLAINED) & UNREVIEWED)
ASKED_TO_EXTEND = Q(pk__in=Extension.objects.filter(decided_at__isnull=True).values("issue_id"))


@dataclass(frozen=True)
class Group:
    """A part of the to-do list with its own heading."""

    key: str
    label: Any
    where: Q


class Desk:
    """Where a person's lists look, and the days they depend on."""

    def __init__(self, user: User, at: datetime, workdays: Workdays) -> None:
        self.user, self.at, self.day, self.workdays = user, at, today(at), workdays
        self.soon = workdays.add(self.day, SOON)
        self.units = policies.own_units(user)
        self.district = sees_district(user)
        self.routes = holds(user, P.ISSUE_ROUTE)
        self.teams = {scope.team_id for scope in scopes_with(user, P.ISSUE_VIEW) if scope.team_id}
        self.areas = {scope.area_id for scope in scopes_with(user, P.ISSUE_VIEW) if scope.area_id}

    @cached_property
    def own(self) -> Q:
        """At the own desk."""
        return Q(owner_unit_id__in=self.units)

    @cached_property
    def reach(self) -> Q:
        """What the person's longer lists hold: a part of what may be seen that an index finds."""
        if self.district:
            return Q()
        places = [
            Q(team_id__in=self.teams) if self.teams else None,
            Q(area_id__in=self.areas) if self.areas else None,
            Q(street_id__in=self.units) | self.own if self.units else None,
        ]
        return _any_of(place for place in places if place is not None)

    def where(self, permission: P) -> Q | None:
        """Issues of the teams and areas where the person holds a permission; None where that is nowhere."""
        scopes = scopes_with(self.user, permission)
        places = [Q(team_id=scope.team_id) for scope in scopes if scope.team_id]
        places += [Q(area_id=scope.area_id) for scope in scopes if scope.area_id]
        return _any_of(places) if places else None

    @cached_property
    def quarter_start(self) -> datetime:
        first = date(self.day.year, (self.day.month - 1) // 3 * 3 + 1, 1)
        return datetime.combine(first, time(), SHANGHAI)

    @cached_property
    def groups(self) -> list[Group]:
        """The to-do list in the order of its urgency."""
        return [*self._by_day, *self._other]

    @property
    def sources(self) -> list[Q]:
        """The same as few conditions, each answered by one index."""
        return [self.own & AT_DESK] * bool(self.units) + [group.where for group in self._other]

    @cached_property
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

    @cached_property
    def _other(self) -> list[Group]:
        groups = []
        if self.routes:
            groups += [
                Group("level", _("To be put on a level"), Q(status=S.AWAITING_LEVEL)),
                Group("ruling", _("Returned by a unit, to be ruled on"), Q(status=S.AWAITING_RULING)),
                Group("review", _("Explanations for a second opinion"), TO_REVIEW),
                Group("extension", _("Extensions to decide"), OPEN & ASKED_TO_EXTEND),
            ]
        for key, label, permission, state in (
            ("returned", _("Sent back for more detail"), P.ISSUE_SUBMIT, Q(status=S.RETURNED)),
            ("tell", _("Answers to tell the residents"), P.ISSUE_CONFIRM, TO_CONFIRM),
            ("opinion", _("Waiting for a legal opinion"), P.LEGAL_OPINION, OPEN & Q(needs_lawyer=True)),
        ):
            place = self.where(permission)
            if place is not None:
                groups.append(Group(key, label, place & state))
        return groups


def _any_of(conditions: Iterable[Q]) -> Q:
    whole = Q(pk__in=[])
    for condition in conditions:
        whole |= condition
    return whole


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


def _todo(desk: Desk) -> Q | None:
    if len(desk.sources) <= 1:
        return desk.sources[0] if desk.sources else None
    first, *rest = [Issue.objects.filter(where).order_by().values("pk") for where in desk.sources]
    return Q(pk__in=first.union(*rest, all=True))


def _overdue(desk: Desk) -> Q | None:
    late = Q(status__in=S.unanswered_states, due_on__lt=desk.day)
    if desk.district:
        return late
    return desk.own & late if desk.units else desk.reach & late


def _confirm(desk: Desk) -> Q | None:
    if desk.district:
        return TO_CONFIRM
    if desk.units:
        return desk.own & TO_CONFIRM
    place = desk.where(P.ISSUE_CONFIRM)
    return place & TO_CONFIRM if place is not None else None


def _escalated(desk: Desk) -> Q | None:
    """Was at the own desk, is elsewhere now and still open."""
    if not desk.units:
        return None
    had = Assignment.objects.filter(unit_id__in=desk.units, until__isnull=False).values("issue_id")
    elsewhere = Q(owner_unit__isnull=True) | ~desk.own
    return OPEN & elsewhere & Q(pk__in=had)


def _office(state: Q) -> Callable[[Desk], Q | None]:
    return lambda desk: state if desk.routes else None


def _at(permission: P, state: Q) -> Callable[[Desk], Q | None]:
    def where(desk: Desk) -> Q | None:
        place = desk.where(permission)
        return None if place is None else place & state

    return where


def _drafts(desk: Desk) -> Q | None:
    place = desk.where(P.ISSUE_LOG)
    return None if place is None else place & Q(status=S.DRAFT)


VIEWS = {
    view.key: view
    for view in (
        View(
            "todo",
            _("To do"),
            _todo,
            order=("urgency", "due_on", "id"),
            empty=_("New issues for you appear here; a message tells you."),
        ),
        View("new", _("To accept"), lambda desk: desk.own & Q(status=S.ASSIGNED) if desk.units else None),
        View("level", _("To set the level"), _office(Q(status=S.AWAITING_LEVEL)), quiet=True),
        View("ruling", _("To rule on"), _office(Q(status=S.AWAITING_RULING)), quiet=True),
        View("review", _("Second opinions"), _office(TO_REVIEW), quiet=True),
        View("extension", _("Extensions"), _office(OPEN & ASKED_TO_EXTEND), quiet=True),
        View("drafts", _("Not submitted"), _drafts, order=("-id",), quiet=True),
        View("returned", _("Sent back"), _at(P.ISSUE_SUBMIT, Q(status=S.RETURNED)), quiet=True),
        View("opinion", _("Legal opinions"), _at(P.LEGAL_OPINION, OPEN & Q(needs_lawyer=True))),
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
        View("all", _("All issues"), lambda desk: desk.reach & ~Q(status=S.DRAFT), order=("-id",), quiet=True),
    )
}


def views_of(desk: Desk) -> dict[str, Q]:
    """The lists this person has, in the order of the tabs."""
    found = {key: view.where(desk) for key, view in VIEWS.items()}
    return {key: where for key, where in found.items() if where is not None}


def rows_of(desk: Desk, view: View, where: Q) -> QuerySet[Issue]:
    """The list itself: always within what the person may see."""
    rows = Issue.objects.visible_to(desk.user).filter(where)
    if view.key == "todo":
        rows = rows.annotate(urgency=urgency(desk))
    return rows


def urgency(desk: Desk) -> Case:
    """The number of the first group an issue belongs to."""
    whens = [When(group.where, then=Value(number)) for number, group in enumerate(desk.groups)]
    return Case(*whens, default=Value(len(whens)), output_field=IntegerField())


# -- How many ---------------------------------------------------------------------------------


class CappedCount(Subquery):
    """How many rows, counted up to a thousand; one column of a query that counts many lists at once."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS capped)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk")[:MOST])


def counts_of(desk: Desk, views: dict[str, Q]) -> dict[str, int]:
    """Every tab and every group of the to-do list, in one query."""
    wanted = {key: where for key, where in views.items() if key != "all"}
    wanted |= {group.key: group.where for group in desk.groups if group.key not in wanted}
    if desk.district:
        wanted["district"] = OPEN & Q(level__number=4)
    columns = {key: CappedCount(Issue.objects.filter(where)) for key, where in wanted.items()}
    return User.objects.filter(pk=desk.user.pk).values(**columns).get()


def number(n: int) -> str:
    return f"{MOST - 1}+" if n >= MOST else str(n)
