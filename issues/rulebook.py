"""The district's rules as they were on a day: levels, time limits, responsibility list, calendar. Loaded once, asked often."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self

from django.utils.translation import gettext as _

from core.refusals import RuleBroken
from core.statements import Statement, written
from issues import routing
from issues.models import Category, Complexity, DeadlineRule, Issue, Level, Responsibility
from teams.models import Area, OrgUnit, Team, UnitKind
from visits.calendar import Calendar
from visits.workdays import Workdays

LONGEST = timedelta(days=400)


@dataclass
class Rulebook:
    levels: dict[int, Level]
    limits: dict[int, routing.Limits]
    entries: dict[int, Responsibility]
    office: OrgUnit | None
    workdays: Workdays = field(default_factory=Workdays)

    @classmethod
    def load(cls, day: date) -> Self:
        """The rules an issue submitted on `day` is bound to, whatever changes later. Five queries."""
        rules = written(
            "time limits", day, make=lambda: Statement(DeadlineRule.objects.on(day).select_related("level"))
        )
        entries = written("duties", day, make=lambda: Statement(Responsibility.objects.on(day).select_related("unit")))
        return cls(
            levels={level.number: level for level in all_levels()},
            limits={
                rule.level.number: routing.Limits(rule.accept_days, rule.answer_days, rule.extension_days)
                for rule in rules.rows()
            },
            entries={entry.category_id: entry for entry in entries.rows()},
            office=next(iter(written("office", make=_office).rows()), None),
            workdays=Calendar.load(day, day + LONGEST),
        )

    def level(self, number: int) -> Level:
        if number not in self.levels:
            raise RuleBroken(_("There is no level %(number)s. Please ask the office.") % {"number": number})
        return self.levels[number]

    def entry(self, category_id: int | None) -> routing.Entry | None:
        row = self.entries.get(category_id) if category_id else None
        return routing.Entry(row.unit_id, row.ordinary_days, row.complex_days) if row else None

    def unit(self, level: int, *, area: Area, team: Team | None, category_id: int | None) -> OrgUnit | None:
        """The unit that solves issues of this level and category in this area; None when somebody has to choose."""
        place = routing.Place(
            pairing_unit=team.unit_id if team else None,
            street=area.street_id,
            office=self.office.pk if self.office else None,
            entry=self.entry(category_id),
        )
        pk = routing.unit_for(level, place)
        if pk == area.street_id:
            return area.street
        others = (team.unit if team else None, self.office, *(row.unit for row in self.entries.values()))
        return next((unit for unit in others if unit and unit.pk == pk), None)

    def unit_of(self, issue: Issue, level: int) -> OrgUnit | None:
        return self.unit(level, area=issue.area, team=issue.team, category_id=issue.category_id)

    def days(self, level: int, category: Category | int | None, complexity: str) -> int:
        pk = category.pk if isinstance(category, Category) else category
        return routing.answer_days(level, self.limits, self.entry(pk), complexity == Complexity.COMPLEX)

    def deadlines(self, issue: Issue, level: int, *, submitted_on: date, assigned_on: date) -> routing.Deadlines:
        extension = self.limits[level].extension if issue.extended and level in self.limits else 0
        return routing.deadlines(
            submitted_on=submitted_on,
            assigned_on=assigned_on,
            days=self.days(level, issue.category_id, issue.complexity),
            accept=routing.accept_days(level, self.limits),
            workdays=self.workdays,
            extension=extension,
        )


def all_levels() -> list[Level]:
    return written("levels", make=lambda: Statement(Level.objects.all())).rows()


def _office() -> Statement:
    return Statement(OrgUnit.objects.filter(kind=UnitKind.OFFICE)[:1])
