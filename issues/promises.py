"""Last time's promises: which issues of the area a visit reports back on, with the answer and what residents said to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import today
from core.templatetags.core import zhdate
from issues import policies
from issues.models import Issue, IssueStatus, PromiseMark, Reply
from issues.transitions import ISSUE
from teams.models import User
from teams.permissions import Permission
from visits.agenda import Line
from visits.closing import Obstacle
from visits.models import Visit


@dataclass(frozen=True)
class Promise:
    """An issue to report back on: where it stands, the newest public answer, the mark; words that were not taken."""

    issue: Issue
    day: date
    answer: str = ""
    mark: PromiseMark | None = None
    typed: str = ""

    @property
    def version(self) -> int:
        return self.mark.version if self.mark else 0

    @property
    def late(self) -> str:
        issue = self.issue
        if issue.status in IssueStatus.unanswered_states and issue.due_on is not None and issue.due_on < self.day:
            return _("was due on %(day)s") % {"day": zhdate(issue.due_on)}
        return ""

    @property
    def standing(self) -> str:
        """In progress · the unit · answer by …"""
        issue, words = self.issue, [str(IssueStatus(self.issue.status).label)]
        if issue.owner_unit and issue.is_open:
            words.append(str(issue.owner_unit))
        if issue.status in IssueStatus.unanswered_states and issue.due_on and not self.late:
            words.append(_("answer by %(day)s") % {"day": zhdate(issue.due_on)})
        return " · ".join(words)

    @property
    def line(self) -> Line:
        return Line(
            title=self.issue.headline,
            detail=self.standing,
            url=self.issue.get_absolute_url(),
            late=self.late,
            code=self.issue.code or "",
            answer=self.answer,
            mark=str(self.mark.answer.label) if self.mark else "",
            look=self.mark.answer.look if self.mark else "",
        )


def promises_of(visit: Visit) -> QuerySet[Issue]:
    """Everything of the area that is still open, what ended since the visit before, and what was marked here.

    Only what was submitted before this visit: its own issues are the next one's promises. The late ones come first.
    """
    day = _day_of(visit)
    asked = Q(status__in=IssueStatus.open_states)
    if since := _last_time(visit, day):
        asked |= Q(status__in=IssueStatus.closed_states, closed_at__date__gte=since)
    before = Q(raised_on__lt=day)
    if visit.begins:
        before &= Q(submitted_at__lt=visit.begins)
    marked = PromiseMark.objects.filter(visit=visit).values("issue_id")
    issues = Issue.objects.submitted().filter(asked & before | Q(pk__in=marked), area_id=visit.area_id)
    return issues.order_by("due_on", "id")


def promises_with_marks(visit: Visit, user: User) -> list[Promise]:
    """As somebody sees them. Five queries, however many there are."""
    day = _day_of(visit)
    issues = list(promises_of(visit).visible_to(user).select_related("owner_unit", "area", "handler"))  # type: ignore[attr-defined]
    marks = {mark.issue_id: mark for mark in PromiseMark.objects.filter(visit=visit).select_related("by")}
    answers = _answers(issues)
    return [Promise(issue, day, answers.get(issue.pk, ""), marks.get(issue.pk)) for issue in issues]


def lines_of(visit: Visit, user: User) -> list[Line]:
    """What the visit opens with (settings.VISIT_AGENDA_PARTS)."""
    return [promise.line for promise in promises_with_marks(visit, user)]


def how_many(visit: Visit) -> tuple[int, int]:
    """All of them, and those nobody has marked yet."""
    issues = promises_of(visit)
    total = issues.count()
    return total, issues.exclude(promise_marks__visit=visit).count() if total else 0


def every_promise_marked(visit: Visit) -> list[Obstacle]:
    """What stands in the way of closing (settings.VISIT_CLOSING_CHECKS)."""
    left = how_many(visit)[1]
    if not left:
        return []
    sentence = ngettext(
        "%(n)s issue of last time has no mark yet: please say whether residents heard, accepted or objected.",
        "%(n)s issues of last time have no mark yet: please say whether residents heard, accepted or objected.",
        left,
    ) % {"n": left}
    return [Obstacle(sentence, reverse("issues:promises", args=[visit.code]), _("Mark what residents said"))]


@dataclass(frozen=True)
class WayOn:
    """What can be done about an objection."""

    words: str
    label: str = ""
    url: str = ""


def after_objection(issue: Issue, user: User, back: str) -> WayOn:
    """Open it again or hand it back, if this person may; else who has been told."""
    for action, move, words, label in (
        ("reopen", "reopen", _("It had ended. You can open it again."), _("Open it again")),
        ("confirm", "object", _("The answer can go back to the unit."), _("Hand it back to the unit")),
    ):
        transition = ISSUE.find(move)
        if issue.status in transition.sources and policies.may(user, Permission(transition.permission), issue):
            return WayOn(words, label, f"{reverse('issues:act', args=[issue.code, action])}?next={back}")
    if issue.is_open and issue.owner_unit:
        return WayOn(_("%(unit)s has been told.") % {"unit": issue.owner_unit})
    return WayOn(_("The office has been told and can open it again."))


def _day_of(visit: Visit) -> date:
    return visit.day or today(timezone.now())


def _last_time(visit: Visit, day: date) -> date | None:
    """The visit before; where none is on record, the first day of the newest quarter in the ledger."""
    before = Visit.objects.done().filter(area_id=visit.area_id, day__lt=day).order_by("-day")
    if last := before.values_list("day", flat=True).first():
        return last
    issues = Issue.objects.submitted().filter(area_id=visit.area_id, raised_on__lt=day)
    newest = issues.order_by("-raised_on").values_list("quarter", flat=True).first()
    return issues.filter(quarter=newest).aggregate(first=Min("raised_on"))["first"] if newest else None


def _answers(issues: Iterable[Issue]) -> dict[int, str]:
    """The newest public answer of each, in one query."""
    rows = Reply.objects.filter(issue__in=[issue.pk for issue in issues], public=True).order_by("at", "pk")
    return dict(rows.values_list("issue_id", "text"))
