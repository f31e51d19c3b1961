"""What became since spring of the issues that the old ledger left open."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from issues import services
from issues.models import Issue, IssueStatus
from programmes.demo import words
from programmes.demo.desks import tell_resident

if TYPE_CHECKING:
    from programmes.demo.build import Stage

SETTLED = 0.85
MORNING = timedelta(hours=10)


def settle(stage: "Stage") -> None:
    """Most were answered before the new round, around their deadline; the rest is what the dashboards warn of."""
    left_open = Issue.objects.filter(status=IssueStatus.IN_PROGRESS).select_related("level", "area").order_by("code")
    for issue in list(left_open):
        handler = stage.cast.handler(issue.owner_unit_id)
        if handler is None or issue.submitted_at is None or not stage.happens(SETTLED):
            continue
        latest = stage.preparation
        span = max((latest - issue.submitted_at).days - 4, 1)
        at: datetime = (
            issue.submitted_at + timedelta(days=stage.chance.randint(min(20, span), min(90, span))) + MORNING / 5
        )
        answered = services.resolve_issue(
            issue=issue, text=stage.chance.choice(words.DONE), by=handler, at=min(at, latest), version=None
        )
        tell_resident(stage, answered, handler, min(at, latest))
