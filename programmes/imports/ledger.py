"""04: the old ledger. Its rows become issues with as much history as a ledger tells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events import Happened
from issues import importing as door
from issues.importing import LedgerRow
from issues.models import Category, Issue, IssueStatus, Level
from programmes.imports.cells import Record, folded, shown
from programmes.imports.report import Count
from programmes.imports.steps import Step
from programmes.imports.tables import Kind, Table
from teams.models import Area, Pairing, Team, User
from teams.names import clean_phone, is_mobile

LEDGER = Kind(
    "ledger",
    gettext_lazy("Ledger of issues"),
    ("编号", "街镇", "居民区", "反映的问题", "类别", "解决层级", "承办单位", "提出日期", "办理情况", "办结日期"),
    optional=("反映人", "联系电话"),
)
CODE = re.compile(r"\d{2}Q[1-4]-\d{4,6}")
STATUSES = {
    "已解决": IssueStatus.RESOLVED,
    "已解释": IssueStatus.EXPLAINED,
    "办理中": IssueStatus.IN_PROGRESS,
    "待受理": IssueStatus.ASSIGNED,
}


@dataclass
class Ledger(Step):
    """An issue that is in Manyi already stays as it is: a ledger never overwrites what has happened since.

    `new_categories` and `new_pairings` are what the other tables of the same import add.
    """

    key = LEDGER.key
    new_categories: dict[str, Category] = field(default_factory=dict)
    new_pairings: list[Pairing] = field(default_factory=list)
    new: list[LedgerRow] = field(default_factory=list)
    left: int = 0
    otherwise: int = 0

    def plan(self, tables: list[Table]) -> None:
        if not tables:
            return
        self._seen: dict[str, Record] = {}
        self._levels = {word: level for level in Level.objects.all() for word in (level.name_zh, f"区{level.name_zh}")}
        self._categories = {category.name_zh: category for category in Category.objects.all()} | self.new_categories
        self._pairings: dict[str, list[tuple[date, date | None, Team]]] = {}
        for pairing in [*Pairing.objects.select_related("area", "team"), *self.new_pairings]:
            self._pairings.setdefault(pairing.area.name, []).append((pairing.from_day, pairing.until_day, pairing.team))
        self._there = self._issues_of(tables)
        for table in tables:
            for record in table.records():
                self._line(record, table.year or self.known.day.year)
        self._seen.clear()  # what was read need not stay in memory while it is written

    def _issues_of(self, tables: list[Table]) -> dict[str | None, Issue]:
        """What Manyi has of the quarters these ledgers are about."""
        quarters = {plain_code(record.value("编号"))[:4] for table in tables for record in table.records()}
        rows = Issue.objects.submitted().filter(quarter__in=quarters).select_related("area")
        return {issue.code: issue for issue in rows.only("code", "status", "title", "original_text", "area__name")}

    def _line(self, record: Record, year: int) -> None:
        code = self._code(record)
        area = self._area(record)
        unit = self.known.unit(record, "承办单位")
        text = record.text("反映的问题", most=500)
        category = record.choice("类别", self._categories)
        level = record.choice("解决层级", self._levels)
        raised_on, closed_on, status = self._course(record, year)
        name, phone = self._reporter(record)
        if not (code and area and unit and text and category and level and raised_on and status):
            return
        there = self._there.get(code)
        if there is not None:
            self._keep(record, there, area, text, status)
            return
        team = self._team_of(area, raised_on)
        self.new.append(
            LedgerRow(code, area, team, text, category, level, unit, raised_on, status, closed_on, name, phone)
        )

    def _code(self, record: Record) -> str:
        code = plain_code(record.value("编号"))
        if not CODE.fullmatch(code):
            record.error("编号", _("This is not an issue's number. Write it like 26Q2-0001."))
            return ""
        return code if record.is_first("编号", code, self._seen) else ""

    def _area(self, record: Record) -> Area | None:
        area, street = self.known.area(record, "居民区"), self.known.unit(record, "街镇")
        own = self.known.streets.get(area.name) if area else None
        if street is not None and own is not None and own.name != street.name:
            record.error("居民区", _("“%(name)s” belongs to %(street)s.") % {"name": area, "street": own})
        return area

    def _course(self, record: Record, year: int) -> tuple[date | None, date | None, str]:
        """When it was raised and closed, and how it stands; the three must fit together."""
        status = record.choice("办理情况", STATUSES)
        raised_on = record.day("提出日期", year=year)
        closed_on = record.day("办结日期", year=year, required=False)
        closed = status in IssueStatus.closed_states
        for heading, day in (("提出日期", raised_on), ("办结日期", closed_on)):
            if day and day > self.known.day:
                record.error(heading, _("This day is still to come."))
        if raised_on and closed_on and closed_on < raised_on:
            record.error("办结日期", _("It was closed before it was raised (%(day)s).") % {"day": raised_on})
        if closed and not folded(record.value("办结日期")):
            record.error("办结日期", _("The day on which it was closed is missing."))
        if status and not closed and closed_on:
            record.error("办结日期", _("It is not closed, so there can be no closing day."))
        return raised_on, closed_on, status

    def _reporter(self, record: Record) -> tuple[str, str]:
        """Residents may have left a landline, or nothing."""
        name = record.name("反映人", required=False)
        typed = folded(shown(record.value("联系电话"))) if "联系电话" in record.columns else ""
        phone = clean_phone(typed)
        if not typed or is_mobile(phone) or (phone.startswith("0") and 10 <= len(phone) <= 12) or len(phone) in (7, 8):
            return name, phone
        return name, record.mobile("联系电话")

    def _team_of(self, area: Area, day: date) -> Team | None:
        """The team that had the area on the day."""
        for first, last, team in self._pairings.get(area.name, []):
            if first <= day and (last is None or day <= last):
                return team
        return None

    def _keep(self, record: Record, there: Issue, area: Area, text: str, status: str) -> None:
        if there.original_text != text or there.area.name != area.name:
            record.error(
                "编号",
                _("%(code)s is another issue in Manyi: “%(text)s”.") % {"code": there.code, "text": there.headline},
            )
            return
        self.left += 1
        self.otherwise += there.status != status

    def create(self, by: User | None, at: datetime) -> Iterator[Happened]:
        return door.import_ledger(self.new, by=by, at=at)

    def counts(self) -> list[Count]:
        stay = _("%(n)s stand otherwise in Manyi and stay so") % {"n": self.otherwise} if self.otherwise else ""
        return [Count(gettext_lazy("Issues"), len(self.new), 0, self.left, note=stay)]

    def actions(self) -> Iterator[str]:
        for row in self.new:
            yield f"issue {row.code} {row.area} {row.text} {row.category.name_zh} {row.level.number} {row.unit} {row.raised_on} {row.status} {row.closed_on}"


def plain_code(value: object) -> str:
    return folded(value).upper().replace(" ", "")
