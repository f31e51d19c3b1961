"""The rows of the visit list as one string each: a template's loop over fifty of them costs more than all the rest."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.clock import SHANGHAI, today
from core.paging import PAGE_SIZE, Page, first_page
from core.rows import join_rows
from core.statements import Statement, written
from core.templatetags.core import zhdaytime
from teams.models import User
from visits.confirming import is_unconfirmed
from visits.filters import BY_TEAM
from visits.models import Confirmation, Lateness, Visit, VisitStatus
from visits.models.rounds import QUARTERS
from visits.models.visits import RECORD_DAYS
from visits.policies import visit_scope

COLUMNS = (
    *("pk", "code", "area__name", "area__street__name", "round__year", "round__quarter", "round__record_days"),
    *("day", "starts_at", "venue", "team_id", "team__number", "status", "recorded_at"),
    *("confirmation", "confirm_until", "lateness"),
)
ROW = (
    '<tr><td class="wide"><a class="tt" href="{}" data-row>{}</a><span class="mt">{}{}</span></td><td class="nowrap">{}</td>'
    '<td>{}</td><td class="nowrap">{}</td><td>{}</td><td><span class="st {}">{}</span>{}</td></tr>'
)
LOOKS = {status.value: status.look for status in VisitStatus}

VisitRow = dict[str, Any]


def columns_of(visits: QuerySet[Any]) -> QuerySet[Any]:
    return visits.values(*COLUMNS)


def first_page_of_all(user: User) -> Page:
    """The list before anybody has asked for something. One query."""

    def first() -> Statement:
        return Statement(columns_of(Visit.objects.visible_to(user)).order_by(*BY_TEAM)[: PAGE_SIZE + 1])

    return first_page(written("first visits", visit_scope(user), make=first).rows(), order=BY_TEAM)


class Writer:
    """What many rows share, looked up once."""

    def __init__(self, leads: Mapping[int, str], day: date) -> None:
        self.leads, self.day = leads, day
        self.statuses = {value: str(label) for value, label in VisitStatus.choices}
        self.team = _("Team %(number)s")
        self.late, self.unconfirmed = _tag(_("recorded late"), "amber"), _tag(_("Not confirmed"))
        self.confirmation = {one.value: _tag(one.label, one.tone) for one in Confirmation}
        self.lateness = {one.value: _tag(one.label, one.tone) for one in Lateness}
        self.nothing = SafeString('<span class="muted">–</span>')
        self.base = reverse("visits:visits")
        self.rounds: dict[tuple[int, int], str] = {}

    def cells(self, row: VisitRow) -> tuple[Any, ...]:
        return (
            f"{self.base}{row['code']}/",
            row["area__name"],
            row["area__street__name"],
            self._round(row["round__year"], row["round__quarter"]),
            zhdaytime(datetime.combine(row["day"], row["starts_at"], SHANGHAI)) if _is_placed(row) else self.nothing,
            row["venue"],
            self.team % {"number": row["team__number"]},
            self.leads.get(row["team_id"], ""),
            LOOKS[row["status"]],
            self.statuses[row["status"]],
            self._tags(row),
        )

    def _tags(self, row: VisitRow) -> SafeString:
        """What stands out: a late record, one in dispute or without the secretary's word. What is well needs no tag."""
        found = SafeString()
        if row["lateness"] != Lateness.NONE:
            found += self.lateness[row["lateness"]]
        elif is_late(row):
            found += self.late
        if is_unconfirmed(row["confirmation"], row["confirm_until"], self.day):
            found += self.unconfirmed
        elif row["confirmation"] in (Confirmation.DISPUTED, Confirmation.WAITING):
            found += self.confirmation[row["confirmation"]]
        return found

    def _round(self, year: int | None, quarter: int | None) -> str:
        if year is None or quarter is None:
            return ""
        if (year, quarter) not in self.rounds:
            self.rounds[year, quarter] = f" · {QUARTERS[quarter] % {'year': year}}"
        return self.rounds[year, quarter]


def rows_html(rows: Iterable[VisitRow], leads: Mapping[int, str], day: date) -> SafeString:
    writer = Writer(leads, day)
    return join_rows(ROW, (writer.cells(row) for row in rows))


def _tag(words: Any, tone: str = "") -> SafeString:
    return format_html(' <span class="tag {}">{}</span>', tone, words)


def is_late(row: VisitRow) -> bool:
    """As Visit.is_late says it."""
    days = row["round__record_days"]
    due = row["day"] + timedelta(days=RECORD_DAYS if days is None else days) if row["day"] else None
    return row["recorded_at"] is not None and due is not None and today(row["recorded_at"]) > due


def _is_placed(row: VisitRow) -> bool:
    return row["day"] is not None and row["starts_at"] is not None
