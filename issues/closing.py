"""What issues say when a visit is to be closed (settings.VISIT_CLOSING_CHECKS)."""

from django.utils.translation import ngettext

from issues.queries import drafts_of
from visits.models import Visit


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
