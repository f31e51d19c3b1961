"""Explanations come up again by themselves on their review day (settings.NIGHTLY_JOBS): not now is not never."""

from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from core.clock import today
from issues.models import Explanation, Issue, IssueStatus
from issues.services import reopen_issue


def reopen_due(at: datetime) -> str:
    """Open every explained issue again whose last review day has come; its desk looks at it once more."""
    explained = Explanation.objects.filter(issue__status=IssueStatus.EXPLAINED, upheld=True).order_by()
    due = explained.values("issue").annotate(last=Max("review_on")).filter(last__lte=today(at)).values("issue")
    issues = list(Issue.objects.filter(pk__in=due).select_related("area", "level", "owner_unit", "handler"))
    for issue in issues:
        reopen_issue(issue=issue, by=None, at=at, version=None, note=_("Its review day has come."))
    return f"{len(issues)} explanations came up for review"
