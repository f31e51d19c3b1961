"""When calendars elsewhere are read: at night all of them, and one when its owner asks."""

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from core.clock import today
from core.sealing import KeyMissing, unseal
from visits.models import OutsideCalendar
from visits.outside.address import checked
from visits.outside.door import Door
from visits.outside.expand import half_days_in
from visits.outside.trouble import NotRead, Trouble
from visits.services.calendar_hosts import allowed_names
from visits.services.calendars import note_reading

AHEAD = timedelta(days=150)  # reaches beyond the next quarter's window
DOOR = Door()


def read_calendar(calendar: OutsideCalendar, *, at: datetime, door: Door | None = None) -> Trouble | None:
    """Outside of any transaction: another server may take its time. None when all is well."""
    now = today(at)
    try:
        content = (door or DOOR).get(checked(unseal(calendar.url_sealed), allowed_names()))
        halves = half_days_in(content, now, now + AHEAD)
    except (NotRead, KeyMissing) as refused:
        trouble = refused.trouble if isinstance(refused, NotRead) else Trouble.KEY
        note_reading(calendar=calendar, trouble=trouble, at=at)
        return trouble
    note_reading(calendar=calendar, halves=halves, at=at)
    return None


@shared_task
def read_one(pk: int) -> None:
    calendar = OutsideCalendar.objects.select_related("user").filter(pk=pk, user__is_active=True).first()
    if calendar:
        read_calendar(calendar, at=timezone.now())


def read_all(at: datetime) -> str:
    """Every night (settings.NIGHTLY_JOBS): a task for each calendar, so that a slow one holds up nobody."""
    found = list(OutsideCalendar.objects.filter(user__is_active=True).order_by("pk").values_list("pk", flat=True))
    for pk in found:
        read_one.delay(pk)
    return f"{len(found)} calendars to read"
