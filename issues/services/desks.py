"""From desk to desk: levels, acceptance, returns, rulings, escalation. The clock runs on through all of it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.clock import today
from core.refusals import RuleBroken
from issues import routing
from issues.models import Assignment, Issue, Level, Reply, Return
from issues.rulebook import Rulebook
from issues.services import telling
from issues.transitions import Moves, moving
from notifications.kinds import Kind
from teams.models import OrgUnit, User
from teams.queries import at_desks


def send_out(
    moves: Moves,
    row: Issue,
    level: Level,
    unit: OrgUnit,
    *,
    rules: Rulebook,
    by: User | None,
    name: str = "route",
    payload: dict[str, Any] | None = None,
    **values: Any,
) -> None:
    """Put a locked issue on a desk: deadlines, assignment, message. `by` None: the rules sent it, nobody had to decide."""
    move = moves.check(row, name, by=by, note="-")
    for field, value in values.items():
        setattr(row, field, value)
    due = rules.deadlines(row, level.number, submitted_on=_submitted_on(row), assigned_on=today(moves.at))
    if row.owner_unit_id is not None:
        leave_desk(row, moves.at)
    Assignment.objects.create(issue=row, level=level, unit=unit, since=moves.at)
    moves.change_status(
        row,
        move,
        by=by,
        payload={"level": level.number, **named_unit(unit), "due_on": due.due_on, **(payload or {})},
        level=level,
        level_unsure=False,
        owner_unit=unit,
        proposed_unit=None,
        handler=None,
        accepted_at=None,
        accept_by=due.accept_by,
        due_on=due.due_on,
        **values,
    )
    telling.tell_desk(row, Kind.ISSUE_ASSIGNED, at=moves.at, by=by)


def route_issue(
    *,
    issue: Issue,
    level: Level,
    by: User | None,
    at: datetime,
    unit: OrgUnit | None = None,
    complexity: str | None = None,
    version: int | None = None,
) -> Issue:
    """The office says who solves it. Without a unit, the one the rules name."""
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        moves.check(row, "route", by=by)
        rules = Rulebook(_submitted_on(row))
        unit = unit or rules.unit_of(row, level.number)
        if unit is None:
            raise RuleBroken(_("Please choose the unit that should solve it."))
        send_out(moves, row, level, unit, rules=rules, by=by, complexity=complexity or row.complexity)
    return row


def send_back(*, issue: Issue, by: User, at: datetime, version: int | None, note: str) -> Issue:
    """The office cannot tell from the words what is meant: the team completes it."""
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "send_back", by=by, note=note)
        reply = Reply.objects.create(issue=row, text=note, by=by, at=at)
        moves.change_status(row, move, by=by, payload={"reply": reply.pk})
        telling.tell(telling.team_lead_of(row, today(at)), Kind.ISSUE_RETURNED, row, at=at, by=by)
    return row


def accept_issue(*, issue: Issue, by: User, at: datetime, version: int | None, handler: User | None = None) -> Issue:
    """Whoever accepts becomes the case handler, unless a colleague is named."""
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "accept", by=by)
        person = handler or row.handler or by
        _refuse_stranger(row, person, at)
        open_assignment(row).update(handler=person)
        moves.change_status(row, move, by=by, payload=named_handler(person), handler=person, accepted_at=at)
        telling.tell([person.pk], Kind.ISSUE_HANDED_OVER, row, at=at, by=by)
    return row


def assign_handler(*, issue: Issue, handler: User, by: User, at: datetime, version: int | None) -> Issue:
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "assign_handler", by=by)
        _refuse_stranger(row, handler, at)
        open_assignment(row).update(handler=handler)
        moves.change_status(row, move, by=by, payload=named_handler(handler), handler=handler)
        telling.tell([handler.pk], Kind.ISSUE_HANDED_OVER, row, at=at, by=by)
    return row


def return_issue(
    *, issue: Issue, basis: str, proposed_unit: OrgUnit, by: User, at: datetime, version: int | None
) -> Issue:
    """“Not ours”, on which basis, and whose it is. It stays with the unit's deadline while the office rules."""
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "return", by=by, note=basis)
        assert row.owner_unit is not None
        if proposed_unit == row.owner_unit:
            raise RuleBroken(_("Please name another unit than your own."))
        request = Return.objects.create(
            issue=row, unit=row.owner_unit, basis=basis, proposed_unit=proposed_unit, asked_by=by, asked_at=at
        )
        payload = {"return": request.pk, **named_unit(proposed_unit)}
        moves.change_status(row, move, by=by, payload=payload, returns=row.returns + 1, proposed_unit=proposed_unit)
        telling.tell(telling.office(today(at)), Kind.ISSUE_RETURNED, row, at=at, by=by)
    return row


