"""Explanations come up again by themselves on their review day (settings.NIGHTLY_JOBS): not now is not never."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from core.clock import today
from issues.models import Explanation, Issue, IssueStatus
from issues.services import reopen_for_review


def reopen_due(at: datetime) -> str:
    """Open every explained issue again whose review day has come; its desk looks at it once more.

    Of several explanations of an issue only the newest one that was agreed with counts.
    """
    agreed = Explanation.objects.filter(issue__status=IssueStatus.EXPLAINED, upheld=True).order_by()
    newer = Explanation.objects.filter(issue=OuterRef("issue"), upheld=True, pk__gt=OuterRef("pk"))
    due = agreed.filter(~Exists(newer), review_on__lte=today(at)).values("issue")
    issues = list(Issue.objects.filter(pk__in=due).select_related("area", "level", "owner_unit", "handler"))
    for issue in issues:
        reopen_for_review(issue=issue, at=at)
    return f"{len(issues)} explanations came up for review"
