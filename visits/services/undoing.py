"""Taking back what one has just done on the board."""

from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.events import history_of
from core.refusals import RuleBroken
from teams.models import User
from visits.models import Visit
from visits.services.placing import move_visit
from visits.transitions import change_status, locked


def undo_placing(*, visit: Visit, by: User, at: datetime, version: int | None = None) -> Visit:
    """Back to where the visit was before the last move, or off the calendar if it had no day.

    Only for the person whose move is the last thing that happened to it. What speaks against the old place by now
    is found as for any move; who was told of the new place is told of the old one.
    """
    with transaction.atomic():
        last = history_of(visit).first()
        if last is None or last.verb not in ("move", "schedule") or last.actor_id != by.pk:
            raise RuleBroken(_("This can no longer be taken back. Please move the visit instead."))
        if last.verb == "schedule":
            return _unschedule(visit, by=by, at=at, version=version)
        return move_visit(visit=visit, by=by, at=at, version=version, **_place(last.payload["before"]))


def _place(before: dict[str, Any]) -> dict[str, Any]:
    reasons = {name: before.get(name, "") for name in ("outside_reason", "clash_reason")}
    day, starts_at = date.fromisoformat(before["day"]), time.fromisoformat(before["starts_at"])
    return {"day": day, "starts_at": starts_at, "venue": before["venue"], **reasons}


def _unschedule(visit: Visit, *, by: User, at: datetime, version: int | None) -> Visit:
    visit = locked(visit, "unschedule", by=by, version=version)
    visit.day = visit.starts_at = None
    visit.part = visit.outside_reason = visit.clash_reason = ""
    fields = ["day", "starts_at", "part", "outside_reason", "clash_reason"]
    return change_status(visit, "unschedule", by=by, at=at, fields=fields)
