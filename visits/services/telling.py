"""Telling people: announcing a visit, cancelling it, taking it up again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.refusals import RuleBroken
from notifications.kinds import Kind
from notifications.services import Letter, notify_many
from teams.models import User
from visits.models import RoundStatus, Visit, VisitStatus
from visits.roster import Roster
from visits.transitions import change_many, change_status, locked


def announce_visit(*, visit: Visit, by: User, at: datetime, version: int | None = None) -> Visit:
    """The team and the area's secretary learn day, hour and venue."""
    with transaction.atomic():
        visit = locked(visit, "announce", by=by, version=version)
        if not visit.venue:
            raise RuleBroken(_("Please say where the visit takes place before you announce it."))
        change_status(visit, "announce", by=by, at=at)
        tell([visit], Kind.VISIT_ANNOUNCED, by=by, at=at)
    return visit


def announce_many(*, visits: Iterable[Visit], by: User, at: datetime) -> list[Visit]:
    """Those of them that are scheduled and have a venue, in a handful of queries."""
    rows = Visit.objects.select_for_update(of=("self",), no_key=True).select_related("area", "team").order_by("pk")
    with transaction.atomic():
        ready = list(rows.filter(pk__in=[visit.pk for visit in visits], status=VisitStatus.SCHEDULED).exclude(venue=""))
        change_many(ready, "announce", by=by, at=at)
        tell(ready, Kind.VISIT_ANNOUNCED, by=by, at=at)
    return ready


def cancel_visit(*, visit: Visit, note: str, by: User, at: datetime, version: int | None = None) -> Visit:
    with transaction.atomic():
        visit = locked(visit, "cancel", by=by, version=version, note=note)
        was_known = visit.status == VisitStatus.ANNOUNCED
        change_status(visit, "cancel", by=by, at=at, note=note.strip(), payload=facts_of(visit))
        if was_known:
            tell([visit], Kind.VISIT_CANCELLED, by=by, at=at, more={visit.pk: {"note": note.strip()}})
    return visit


def reinstate_visit(*, visit: Visit, by: User, at: datetime, version: int | None = None, note: str = "") -> Visit:
    """Back among those to be scheduled; its old place may be taken by now, so it has none."""
    with transaction.atomic():
        visit = locked(visit, "reinstate", by=by, version=version, note=note)
        if visit.round and visit.round.status == RoundStatus.CLOSED:
            raise RuleBroken(_("The round is finished, so the visit cannot be taken up again."))
        visit.day = visit.starts_at = None
        visit.part = visit.outside_reason = visit.clash_reason = ""
        fields = ["day", "starts_at", "part", "outside_reason", "clash_reason"]
        change_status(visit, "reinstate", by=by, at=at, note=note.strip(), fields=fields)
    return visit


def tell(
    visits: Sequence[Visit], kind: Kind, *, by: User, at: datetime, more: Mapping[int, dict[str, Any]] | None = None
) -> None:
    """One message to each member and the secretary, except to whoever did it."""
    if not visits:
        return
    roster = Roster.load(visits)
    letters = [
        Letter(
            roster.on(visit.team_id, visit.area_id, visit.day) - {by.pk},
            {"area": visit.area.name, "code": visit.code, **facts_of(visit), **(more or {}).get(visit.pk, {})},
            visit.get_absolute_url(),
        )
        for visit in visits
        if visit.day
    ]
    notify_many(letters, kind, at=at)


def facts_of(visit: Visit) -> dict[str, Any]:
    """Day, hour and venue as JSON keeps them."""
    return {
        "day": visit.day.isoformat() if visit.day else "",
        "starts_at": f"{visit.starts_at:%H:%M}" if visit.starts_at else "",
        "venue": visit.venue,
    }
