"""Going back to see what became of issues: planning the visit, and writing down what was found."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from core import changes
from core.events import Happened, append_many
from core.refusals import RuleBroken
from issues.models import FollowUp, Issue, IssueStatus, Outcome, Reply
from issues.services.answers import start_again
from issues.transitions import Moves, moving
from teams.models import Team, User
from teams.permissions import Permission
from visits.models import Purpose, Visit, VisitStatus
from visits.policies import may
from visits.services import kind_for, new_visit


def plan_follow_up(*, issues: Sequence[Issue], team: Team, by: User, at: datetime) -> Visit:
    """One visit to one area for some of its submitted issues, open or closed."""
    if not issues:
        raise RuleBroken(_("Please choose at least one issue."))
    areas = {issue.area_id for issue in issues}
    if len(areas) > 1:
        raise RuleBroken(_("A follow-up visit goes to one residential area."))
    if any(issue.status == IssueStatus.DRAFT for issue in issues):
        raise RuleBroken(_("Only submitted issues can be followed up."))
    with transaction.atomic():
        visit = new_visit(kind=kind_for(Purpose.FOLLOW_UP), team=team, area=issues[0].area, by=by, at=at)
        FollowUp.objects.bulk_create(FollowUp(visit=visit, issue=issue) for issue in issues)
        append_many(Happened(issue, "follow_up", by, at, {"visit": visit.code}) for issue in issues)
    return visit


def write_outcome(
    *, follow_up: FollowUp, outcome: str, note: str, by: User, at: datetime, version: int | None
) -> FollowUp:
    """What the team found. An issue that was closed and is not in order goes back to the desk that had it."""
    if not may(by, Permission.VISIT_RECORD, follow_up.visit):
        raise PermissionDenied
    refuse_without_words(outcome, note)
    with moving(at) as moves:
        row = changes.lock(follow_up, version=version)
        _check_held(row.visit, at)
        row.outcome, row.seen_at, row.seen_by = outcome, at, by
        changes.write(row, ["outcome", "seen_at", "seen_by"])
        issue = moves.lock(row.issue, version=None)
        reply = Reply.objects.create(issue=issue, text=note.strip(), by=by, at=at) if note.strip() else None
        payload = {"visit": row.visit.code, "outcome": outcome, **({"reply": reply.pk} if reply else {})}
        moves.note(issue, "followed_up", by=by, payload=payload)
        if outcome == Outcome.NOT_IN_ORDER and issue.status in IssueStatus.closed_states:
            _reopen(moves, issue, note, by)
    return row


def refuse_without_words(outcome: str, note: str) -> None:
    if outcome != Outcome.IN_ORDER and not note.strip():
        raise RuleBroken(_("Please write down what is not in order."))


def _check_held(visit: Visit, at: datetime) -> None:
    if visit.status == VisitStatus.CLOSED:
        raise RuleBroken(_("The visit is closed; what was found can no longer be changed."))
    begun = visit.status in VisitStatus.to_finish or (visit.begins is not None and visit.begins <= at)
    if visit.status not in VisitStatus.on_plan or not begun:
        raise RuleBroken(_("What was found is written down once the visit has begun."))


def _reopen(moves: Moves, issue: Issue, note: str, by: User) -> None:
    """The visit itself is the reason, so the team needs no further permission."""
    move = moves.check(issue, "reopen", by=None, note=note)
    start_again(moves, issue, move, by=by, payload={})
