"""Answers: progress, results, explanations with a second opinion, what the resident said to it, and starting again."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from core.clock import today
from core.refusals import RuleBroken
from core.transitions import Transition
from issues import policies
from issues.models import Assignment, Ending, Explanation, Feedback, Issue, LegalOpinion, Reaction, Reply
from issues.services import telling
from issues.services.desks import named_unit
from issues.transitions import Moves, moving
from notifications.kinds import Kind
from teams.models import User
from visits.calendar import working_days_between

REVIEW_DAY = "review_day"


def add_progress(*, issue: Issue, text: str, public: bool, by: User, at: datetime, version: int | None) -> Issue:
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "progress", by=by, note=text)
        reply = Reply.objects.create(issue=row, text=text, public=public, unit_id=row.owner_unit_id, by=by, at=at)
        moves.change_status(row, move, by=by, payload={"reply": reply.pk, "public": public})
    return row


def resolve_issue(*, issue: Issue, text: str, by: User, at: datetime, version: int | None) -> Issue:
    """It is done, says the desk. It counts once the resident has been told."""
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "resolve", by=by, note=text)
        reply = Reply.objects.create(issue=row, text=text, public=True, unit_id=row.owner_unit_id, by=by, at=at)
        payload = {"reply": reply.pk, "public": True}
        moves.change_status(row, move, by=by, payload=payload, ending=Ending.RESOLVED, answered_at=at)
        _ask_to_confirm(row, at, by)
    return row


def explain_issue(
    *,
    issue: Issue,
    rule: str,
    text: str,
    explained_by: str,
    review_on: date,
    by: User,
    at: datetime,
    version: int | None,
) -> Issue:
    """It cannot be done, and why. The office gives a second opinion before anybody tells the resident it is over."""
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "explain", by=by, note=text)
        if review_on <= today(at):
            raise RuleBroken(_("The day to look at it again must be in the future."))
        explanation = Explanation.objects.create(
            issue=row, rule=rule, text=text, explained_by=explained_by, review_on=review_on, by=by, at=at
        )
        payload = {"explanation": explanation.pk, "review_on": review_on}
        moves.change_status(row, move, by=by, payload=payload, ending=Ending.EXPLAINED, answered_at=at)
        telling.tell(telling.office(today(at)), Kind.EXPLANATION_TO_REVIEW, row, at=at, by=by)
    return row


def review_explanation(
    *, issue: Issue, upheld: bool, by: User, at: datetime, version: int | None, note: str = ""
) -> Issue:
    """The second opinion. Upheld: the resident is asked. Not upheld: the desk starts again."""
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "uphold" if upheld else "overturn", by=by, note=note)
        explanation = _latest_explanation(row)
        if explanation is None or explanation.upheld is not None:
            raise RuleBroken(_("There is no explanation waiting for a second opinion."))
        if explanation.by_id == by.pk or policies.has_handled(by, row):
            raise RuleBroken(_("A second opinion comes from somebody who did not handle the issue."))
        explanation.upheld, explanation.reviewed_by, explanation.reviewed_at = upheld, by, at
        explanation.save(update_fields=["upheld", "reviewed_by", "reviewed_at"])
        reply = Reply.objects.create(issue=row, text=note, by=by, at=at) if note.strip() else None
        payload = {"explanation": explanation.pk, "reply": reply.pk if reply else None}
        if upheld:
            _publish(row, explanation, at)
            moves.change_status(row, move, by=by, payload={**payload, "public": True})
            _ask_to_confirm(row, at, by)
        else:
            moves.change_status(row, move, by=by, payload=payload, ending="", answered_at=None)
            telling.tell_desk(row, Kind.ISSUE_REOPENED, at=at, by=by)
    return row


def feed_back(
    *,
    issue: Issue,
    told: str,
    channel: str,
    told_on: date,
    reaction: str,
    by: User | None,
    at: datetime,
    version: int | None,
    note: str = "",
) -> Issue:
    """The resident was told, and took it like this. The only way an issue closes. `by` None: they said so themselves."""
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        name = _move_after(row, reaction)
        move = moves.check(row, name, by=by)
        _refuse_feedback(row, by, told_on, at)
        feedback = Feedback.objects.create(
            issue=row, told=told, channel=channel, told_on=told_on, reaction=reaction, note=note, by=by, at=at
        )
        payload = {"feedback": feedback.pk, "reaction": reaction}
        if name == "object":
            moves.change_status(row, move, by=by, payload=payload, ending="", answered_at=None)
            telling.tell_desk(row, Kind.ISSUE_REOPENED, at=at, by=by)
        elif name == "tell":
            moves.change_status(row, move, by=by, payload=payload)
        else:
            moves.change_status(row, move, by=by, payload=payload, closed_at=at, days_used=_days_used(row))
            Assignment.objects.filter(issue=row, until__isnull=True).update(until=at)
    return row


def reopen_issue(*, issue: Issue, by: User | None, at: datetime, version: int | None, note: str) -> Issue:
    """It came back. The desk that had it last has it again."""
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "reopen", by=by, note=note)
        reply = Reply.objects.create(issue=row, text=note, by=by, at=at)
        start_again(moves, row, move, by=by, payload={"reply": reply.pk})
    return row


def reopen_for_review(*, issue: Issue, at: datetime) -> Issue:
    """The review day of its explanation has come. Nobody says so, so there are no words to keep."""
    with moving(at) as moves:
        row = moves.lock(issue, version=None)
        move = moves.check(row, "reopen", by=None, note=REVIEW_DAY)
        start_again(moves, row, move, by=None, payload={REVIEW_DAY: True})
    return row


def ask_lawyer(*, issue: Issue, by: User, at: datetime, version: int | None) -> Issue:
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "ask_lawyer", by=by)
        if row.needs_lawyer:
            raise RuleBroken(_("A legal opinion has been asked for already."))
        moves.change_status(row, move, by=by, payload={}, needs_lawyer=True)
        telling.tell(telling.lawyers_of(row, today(at)), Kind.OPINION_WANTED, row, at=at, by=by)
    return row


def give_legal_opinion(*, issue: Issue, text: str, by: User, at: datetime, version: int | None) -> Issue:
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "legal_opinion", by=by, note=text)
        opinion = LegalOpinion.objects.create(issue=row, text=text, by=by, at=at)
        moves.change_status(row, move, by=by, payload={"opinion": opinion.pk}, needs_lawyer=False)
        telling.tell_desk(row, Kind.OPINION_GIVEN, at=at, by=by)
    return row


def _publish(row: Issue, explanation: Explanation, at: datetime) -> None:
    """From now on residents read it."""
    unit = row.owner_unit_id
    Reply.objects.create(issue=row, text=explanation.text, public=True, unit_id=unit, by_id=explanation.by_id, at=at)


def start_again(moves: Moves, row: Issue, move: Transition, *, by: User | None, payload: dict[str, Any]) -> None:
    """A closed issue has left its last desk; it returns there with the same handler, who is told."""
    assert row.level is not None
    assert row.owner_unit is not None
    at = moves.at
    Assignment.objects.create(issue=row, level=row.level, unit=row.owner_unit, handler=row.handler, since=at)
    facts = {**payload, **named_unit(row.owner_unit)}
    moves.change_status(row, move, by=by, payload=facts, ending="", answered_at=None, closed_at=None, days_used=None)
    telling.tell_desk(row, Kind.ISSUE_REOPENED, at=at, by=by)


def _move_after(row: Issue, reaction: str) -> str:
    if reaction == Reaction.OBJECTS:
        return "object"
    if reaction == Reaction.UNREACHABLE:
        return "tell"
    return "confirm_explained" if row.ending == Ending.EXPLAINED else "confirm_resolved"


def _refuse_feedback(row: Issue, by: User | None, told_on: date, at: datetime) -> None:
    if by is not None and policies.has_handled(by, row):
        raise RuleBroken(_("You handled this issue yourself; somebody else has to ask the resident."))
    if told_on > today(at):
        raise RuleBroken(_("The day the resident was told cannot be in the future."))
    if row.ending == Ending.EXPLAINED:
        explanation = _latest_explanation(row)
        if explanation is None or not explanation.upheld:
            raise RuleBroken(_("The office has not given its second opinion yet."))


def _latest_explanation(row: Issue) -> Explanation | None:
    return Explanation.objects.filter(issue=row).order_by("-pk").first()


def _days_used(row: Issue) -> int:
    assert row.submitted_at is not None
    assert row.answered_at is not None
    return max(working_days_between(today(row.submitted_at), today(row.answered_at)), 0)


def _ask_to_confirm(row: Issue, at: datetime, by: User) -> None:
    day = today(at)
    people = [*telling.team_lead_of(row, day), *telling.secretaries_of(row, day)]
    telling.tell(people, Kind.ISSUE_TO_CONFIRM, row, at=at, by=by)
