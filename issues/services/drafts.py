"""From the resident's words to a submitted issue: logging, correcting, submitting."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import changes
from core.clock import quarter_code, today
from core.events import append
from core.refusals import RuleBroken
from core.statements import Statement, written
from issues import policies, vault
from issues.models import Issue, IssueStatus, Reply
from issues.numbering import next_codes
from issues.queries import suggestions
from issues.rulebook import Rulebook
from issues.services import telling
from issues.services.desks import send_out
from issues.transitions import Moves, moving
from issues.vault import Reported
from notifications.kinds import Kind
from teams.models import Area, Pairing, Team, User
from teams.permissions import Permission
from visits.models import Visit
from visits.services import lock_to_log

NOBODY = -1

FIELDS = (
    "original_text",
    "title",
    "place",
    "category",
    "level",
    "level_unsure",
    "proposed_unit",
    "complexity",
    "households",
    "needs_lawyer",
    "raised_on",
)


@dataclass(frozen=True)
class _Keep:
    """Leave the person as it is."""


KEEP = _Keep()


def log_issue(
    *,
    area: Area,
    by: User | None,
    at: datetime,
    original_text: str,
    visit: Visit | None = None,
    reporter: Reported | None = None,
    raised_on: date | None = None,
    **fields: Any,
) -> Issue:
    """A new draft of the team that visits, or of the team paired with the area that day."""
    fields = _consistent({"original_text": original_text, **fields})
    raised_on = raised_on or (visit.day if visit and visit.day else today(at))
    issue = Issue(area=area, street_id=area.street_id, visit=visit, raised_on=raised_on, logged_by=by)
    issue.team = visit.team if visit else team_paired_with(area, raised_on)
    _set(issue, fields)
    if by is not None and not policies.may(by, Permission.ISSUE_LOG, issue):
        raise PermissionDenied
    with transaction.atomic():
        if visit is not None:
            lock_to_log(visit)
        issue.save(force_insert=True)
        if reporter:
            vault.seal(issue, reporter)
        append(issue, "log", by=by, at=at, payload={"area": area.pk, "visit": visit.pk if visit else None})
    return issue


def change_draft(
    *,
    issue: Issue,
    by: User,
    at: datetime,
    version: int | None,
    reporter: Reported | _Keep | None = KEEP,
    **fields: Any,
) -> Issue:
    """Correct a draft. What the office asks for later is added by `resubmit_issue`."""
    with transaction.atomic():
        current = changes.lock(issue, version=version)
        _may_write(current, by)
        if current.status != IssueStatus.DRAFT:
            raise RuleBroken(_("This issue has been submitted; it can no longer be changed."))
        fields = _consistent(fields)
        _set(current, fields)
        if not isinstance(reporter, _Keep):
            vault.seal(current, reporter)
        changes.save(current, "change", by=by, at=at, fields=list(fields), payload={"fields": sorted(fields)})
    return current


def remove_draft(*, issue: Issue, by: User, at: datetime) -> None:
    with transaction.atomic():
        current = changes.lock(issue, version=None)
        _may_write(current, by)
        if current.status != IssueStatus.DRAFT:
            raise RuleBroken(_("This issue has been submitted; nobody can delete it."))
        append(current, "remove", by=by, at=at)
        current.delete()


def missing(issue: Issue) -> dict[str, str]:
    """What is still to fill in before it can be submitted: field and sentence."""
    gaps = {}
    if not issue.original_text.strip():
        gaps["original_text"] = _("Please write down what the resident said")
    if issue.category_id is None:
        gaps["category"] = _("Please choose the category of the issue")
    if issue.level_id is None and not issue.level_unsure:
        gaps["level"] = _("Please choose who should solve it")
    return gaps


def submit_issues(*, issues: Sequence[Issue], by: User | None, at: datetime) -> list[Issue]:
    """All or none, and each as it was read. Levels the office does not confirm go straight to the desk; the others wait for the office."""
    with moving(at) as moves:
        rows = [moves.lock(issue, version=issue.version) for issue in sorted(issues, key=lambda issue: issue.pk)]
        checked = [(row, moves.check(row, "submit", by=by)) for row in rows]
        _refuse_gaps(rows)
        rules, levels = Rulebook(today(at)), suggestions({row.category_id for row in rows}, at=at)
        codes = next_codes(today(at), len(rows))
        for (row, move), code in zip(checked, codes, strict=True):
            number = row.level.number if row.level else 0
            due = rules.deadlines(row, number, submitted_on=today(at), assigned_on=today(at))
            suggestion = levels.get(row.category_id)
            moves.change_status(
                row,
                move,
                by=by,
                payload={"code": code, "level": number, "due_on": due.due_on},
                code=code,
                quarter=quarter_code(today(at)),
                submitted_at=at,
                submitted_by=by,
                suggested_level=suggestion.level if suggestion else None,
                accept_by=due.accept_by,
                due_on=due.due_on,
            )
        _send_out_or_wait(moves, rows, rules, by)
    return rows


def resubmit_issue(
    *, issue: Issue, by: User, at: datetime, version: int | None, note: str, place: str | None = None
) -> Issue:
    """The team has added what the office asked for. The original day still counts."""
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "resubmit", by=by, note=note)
        _refuse_gaps([row])
        reply = Reply.objects.create(issue=row, text=note, by=by, at=at) if note.strip() else None
        values = {} if place is None else {"place": place}
        moves.change_status(row, move, by=by, payload={"reply": reply.pk if reply else None}, **values)
        _send_out_or_wait(moves, [row], Rulebook(today(row.submitted_at or at)), by)
    return row


def _send_out_or_wait(moves: Moves, rows: Iterable[Issue], rules: Rulebook, by: User | None) -> None:
    day, waiting = today(moves.at), []
    for row in rows:
        unit = None
        if row.level and not row.level.office_confirms:
            unit = rules.unit_of(row, row.level.number)
        if unit and row.level:
            send_out(moves, row, row.level, unit, rules=rules, by=None)
        else:
            waiting.append(row)
    people = telling.office(day) if waiting else []
    for row in waiting:
        telling.tell(people, Kind.ISSUE_TO_LEVEL, row, at=moves.at, by=by)


def team_paired_with(area: Area, day: date) -> Team | None:
    def paired() -> Statement:
        return Statement(
            Pairing.objects.on(day).filter(area_id=NOBODY).select_related("team__unit")[:1], {NOBODY: "area"}
        )

    pairings = written("team paired with", day, make=paired).rows(area=area.pk)
    return pairings[0].team if pairings else None


def _may_write(issue: Issue, by: User) -> None:
    if not policies.may_write(by, issue):
        raise PermissionDenied


def _refuse_gaps(rows: Sequence[Issue]) -> None:
    incomplete = sum(1 for row in rows if missing(row))
    if not rows:
        raise RuleBroken(_("There is nothing to submit."))
    if incomplete:
        raise RuleBroken(
            ngettext(
                "%(n)s issue still lacks something. Please complete it first.",
                "%(n)s issues still lack something. Please complete them first.",
                incomplete,
            )
            % {"n": incomplete}
        )


def _consistent(fields: dict[str, Any]) -> dict[str, Any]:
    """“Not sure” and a level exclude each other."""
    if fields.get("level_unsure"):
        return {**fields, "level": None}
    return {**fields, "level_unsure": False} if fields.get("level") else fields


def _set(issue: Issue, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if name not in FIELDS:
            raise TypeError(f"an issue has no {name} to write")
        setattr(issue, name, value)
