"""What may still be sent: so many a minute, so many a day. Counted in the database, so that all workers share it."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from notifications.database_time import database_now
from notifications.models import DayCount, Pace

# The day begins anew for a row of another day.
TAKE = """
UPDATE notifications_daycount SET used = CASE WHEN day = %s THEN used + 1 ELSE 1 END, day = %s
WHERE key = %s AND (day <> %s OR used < %s)
"""


def take(key: str, *, most: int, within: timedelta, at: datetime | None = None) -> timedelta | None:
    """Take one of `most` tokens, each of which comes back `within` after it was taken. None: taken; else how long to wait."""
    Pace.objects.bulk_create([Pace(key=key)], ignore_conflicts=True)
    with transaction.atomic():
        pace = Pace.objects.select_for_update(no_key=True).get(pk=key)
        now = (at or database_now()).timestamp()
        recent = [moment for moment in pace.moments if moment > now - within.total_seconds()]
        if len(recent) >= most:
            return timedelta(seconds=recent[-most] + within.total_seconds() - now)
        pace.moments = [*recent, now]
        pace.save(update_fields=["moments"])
    return None


def take_of_day(key: str, *, most: int, day: date) -> bool:
    """Whether there was one left for this day; then it is taken."""
    if most < 1:
        return False
    DayCount.objects.bulk_create([DayCount(key=key, day=day)], ignore_conflicts=True)
    on = connection.ops.adapt_datefield_value(day)
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [on, on, key, on, most])
        return cursor.rowcount == 1


def put_back(key: str, *, day: date) -> None:
    """It was not used after all."""
    DayCount.objects.filter(key=key, day=day, used__gt=0).update(used=F("used") - 1)
