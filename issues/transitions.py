"""The legal moves of an issue, and the one place that writes its status.

A service opens `moving(at)`, moves one issue or several through it, and leaves the block: then the counters and the
events are written, in this order, because the chain's head is the last lock of every transaction.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import changes
from core.events import Happened, append_many
from core.transitions import Machine, Transition
from issues import counters, policies
from issues.models import Issue, IssueStatus
from teams.models import User
from teams.permissions import Permission as P

S = IssueStatus
DESK = frozenset(S.desk_states)
RELATED = [(field.name, field.attname) for field in Issue._meta.concrete_fields if field.is_relation]
OPEN = frozenset(S.open_states)

ISSUE = Machine(
    Transition("submit", frozenset({S.DRAFT}), S.AWAITING_LEVEL, P.ISSUE_SUBMIT, _("Submit")),
    Transition("resubmit", frozenset({S.RETURNED}), S.AWAITING_LEVEL, P.ISSUE_SUBMIT, _("Submit again")),
    Transition("route", frozenset({S.AWAITING_LEVEL}), S.ASSIGNED, P.ISSUE_ROUTE, _("Set the level")),
    Transition("send_back", frozenset({S.AWAITING_LEVEL}), S.RETURNED, P.ISSUE_ROUTE, _("Ask for details"), True),
    Transition("accept", frozenset({S.ASSIGNED}), S.IN_PROGRESS, P.ISSUE_HANDLE, pgettext_lazy("issue", "Accept")),
    Transition("assign_handler", DESK, None, P.ISSUE_HANDLE, _("Name a case handler")),
    Transition("return", frozenset({S.ASSIGNED}), S.AWAITING_RULING, P.ISSUE_HANDLE, _("Not ours"), True),
    Transition("rule", frozenset({S.AWAITING_RULING}), S.ASSIGNED, P.ISSUE_RULE, _("Rule on the return"), True),
    Transition("escalate", DESK, S.AWAITING_LEVEL, P.ISSUE_HANDLE, _("Escalate"), True),
    Transition("progress", frozenset({S.IN_PROGRESS}), None, P.ISSUE_HANDLE, _("Write progress"), True),
    Transition(
        "resolve", frozenset({S.IN_PROGRESS}), S.AWAITING_CONFIRMATION, P.ISSUE_HANDLE, _("Hand in the result"), True
    ),
    Transition(
        "explain", frozenset({S.IN_PROGRESS}), S.AWAITING_CONFIRMATION, P.ISSUE_HANDLE, _("Explain why not"), True
    ),
    Transition("uphold", frozenset({S.AWAITING_CONFIRMATION}), None, P.ISSUE_RULE, _("Agree with the explanation")),
    Transition("overturn", frozenset({S.AWAITING_CONFIRMATION}), S.IN_PROGRESS, P.ISSUE_RULE, _("Do not agree"), True),
    Transition("tell", frozenset({S.AWAITING_CONFIRMATION}), None, P.ISSUE_CONFIRM, _("Resident not reached")),
    Transition(
        "confirm_resolved", frozenset({S.AWAITING_CONFIRMATION}), S.RESOLVED, P.ISSUE_CONFIRM, _("Confirm as resolved")
    ),
    Transition(
        "confirm_explained",
        frozenset({S.AWAITING_CONFIRMATION}),
        S.EXPLAINED,
        P.ISSUE_CONFIRM,
        _("Confirm as explained"),
    ),
    Transition(
        "object", frozenset({S.AWAITING_CONFIRMATION}), S.IN_PROGRESS, P.ISSUE_CONFIRM, _("Resident does not accept it")
    ),
    Transition("ask_extension", DESK, None, P.ISSUE_HANDLE, _("Ask for an extension"), True),
    Transition("grant_extension", OPEN, None, P.ISSUE_RULE, _("Grant the extension")),
    Transition("refuse_extension", OPEN, None, P.ISSUE_RULE, _("Refuse the extension"), True),
    Transition("ask_lawyer", DESK, None, P.ISSUE_HANDLE, _("Ask the lawyer")),
    Transition("legal_opinion", OPEN, None, P.LEGAL_OPINION, _("Write a legal opinion"), True),
    Transition("reopen", frozenset(S.closed_states), S.IN_PROGRESS, P.ISSUE_REOPEN, _("Reopen"), True),
)


class Moves:
    """What one transaction does to issues. Rows are written as they move; counters and events wait for the end."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.happened: list[Happened] = []
        self.deltas: counters.Numbers = Counter()

    def lock(self, issue: Issue, *, version: int | None) -> Issue:
        """The row as it is now; related rows the caller had already loaded come along."""
        row = changes.lock(issue, version=version)
        for name, field in RELATED:
            if name in issue._state.fields_cache and getattr(row, field) == getattr(issue, field):
                setattr(row, name, issue._state.fields_cache[name])
        return row

    def check(self, issue: Issue, name: str, *, by: User | None, note: str = "") -> Transition:
        """The move, if the table allows it from here and `by` may make it. The system (None) may make every move."""
        move = ISSUE.find(name)
        if by is not None and not policies.may(by, P(move.permission), issue):
            raise PermissionDenied
        return ISSUE.check(name, status=issue.status, status_label=S(issue.status).label, note=note)

    def change_status(
        self, issue: Issue, move: Transition, *, by: User | None, payload: dict[str, Any], **values: Any
    ) -> None:
        """Take a checked step with a locked issue: the one writer of `Issue.status`. `values` are other fields to set."""
        before = counters.cells_of(issue)
        for name, value in values.items():
            setattr(issue, name, value)
        if move.target is not None:
            issue.status = move.target
            values["status"] = move.target
        changes.write(issue, list(values))
        self.deltas.update(counters.subtract(counters.cells_of(issue), before))
        self.note(issue, move.name, by=by, payload=payload)

    def note(self, issue: Issue, verb: str, *, by: User | None, payload: dict[str, Any]) -> None:
        self.happened.append(Happened(issue, verb, by, self.at, payload))

    def finish(self) -> None:
        counters.apply(self.deltas)
        append_many(self.happened)


@contextmanager
def moving(at: datetime) -> Iterator[Moves]:
    with transaction.atomic():
        moves = Moves(at)
        yield moves
        moves.finish()
