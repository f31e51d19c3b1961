"""A record that reads almost like another one raises a hint to the team's lead, never a penalty."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from core import changes
from notifications.kinds import Kind
from teams.models import User
from teams.permissions import Permission
from visits.models import SimilarRecord, Visit
from visits.policies import may
from visits.services.confirming import leads_of, tell
from visits.similarity import most_alike

MOST_COMPARED = 80


def compare_record(visit: Visit, *, by: User, at: datetime) -> SimilarRecord | None:
    """With the team's own other records and those of the street in the same round. Three queries, however many there are.

    A hint stays as it is while it names the same record; a corrected text takes it away.
    """
    near = Q(team_id=visit.team_id)
    if visit.round_id:
        near |= Q(round_id=visit.round_id, area__street_id=visit.area.street_id)
    rows = Visit.objects.filter(near).exclude(pk=visit.pk).exclude(summary="").order_by("-day", "pk")
    found = most_alike(visit.summary, rows.values_list("pk", "summary")[:MOST_COMPARED])
    known = SimilarRecord.objects.filter(visit=visit).first()
    if known and found and known.other_id == found[0]:
        return known
    if known:
        known.delete()
    if not found:
        return None
    hint = SimilarRecord.objects.create(visit=visit, other_id=found[0], percent=int(found[1] * 100))
    tell(leads_of(visit, at), Kind.RECORD_SIMILAR, visit, by=by, at=at)
    return hint


def check_similar(*, hint: SimilarRecord, by: User, at: datetime, version: int | None = None) -> SimilarRecord:
    """The lead has looked: the record is right as it is. Once is enough."""
    if not may(by, Permission.VISIT_CLOSE, hint.visit):
        raise PermissionDenied
    with transaction.atomic():
        hint = changes.lock(hint, version=version)
        if hint.checked_at is None:
            hint.checked_at, hint.checked_by = at, by
            payload = {"visit": hint.visit_id, "other": hint.other_id, "percent": hint.percent}
            changes.save(hint, "check", by=by, at=at, fields=["checked_at", "checked_by"], payload=payload)
    return hint
