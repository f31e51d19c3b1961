"""Dull rows for issues and the rules they follow, and a way to any status through the services."""

from datetime import date, datetime, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from core.clock import today
from issues import services
from issues.models import Category, Channel, DeadlineRule, Issue, IssueStatus, Level, Reaction, Responsibility
from teams.models import OrgUnit
from tests.factories.teams import LONG_AGO, AreaFactory, UnitFactory
from tests.factories.visits import shanghai

# A Monday; no holiday within the next weeks.
MONDAY = shanghai(2026, 11, 2, 9)

LEVELS = [
    (1, "pairing-unit", "结对单位", "Pairing unit", False, 10),
    (2, "street", "街道", "Street office", False, 15),
    (3, "department", "区职能部门", "District department", True, 30),
    (4, "district", "区级协调", "District coordination", True, 60),
]


def four_levels() -> dict[int, Level]:
    """The levels with their time limits, as Xuhui has them."""
    for number, code, name_zh, name_en, office_confirms, days in LEVELS:
        level, created = Level.objects.get_or_create(
            number=number,
            defaults={"code": code, "name_zh": name_zh, "name_en": name_en, "office_confirms": office_confirms},
        )
        if created:
            DeadlineRule.objects.create(
                level=level, accept_days=3, answer_days=days, extension_days=10, from_day=LONG_AGO
            )
    return {level.number: level for level in Level.objects.all()}


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = Category
        django_get_or_create = ["code"]

    code = "parking"
    name_zh = "停车难"
    name_en = "Parking"
    is_frequent = True


class ResponsibilityFactory(DjangoModelFactory):
    class Meta:
        model = Responsibility

    category = factory.SubFactory(CategoryFactory)
    unit = factory.SubFactory(UnitFactory)
    basis = "职责清单第 12 条"
    ordinary_days = 20
    complex_days = 40
    from_day = LONG_AGO


class DraftFactory(DjangoModelFactory):
    """A draft that lacks nothing."""

    class Meta:
        model = Issue

    area = factory.SubFactory(AreaFactory)
    street = factory.LazyAttribute(lambda issue: issue.area.street)
    raised_on = date(2026, 11, 2)
    original_text = "10 号楼到 14 号楼之间晚上 8 点以后就没有车位"
    title = "夜间停车占用消防通道"
    category = factory.SubFactory(CategoryFactory)
    level = factory.LazyFunction(lambda: four_levels()[2])


class Journey:
    """Takes an issue of one side of the district to a status, by the people who would do it."""

    def __init__(self, district: Any, side: str = "own", at: datetime = MONDAY) -> None:
        self.district, self.side, self.at = district, district.own if side == "own" else district.foreign, at
        self.levels = four_levels()

    def draft(self, level: int | None = 2, **fields: Any) -> Issue:
        fields.setdefault("level", self.levels[level] if level else None)
        fields.setdefault("level_unsure", level is None)
        return DraftFactory(
            area=self.side.area, team=self.side.team, logged_by=self.side["lead"], raised_on=today(self.at), **fields
        )

    def submitted(self, level: int | None = 2, **fields: Any) -> Issue:
        """At the desk, or with the office when the level needs it."""
        return services.submit_issues(issues=[self.draft(level, **fields)], by=self.side["lead"], at=self.at)[0]

    def to(self, status: str, **fields: Any) -> Issue:
        """An issue in this status; `level` starts it there."""
        way = {
            IssueStatus.DRAFT: self.draft,
            IssueStatus.AWAITING_LEVEL: self._awaiting_level,
            IssueStatus.ASSIGNED: self.submitted,
            IssueStatus.IN_PROGRESS: self._in_progress,
            IssueStatus.AWAITING_RULING: self._awaiting_ruling,
            IssueStatus.RETURNED: self._returned,
            IssueStatus.AWAITING_CONFIRMATION: self._awaiting_confirmation,
            IssueStatus.RESOLVED: self._resolved,
            IssueStatus.EXPLAINED: self._explained,
        }
        return way[IssueStatus(status)](**fields)

    def _awaiting_level(self, **fields: Any) -> Issue:
        return self.submitted(**{"level": None, **fields})

    def _returned(self, **fields: Any) -> Issue:
        issue = self._awaiting_level(**fields)
        return services.send_back(issue=issue, by=self.office, at=self.at, version=None, note="哪一栋楼？")

    def _in_progress(self, **fields: Any) -> Issue:
        issue = self.submitted(**fields)
        return services.accept_issue(issue=issue, by=self.handler(issue), at=self.at, version=None)

    def _awaiting_ruling(self, **fields: Any) -> Issue:
        issue = self.submitted(**fields)
        return services.return_issue(
            issue=issue,
            basis="职责清单第 3 条",
            proposed_unit=self.side.department,
            by=self.handler(issue),
            at=self.at,
            version=None,
        )

    def _awaiting_confirmation(self, **fields: Any) -> Issue:
        issue = self._in_progress(**fields)
        return services.resolve_issue(
            issue=issue, text="已划定车位", by=self.handler(issue), at=self.at + timedelta(hours=1), version=None
        )

    def _resolved(self, **fields: Any) -> Issue:
        return self.fed_back(self._awaiting_confirmation(**fields))

    def explanation(self, **fields: Any) -> Issue:
        """Explained by the desk, waiting for the second opinion."""
        issue = self._in_progress(**fields)
        return services.explain_issue(
            issue=issue,
            rule="《上海市停车场管理办法》第 8 条",
            text="现有道路宽度不够，不能再划车位。",
            explained_by="沈佳",
            review_on=today(self.at) + timedelta(days=180),
            by=self.handler(issue),
            at=self.at,
            version=None,
        )

    def _explained(self, **fields: Any) -> Issue:
        issue = self.explanation(**fields)
        issue = services.review_explanation(issue=issue, upheld=True, by=self.office, at=self.at, version=None)
        return self.fed_back(issue, Reaction.UNDERSTANDS)

    def fed_back(self, issue: Issue, reaction: str = Reaction.ACCEPTS) -> Issue:
        return services.feed_back(
            issue=issue,
            told="反映人",
            channel=Channel.PHONE,
            told_on=today(self.at),
            reaction=reaction,
            by=self.side["secretary"],
            at=self.at + timedelta(hours=2),
            version=None,
        )

    @property
    def office(self) -> Any:
        return self.district["coordinator"]

    def handler(self, issue: Issue) -> Any:
        """Whoever works at the desk that has it."""
        unit: OrgUnit | None = issue.owner_unit
        desks = {
            self.side.street: self.side["street"],
            self.side.department: self.side["department"],
            self.side.unit: self.side["pairing_unit"],
            self.district.office: self.office,
        }
        return desks[unit]  # type: ignore[index]
