"""The moves of a nomination and the one function that makes them."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core import changes
from core.transitions import Machine, Transition
from teams.models import Nomination, NominationStatus
from teams.permissions import Permission

if TYPE_CHECKING:
    from teams.models import User

NOMINATION = Machine(
    Transition(
        "approve",
        frozenset({NominationStatus.PROPOSED}),
        NominationStatus.APPROVED,
        Permission.MEMBER_APPROVE,
        _("Approve the nomination"),
    ),
    Transition(
        "decline",
        frozenset({NominationStatus.PROPOSED}),
        NominationStatus.DECLINED,
        Permission.MEMBER_APPROVE,
        _("Decline the nomination"),
        needs_note=True,
    ),
)


def change_status(nomination: Nomination, name: str, *, by: "User", at: datetime, note: str = "") -> None:
    """The one writer of Nomination.status. The caller has locked the row and asked the policy."""
    move = NOMINATION.check(name, status=nomination.status, status_label=nomination.get_status_display(), note=note)
    nomination.status = move.target or nomination.status
    nomination.decided_by, nomination.decided_at, nomination.decision_note = by, at, note.strip()
    fields = ["status", "decided_by", "decided_at", "decision_note"]
    changes.save(
        nomination, name, by=by, at=at, fields=fields, payload={"name": nomination.user.name, "note": note.strip()}
    )
