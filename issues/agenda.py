"""What a visit reports back on first: the area's issues since the visit before last (settings.VISIT_AGENDA_PARTS)."""

from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.clock import today
from core.templatetags.core import zhdate
from issues.models import Issue, IssueStatus
from teams.models import User
from visits.agenda import Line
from visits.models import Visit

MOST = 40


def promises_of_last_time(visit: Visit, user: User) -> list[Line]:
    """Everything of the area that is still open, and what was closed since the visit before; the late ones first."""
    day = visit.day or today(timezone.now())
    since = _visit_before(visit, day)
    asked = Q(status__in=IssueStatus.open_states)
    if since:
        asked |= Q(status__in=IssueStatus.closed_states, closed_at__date__gte=since)
    issues = (
        Issue.objects.visible_to(user)
        .submitted()
        .filter(asked, area_id=visit.area_id, raised_on__lt=day)
        .select_related("owner_unit")
        .order_by("due_on", "id")[:MOST]
    )
    return [_line(issue, day) for issue in issues]


def _visit_before(visit: Visit, day: date) -> date | None:
    before = Visit.objects.done().filter(area_id=visit.area_id, day__lt=day).order_by("-day")
    return before.values_list("day", flat=True).first()


def _line(issue: Issue, day: date) -> Line:
    unanswered = issue.status in IssueStatus.unanswered_states
    late = unanswered and issue.due_on is not None and issue.due_on < day
    words = [str(IssueStatus(issue.status).label)]
    if issue.owner_unit and issue.is_open:
        words.append(str(issue.owner_unit))
    if unanswered and issue.due_on and not late:
        words.append(_("answer by %(day)s") % {"day": zhdate(issue.due_on)})
    return Line(
        title=issue.headline,
        detail=" · ".join(words),
        url=issue.get_absolute_url(),
        late=_("was due on %(day)s") % {"day": zhdate(issue.due_on)} if late else "",
    )
