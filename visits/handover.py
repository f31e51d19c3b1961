"""What becomes of a member's visits when somebody else takes the seat (settings.HANDOVER_PARTS)."""

from datetime import date, datetime

from core.events import Happened
from notifications.kinds import Kind
from notifications.services import Letter, notify_many
from teams.models import Seat, User
from visits.models import Attendance, Visit, VisitStatus
from visits.services.telling import facts_of


def hand_over_visits(*, seat: Seat, old: User, new: User, day: date, by: User | None, at: datetime) -> list[Happened]:
    """Visits belong to the team, so they stay. Somebody noted beforehand for a visit to come is noted no more, and
    the new member hears of the visits that were announced to the old one.
    """
    coming = Visit.objects.placed().filter(team_id=seat.team_id, day__gte=day)
    Attendance.objects.filter(visit__in=coming, seat=seat, user=old).update(user=new)
    announced = coming.filter(status=VisitStatus.ANNOUNCED).select_related("area")
    notify_many(
        (
            Letter([new], {"area": visit.area.name, "code": visit.code, **facts_of(visit)}, visit.get_absolute_url())
            for visit in announced
        ),
        Kind.VISIT_ANNOUNCED,
        at=at,
    )
    return []
