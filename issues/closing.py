"""What issues say when a visit is to be closed (settings.VISIT_CLOSING_CHECKS), and how far they are."""

from django.db.models import Count, Q
from django.utils.translation import ngettext

from issues.models import Issue, IssueStatus
from issues.promises import how_many
from issues.queries import drafts_of
from visits.models import Visit
from visits.paperwork import IssueCounts


def every_issue_submitted(visit: Visit) -> list[str]:
    """A draft left behind would be a promise nobody follows."""
    left = drafts_of(visit).count()
    if not left:
        return []
    return [
        ngettext(
            "%(n)s issue is written down but not submitted yet.",
            "%(n)s issues are written down but not submitted yet.",
            left,
        )
        % {"n": left}
    ]


def every_follow_up_seen(visit: Visit) -> list[str]:
    """A follow-up visit says of each of its issues what was found."""
    left = visit.follow_ups.filter(outcome="").count()
    if not left:
        return []
    return [
        ngettext(
            "Of %(n)s issue it is not written down yet what you found.",
            "Of %(n)s issues it is not written down yet what you found.",
            left,
        )
        % {"n": left}
    ]


def counts_of(visit: Visit) -> IssueCounts:
    """Drafts and issues on their way in one query, last time's promises in a few more (settings.VISIT_ISSUE_COUNTS)."""
    draft = Q(status=IssueStatus.DRAFT)
    rows = Issue.objects.filter(visit=visit)
    numbers = rows.aggregate(drafts=Count("pk", filter=draft), submitted=Count("pk", filter=~draft))
    promises, unmarked = how_many(visit)
    return IssueCounts(**numbers, promises=promises, unmarked=unmarked)
