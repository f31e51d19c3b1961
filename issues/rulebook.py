"""The district's rules as they were on a day: levels, time limits, responsibility list, calendar."""

from datetime import date, timedelta
from functools import cached_property

from django.utils.translation import gettext as _

from core.refusals import RuleBroken
from core.statements import Statement, written
from issues import routing
from issues.models import Category, Complexity, DeadlineRule, Issue, Level, Responsibility
from teams.models import Area, OrgUnit, Team, UnitKind
from visits.calendar import Calendar
from visits.workdays import Workdays

LONGEST = timedelta(days=400)


class Rulebook:
    """The rules an issue submitted on `day` is bound to, whatever changes later.

    Each part is one query, when it is asked for the first time.
    """

    def __init__(self, day: date) -> None:
        self._day = day

    @cached_property
    def levels(self) -> dict[int, Level]:
        return {level.number: level for level in all_levels()}

    @cached_property
    def workdays(self) -> Workdays:
        return Calendar.load(self._day, self._day + LONGEST)

    @cached_property
    def _limits(self) -> dict[int, routing.Limits]:
        def in_force() -> Statement:
            return Statement(DeadlineRule.objects.on(self._day).select_related("level"))

        return {
            rule.level.number: routing.Limits(rule.accept_days, rule.answer_days, rule.extension_days)
            for rule in written("time limits", self._day, make=in_force).rows()
        }

    @cached_property
    def _entries(self) -> dict[int | None, Responsibility]:
        """The responsibility list, by category."""

        def in_force() -> Statement:
            return Statement(Responsibility.objects.on(self._day).select_related("unit"))

        return {entry.category_id: entry for entry in written("duties", self._day, make=in_force).rows()}

    @cached_property
    def _office(self) -> OrgUnit | None:
        offices = written("office", make=lambda: Statement(OrgUnit.objects.filter(kind=UnitKind.OFFICE)[:1]))
        return next(iter(offices.rows()), None)

    def level(self, number: int) -> Level:
        if number not in self.levels:
            raise RuleBroken(_("There is no level %(number)s. Please ask the office.") % {"number": number})
        return self.levels[number]

    def unit(self, level: int, *, area: Area, team: Team | None, category_id: int | None) -> OrgUnit | None:
        """The unit that solves issues of this level and category in this area; None when somebody has to choose."""
        match level:
            case routing.PAIRING_UNIT:
                return team.unit if team else None
            case routing.STREET:
                return area.street
            case routing.DEPARTMENT:
                return self._entries[category_id].unit if category_id in self._entries else None
            case routing.DISTRICT:
                return self._office
        return None

    def unit_of(self, issue: Issue, level: int) -> OrgUnit | None:
        return self.unit(level, area=issue.area, team=issue.team, category_id=issue.category_id)

    def days(self, level: int, category: Category | int | None, complexity: str) -> int:
        pk = category.pk if isinstance(category, Category) else category
        entry = self._entries.get(pk) if level == routing.DEPARTMENT else None
        allowed = routing.Entry(entry.ordinary_days, entry.complex_days) if entry else None
        return routing.answer_days(level, self._limits, allowed, complexity == Complexity.COMPLEX)

    def deadlines(self, issue: Issue, level: int, *, submitted_on: date, assigned_on: date) -> routing.Deadlines:
        extension = self._limits[level].extension if issue.extended and level in self._limits else 0
        return routing.deadlines(
            submitted_on=submitted_on,
            assigned_on=assigned_on,
            days=self.days(level, issue.category_id, issue.complexity),
            accept=routing.accept_days(level, self._limits),
            workdays=self.workdays,
            extension=extension,
        )


def all_levels() -> list[Level]:
    return written("levels", make=lambda: Statement(Level.objects.all())).rows()