def rule_on_return(
    *,
    issue: Issue,
    unit: OrgUnit,
    ruling: str,
    by: User,
    at: datetime,
    version: int | None,
    level: Level | None = None,
) -> Issue:
    """The office's word: the unit keeps it or another one gets it. The original day still counts."""
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        moves.check(row, "rule", by=by, note=ruling)
        request = Return.objects.get(issue=row, ruled_at__isnull=True)
        request.ruled_unit, request.ruling, request.ruled_by, request.ruled_at = unit, ruling, by, at
        request.save(update_fields=["ruled_unit", "ruling", "ruled_by", "ruled_at"])
        target = level or row.level
        if target is None:
            raise RuleBroken(_("Please choose who should solve it"))
        rules = Rulebook(_submitted_on(row))
        send_out(moves, row, target, unit, rules=rules, by=by, name="rule", payload={"return": request.pk})
    return row


def escalate_issue(*, issue: Issue, by: User, at: datetime, version: int | None, note: str) -> Issue:
    """One level up. The street gets it at once; a department or the district after the office has looked."""
    with moving(at) as moves:
        row = moves.lock(issue, version=version)
        move = moves.check(row, "escalate", by=by, note=note)
        number = routing.next_level(row.level.number) if row.level else None
        if number is None:
            raise RuleBroken(_("This is the highest level already."))
        rules = Rulebook(_submitted_on(row))
        level, unit = rules.level(number), rules.unit_of(row, number)
        due = rules.deadlines(row, number, submitted_on=_submitted_on(row), assigned_on=today(at))
        reply = Reply.objects.create(issue=row, text=note, unit_id=row.owner_unit_id, by=by, at=at)
        leave_desk(row, at)
        moves.change_status(
            row,
            move,
            by=by,
            payload={"reply": reply.pk, "level": number, "from_level": number - 1},
            level=level,
            owner_unit=None,
            handler=None,
            proposed_unit=unit,
            accept_by=due.accept_by,
            due_on=due.due_on,
        )
        if unit and not level.office_confirms:
            send_out(moves, row, level, unit, rules=rules, by=None)
        else:
            telling.tell(telling.office(today(at)), Kind.ISSUE_TO_LEVEL, row, at=at, by=by)
    return row


def open_assignment(row: Issue) -> Any:
    return Assignment.objects.filter(issue=row, until__isnull=True)


def leave_desk(row: Issue, at: datetime) -> None:
    open_assignment(row).update(until=at)


def named_unit(unit: OrgUnit) -> dict[str, Any]:
    """A unit in an event: its key for machines and its name of that day for people."""
    return {"unit": unit.pk, "unit_name": unit.name}


def named_handler(person: User) -> dict[str, Any]:
    return {"handler": person.pk, "handler_name": person.name}


def _submitted_on(row: Issue) -> Any:
    assert row.submitted_at is not None  # a submitted issue has its day: a database constraint says so
    return today(row.submitted_at)


def _refuse_stranger(row: Issue, person: User, at: datetime) -> None:
    """Only somebody of the unit can be its case handler."""
    if not at_desks([row.owner_unit_id], today(at)).filter(pk=person.pk).exists():
        raise RuleBroken(_("%(name)s does not work at this unit's desk.") % {"name": person.name})
