"""What is measured: the pages and moves people wait for, each with the multiple of the floor it may cost."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import quote

from django.utils import timezone

from bench.board import dropping, open_board
from bench.site import Visitor
from core.clock import quarter_code, today
from issues import services
from issues.models import Category, Issue, IssueStatus, Level
from teams.models import Area, Grant, Membership, Team, User
from teams.permissions import Role

LISTS, PAGES, SEARCHES = 3, 4, 5
BOARD, MOVE = 12, 5
RARE, ABSENT, COMMON = "匾额", "飞碟", "通道"  # one in ten thousand, none, nearly all (see bench.rows)
SAID = "楼道灯坏了三个月没人修"


@dataclass(frozen=True)
class Case:
    name: str
    limit: int
    act: Callable[[], object]
    local: bool = False


def cases(coordinator: User, connection: HTTPConnection, rounds: int) -> list[Case]:
    """All cases for the rows there are now. `rounds` says how many issues the moves may use up."""
    at = timezone.now()
    office = Visitor(connection, coordinator)
    handler = Grant.objects.filter(role=Role.HANDLER, unit__kind="street").select_related("user", "unit").earliest("pk")
    desk = Visitor(connection, handler.user)
    quarter = f"20{quarter_code(today(at)).lower()}"
    mine = Issue.objects.filter(owner_unit=handler.unit, status=IssueStatus.IN_PROGRESS)
    some = with_a_past(mine.latest("pk"), handler.user, at)
    category = some.category.code if some.category else ""

    def page(visitor: Visitor, address: str) -> Callable[[], object]:
        return lambda: visitor.get(address)

    return [
        Case("issue queue, office", LISTS, page(office, "/issues/")),
        Case("issue queue, street desk", LISTS, page(desk, "/issues/")),
        Case("issue list, all open", LISTS, page(office, "/issues/?view=open")),
        Case("issue list, one category, closed", LISTS, page(office, f"/issues/?view=closed&category={category}")),
        Case("issue list, one street of a quarter", LISTS, page(office, drill(some))),
        Case("visit list", LISTS, page(office, "/visits/")),
        Case("event log", LISTS, page(office, "/events/")),
        Case("search, a rare word", SEARCHES, page(office, found(RARE))),
        Case("search, an absent word", SEARCHES, page(office, found(ABSENT))),
        Case("search, a common word", SEARCHES, page(office, found(COMMON))),
        Case("home of the office", PAGES, page(office, "/")),
        Case("issue detail", PAGES, page(desk, f"/issues/{some.code}/")),
        Case("dashboard", PAGES, page(office, f"/dashboards/{quarter}/")),
        Case("dashboard, one street", PAGES, page(office, f"/dashboards/{quarter}/streets/{some.street.slug}/")),
        Case("round board, 307 visits", BOARD, open_board(office, at)),
        Case("move a visit on the board", MOVE, dropping(office, at)),
        Case("one transition: progress", PAGES, moving(desk, mine, rounds)),
        Case("log one issue and submit it", PAGES, logging(at), local=True),
    ]


def found(words: str) -> str:
    return f"/issues/?view=all&q={quote(words)}"


def drill(issue: Issue) -> str:
    return f"/issues/?view=all&quarter={issue.quarter}&street={issue.street.slug}"


def with_a_past(issue: Issue, handler: User, at: datetime) -> Issue:
    """An issue whose page has something to tell."""
    for days in range(6, 0, -1):
        moment = at - timedelta(days=days)
        services.add_progress(
            issue=issue, text="已约物业周五上门", public=days % 2 == 0, by=handler, at=moment, version=None
        )
    return Issue.objects.select_related("street", "category").get(pk=issue.pk)


def moving(desk: Visitor, mine: object, rounds: int) -> Callable[[], object]:
    """A handler writes on, each time on another issue: the form as the page sends it."""
    codes = itertools.cycle(mine.order_by("pk").values_list("code", flat=True)[:rounds])  # type: ignore[attr-defined]
    return lambda: desk.post(f"/issues/{next(codes)}/progress/", text="已约物业周五上门", public="yes")


def logging(at: datetime) -> Callable[[], object]:
    """Through the services: on the phone it is three pages, and this is what they do together."""
    team = Team.objects.filter(pairings__isnull=False).earliest("pk")
    lead = Membership.objects.get(seat__team=team, seat__kind__role=Role.TEAM_LEAD, until_day__isnull=True).user
    area, category = Area.objects.filter(pairings__team=team).earliest("pk"), Category.objects.earliest("pk")
    level = Level.objects.get(number=1)

    def log() -> None:
        issue = services.log_issue(area=area, by=lead, at=at, original_text=SAID, category=category, level=level)
        services.submit_issues(issues=[issue], by=lead, at=at)

    return log
