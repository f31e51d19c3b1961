"""The legal moves of visits, rounds, requests for a visit and plans, and the only code that writes their status."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import changes
from core.events import Happened, append_many
from core.refusals import Conflict
from core.transitions import Machine, Transition
from teams.grants import holds
from teams.models import User
from teams.permissions import Permission
from visits import policies
from visits.models import (
    Confirmation,
    Lateness,
    PlanRun,
    PlanStatus,
    RequestStatus,
    Round,
    RoundStatus,
    Visit,
    VisitRequest,
    VisitStatus,
)

S, R, Q, P, C, L = VisitStatus, RoundStatus, RequestStatus, PlanStatus, Confirmation, Lateness

VISIT = Machine(
    Transition("schedule", frozenset({S.UNSCHEDULED}), S.SCHEDULED, Permission.VISIT_PLAN, _("Schedule")),
    Transition("move", S.placed, None, Permission.VISIT_PLAN, _("Move")),
    Transition(
        "unschedule", frozenset({S.SCHEDULED}), S.UNSCHEDULED, Permission.VISIT_PLAN, _("Take it off the calendar")
    ),
    Transition("announce", frozenset({S.SCHEDULED}), S.ANNOUNCED, Permission.VISIT_PLAN, _("Announce")),
    Transition("hold", S.placed, S.HELD, Permission.VISIT_RECORD, _("The meeting is over")),
    Transition("record", S.placed | S.to_finish, S.RECORDED, Permission.VISIT_RECORD, _("Hand in the record")),
    Transition("close", frozenset({S.RECORDED}), S.CLOSED, Permission.VISIT_CLOSE, _("Close")),
    Transition(
        "cancel", S.placed | {S.UNSCHEDULED}, S.CANCELLED, Permission.VISIT_PLAN, _("Cancel the visit"), needs_note=True
    ),
    Transition("reinstate", frozenset({S.CANCELLED}), S.UNSCHEDULED, Permission.VISIT_PLAN, _("Take it up again")),
)

ROUND = Machine(
    Transition("change", frozenset({R.DRAFT, R.OPEN}), None, Permission.ROUND_MANAGE, _("Change the window")),
    Transition("open", frozenset({R.DRAFT}), R.OPEN, Permission.ROUND_MANAGE, _("Open the round")),
    Transition("complete", frozenset({R.OPEN}), None, Permission.ROUND_MANAGE, _("Add the missing visits")),
    Transition("close", frozenset({R.OPEN}), R.CLOSED, Permission.ROUND_MANAGE, _("Finish the round")),
)

REQUEST = Machine(
    Transition("accept", frozenset({Q.WAITING}), Q.ACCEPTED, Permission.ROUND_MANAGE, _("Accept the request")),
    Transition(
        "refuse", frozenset({Q.WAITING}), Q.REFUSED, Permission.ROUND_MANAGE, _("Refuse the request"), needs_note=True
    ),
)

CONFIRMATION = Machine(
    Transition("ask", frozenset(Confirmation), C.WAITING, Permission.VISIT_RECORD, _("Ask the secretary")),
    Transition("confirm", frozenset({C.WAITING}), C.CONFIRMED, Permission.VISIT_CONFIRM, _("Confirm the record")),
    Transition(
        *("dispute", frozenset({C.WAITING}), C.DISPUTED, Permission.VISIT_CONFIRM, _("Dispute the record")),
        needs_note=True,
    ),
    Transition(
        *("answer", frozenset({C.DISPUTED}), C.WAITING, Permission.VISIT_CLOSE, _("Answer the secretary")),
        needs_note=True,
    ),
)

LATENESS = Machine(
    Transition(
        *("report_late", frozenset({L.NONE, L.REFUSED}), L.WAITING, Permission.VISIT_RECORD, _("Hand in late")),
        needs_note=True,
    ),
    Transition(
        "be_in_time", frozenset(Lateness) - {L.NONE}, L.NONE, Permission.VISIT_RECORD, _("The record was in time")
    ),
    Transition("accept_late", frozenset({L.WAITING}), L.ACCEPTED, Permission.ROUND_MANAGE, _("Accept the late record")),
    Transition(
        *(
            "refuse_late",
            frozenset({L.WAITING}),
            L.REFUSED,
            Permission.ROUND_MANAGE,
            _("Do not accept the late record"),
        ),
        needs_note=True,
    ),
)


PLAN = Machine(
    Transition("start", frozenset({P.WAITING}), P.RUNNING, Permission.ROUND_MANAGE, _("Compute the plan")),
    Transition("finish", frozenset({P.RUNNING}), P.READY, Permission.ROUND_MANAGE, _("Save the draft")),
    Transition("fail", P.computing, P.FAILED, Permission.ROUND_MANAGE, _("Give it up")),
    Transition("cancel", P.computing, P.CANCELLED, Permission.ROUND_MANAGE, _("Stop computing")),
    Transition("adjust", frozenset({P.READY}), None, Permission.ROUND_MANAGE, _("Change the draft")),
    Transition("discard", frozenset({P.READY}), P.DISCARDED, Permission.ROUND_MANAGE, _("Discard the draft")),
    Transition("release", frozenset({P.READY}), P.RELEASED, Permission.ROUND_MANAGE, _("Release the plan")),
)


@dataclass(frozen=True)
class Track:
    """A table and the column it moves; `state` is the property with the words of that column."""

    machine: Machine
    column: str = "status"
    state: str = "state"


TRACKS: dict[Any, tuple[Track, ...]] = {
    Visit: (
        Track(VISIT),
        Track(CONFIRMATION, "confirmation", "confirmation_state"),
        Track(LATENESS, "lateness", "lateness_state"),
    ),
    Round: (Track(ROUND),),
    VisitRequest: (Track(REQUEST),),
    PlanRun: (Track(PLAN),),
}


def locked(row: Any, name: str, *, by: User, version: int | None, note: str = "") -> Any:
    """The visit, round or request as it is now, locked, once `by` may make this move and the table allows it."""
    current = changes.lock(row, version=version)
    check(current, name, by=by, note=note)
    return current


def check(row: Any, name: str, *, by: User, note: str = "") -> Transition:
    """403 for who may not; RuleBroken where the table says no."""
    track = _track(row, name)
    if not _may(by, track.machine.find(name).permission, row):
        raise PermissionDenied
    status, label = getattr(row, track.column), getattr(row, track.state).label
    return track.machine.check(name, status=status, status_label=label, note=note)


def available(row: Any, user: User) -> list[str]:
    """Names of the moves this person could make now: what the page offers."""
    return _open(row, user, TRACKS[row._meta.model][:1])


def beside(visit: Visit, user: User) -> list[str]:
    """The moves of its record: what the secretary, the lead and the office could say to it now."""
    return _open(visit, user, TRACKS[Visit][1:])


def _open(row: Any, user: User, tracks: Iterable[Track]) -> list[str]:
    moves = (move for track in tracks for move in track.machine.available(getattr(row, track.column)))
    return [move.name for move in moves if _may(user, move.permission, row)]


def _track(row: Any, name: str) -> Track:
    tracks = TRACKS[row._meta.model]
    return next(track for track in tracks if any(move.name == name for move in track.machine))


def _may(user: User, permission: str, row: Any) -> bool:
    if isinstance(row, Visit):
        return policies.may(user, Permission(permission), row)
    return holds(user, Permission(permission))


def follow(row: Any, name: str, *, by: User, note: str = "") -> str:
    """Put a move on a locked row that another one brings along; that one writes both. The column it set."""
    move, track = check(row, name, by=by, note=note), _track(row, name)
    setattr(row, track.column, move.target)
    return track.column


def change_status(
    row: Any,
    name: str,
    *,
    by: User,
    at: datetime,
    note: str = "",
    fields: Sequence[str] = (),
    payload: dict[str, Any] | None = None,
) -> Any:
    """Write the move on a row that `locked` gave, together with the `fields` the caller set, and one event."""
    move, column = check(row, name, by=by, note=note), _track(row, name).column
    facts = {"from": getattr(row, column), **(payload or {})}
    if move.target:
        setattr(row, column, move.target)
    if note:
        facts["note"] = note
    changes.save(row, name, by=by, at=at, fields=[column, *fields], payload={**facts, column: getattr(row, column)})
    return row


def change_many(
    visits: Sequence[Visit],
    name: str,
    *,
    by: User,
    at: datetime,
    fields: Sequence[str] = (),
    payloads: Iterable[dict[str, Any]] | None = None,
) -> list[Visit]:
    """The same for hundreds of locked visits: one update, one event each, in few queries."""
    happened = []
    for visit, payload in zip(visits, payloads or [{}] * len(visits), strict=True):
        move = check(visit, name, by=by)
        facts = {"from": visit.status, **payload}
        if move.target:
            visit.status = move.target
        visit.version += 1
        happened.append(Happened(visit, name, by, at, {**facts, "status": visit.status}))
    with transaction.atomic():
        changed = Visit.objects.bulk_update(visits, ["status", "version", *fields], batch_size=200)
        if changed != len(visits):
            raise Conflict(visits[0])
        append_many(happened)
    return list(visits)
