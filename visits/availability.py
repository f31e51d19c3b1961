"""When people cannot visit, and what of it meets a planned visit: read for the pages."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.dated import valid_on
from teams.models import Membership, User
from teams.policies import sees_district
from visits.busy import WHOLE_DAY
from visits.models import BusyTime, DayPart, Visit
from visits.policies import may_enter_busy
from visits.queries import visits_with


def people_in_reach(user: User, day: date) -> QuerySet[User]:
    """Whose busy times somebody may see: the whole district's, or one's own and those of one's teams."""
    if sees_district(user):
        return User.objects.all()
    teams = {scope.team_id for scope in user.grants if scope.team_id}
    colleagues = Membership.objects.filter(valid_on(day), seat__team__in=teams)
    return User.objects.filter(Q(pk=user.pk) | Q(pk__in=colleagues.values("user_id")))


def people_listed(user: User, day: date, text: str = "") -> QuerySet[User]:
    """Everybody in reach who is busy from this day on, each with `halves`; with a text, everybody whose name has it."""
    people = people_in_reach(user, day).filter(is_active=True)
    people = people.annotate(halves=Count("busy_times", filter=Q(busy_times__day__gte=day)))
    return people.filter(name__icontains=text) if text else people.filter(halves__gt=0)


@dataclass(frozen=True)
class BusyDay:
    """A day with the parts that are entered together: they share reason and origin, so they are removed together."""

    day: date
    rows: tuple[BusyTime, ...]
    clashes: tuple[Visit, ...]

    @property
    def parts(self) -> Any:
        found = [DayPart(row.part) for row in self.rows]
        if len(found) == len(WHOLE_DAY):
            return _("Whole day")
        return pgettext("between parts of a day", ", ").join(str(part.label) for part in found)

    @property
    def reason(self) -> str:
        return self.rows[0].reason

    @property
    def is_read(self) -> bool:
        """From a calendar elsewhere: it goes when the entry there goes."""
        return self.rows[0].calendar_id is not None

    @property
    def keys(self) -> str:
        return ",".join(str(row.pk) for row in self.rows)


def busy_days(person: User, reader: User, first: date) -> list[BusyDay]:
    """From this day on. Four queries. Reasons are blank for whoever may only know that somebody is busy."""
    rows = sorted(person.busy_times.filter(day__gte=first), key=_in_order)
    if not may_enter_busy(reader, person):
        for row in rows:
            row.reason = ""
    planned = _visits_of(person, rows)
    groups: dict[tuple[Any, ...], list[BusyTime]] = defaultdict(list)
    for row in rows:
        groups[row.day, row.reason, row.calendar_id is None].append(row)
    return [
        BusyDay(found[0].day, tuple(found), tuple(visit for row in found for visit in planned[row.day, row.part]))
        for found in groups.values()
    ]


def _in_order(row: BusyTime) -> tuple[date, int]:
    return row.day, WHOLE_DAY.index(DayPart(row.part))


def _visits_of(person: User, rows: Iterable[BusyTime]) -> dict[tuple[date, str], list[Visit]]:
    """This person's planned visits on these days, by day and part."""
    days = {row.day for row in rows}
    found: dict[tuple[date, str], list[Visit]] = defaultdict(list)
    if not days:
        return found
    planned = Visit.objects.placed().filter(day__in=days).select_related("area").order_by("starts_at")
    for visit in visits_with(person, planned):
        found[visit.day, visit.part].append(visit)  # type: ignore[index]
    return found
