"""One street's page: its areas with the reason why each needs attention, and one area looked at closely."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from dashboard.charts import Links, links
from dashboard.figures import Slice, StreetFigures
from dashboard.quarters import round_of_quarter
from dashboard.satisfaction import Satisfaction, Share
from issues.models import Issue
from teams.models import Team, User
from teams.queries import area_rows
from visits.models import Round, Visit

BELOW = Decimal("0.10")  # satisfaction so far below the district's is worth a look
SEVERAL = 2
SHOWN = 8


@dataclass(frozen=True)
class AreaRow:
    """A row of the street's table; `why` is empty for an area that needs no attention."""

    slice: Slice
    links: Links
    team: Team | None
    secretary: User | None
    share: Share | None
    why: str


def rows_of(
    figures: StreetFigures, quarter: str, satisfaction: Satisfaction | None, round_: Round | None, day: date
) -> list[AreaRow]:
    """Two queries: the teams and the secretaries of today."""
    people = {row.area.pk: row for row in area_rows([item.thing for item in figures.areas], day)}
    window_over = round_ is not None and round_.window_end < day
    found = []
    for item in figures.areas:
        who = people[item.thing.pk]
        share = satisfaction.areas.get(item.thing.pk) if satisfaction else None
        why = pgettext("between facts", "; ").join(_reasons(item, share, satisfaction, window_over))
        here = links(quarter, street=figures.street.key, area=item.key)
        found.append(AreaRow(item, here, who.team, who.secretary, share, why))
    return found


def _reasons(item: Slice, share: Share | None, rated: Satisfaction | None, window_over: bool) -> list[str]:
    tally, reasons = item.tally, []
    if tally.overdue:
        reasons.append(ngettext("%(n)s overdue", "%(n)s overdue", tally.overdue) % {"n": tally.overdue})
    if tally.received >= SEVERAL and not tally.closed:
        reasons.append(_("none of %(n)s closed") % {"n": tally.received})
    if window_over and item.progress.done < item.progress.visits:
        reasons.append(_("not visited in the window"))
    if share and rated and rated.overall.rate - share.rate >= BELOW:
        points = (rated.overall.rate - share.rate) * 100
        reasons.append(_("satisfaction %(n)s points below the district's") % {"n": f"{points:.1f}"})
    return reasons


@dataclass(frozen=True)
class Closely:
    """One area beside the table: its visit of the round and the issues of the quarter that are due first."""

    row: AreaRow
    visit: Visit | None
    issues: QuerySet[Issue]


def closely(row: AreaRow, quarter: str, user: User) -> Closely:
    """Two queries."""
    area = row.slice.thing
    visits = Visit.objects.visible_to(user).filter(round__code=round_of_quarter(quarter), area=area)
    issues = Issue.objects.visible_to(user).filter(quarter=quarter, area=area).select_related("level")
    return Closely(row, visits.first(), issues.order_by("due_on", "pk")[:SHOWN])
