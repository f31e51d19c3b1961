"""Time that stands still, jumps, or is another country's: scenarios like those of faults.scenarios."""

import random
import time
from datetime import datetime, timedelta
from itertools import pairwise

from django.test import override_settings

from core.clock import SHANGHAI
from faults.clock import movable_clock
from faults.stand import Line, Stand, until
from notifications.database_time import database_now
from notifications.drain import drain
from notifications.models import Delivery, Heartbeat, Occurrence, ReminderRule
from notifications.planner import plan
from notifications.pulse import tick
from notifications.reconcile import reconcile
from teams.models import User

MORNING = datetime(2026, 10, 9, 8, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
FEW = 20
STEPS_OF_SILENCE = [
    {"code": "T-1", "days": -1, "at": "09:00", "audience": ["self"]},
    {"code": "eve", "days": -1, "at": "17:00", "audience": ["self"]},
    {"code": "morning", "days": 0, "at": "08:00", "audience": ["self"]},
]


def downtime(stand: Stand, n: int) -> Line:
    """Thirty hours of nothing, with three steps in them: everybody hears of the latest, by one message."""
    stand.people(n)
    stand.rule(*STEPS_OF_SILENCE, anchor=MORNING, late_hours=48)
    tick(at=MORNING - 24 * HOUR)
    for minute in range(3):
        tick(at=MORNING + timedelta(hours=6, minutes=minute))
    return _only_the_latest(stand, n, "30 hours down over three steps")


def downtime_of_workers(stand: Stand, n: int) -> Line:
    """The same with processes that run, end, and begin again when the database's clock is thirty hours further."""
    with movable_clock() as move:
        stand.people(n)
        stand.rule(*STEPS_OF_SILENCE, anchor=MORNING, late_hours=48)
        for hours in (-24, 6):
            move(MORNING + hours * HOUR - datetime.now(SHANGHAI))
            _let_them_work(stand)
        return _only_the_latest(stand, n, "workers stopped for 30 hours over three steps, by the database's clock")


def _let_them_work(stand: Stand) -> None:
    begin = database_now()
    with stand.workers(2) as team:
        team.wait_for(2)
        until(lambda: Heartbeat.objects.filter(name="reconcile", last_ok__gt=begin).exists())
        stand.until_done(0)


def _only_the_latest(stand: Stand, n: int, note: str) -> Line:
    line = stand.count("R4", n, note)
    latest = Delivery.objects.filter(state="sent", occurrence__step="morning", channel="mail").count()
    others = Delivery.objects.filter(state="sent").exclude(occurrence__step="morning").count()
    line.lost += n - latest
    line.messages += others
    return line


def jumps(stand: Stand, n: int) -> Line:
    """The clock goes a day on and back again."""
    stand.people(n)
    at = database_now()
    stand.rule(anchor=at)
    for hours in (0, 24, 0, -24, 12, 0):
        plan(at=at + hours * HOUR)
        drain(at=at + hours * HOUR, seconds=60)
        reconcile(at=at + hours * HOUR)
    return stand.count("R12", n, "clock +24 h, -24 h, +12 h")


def jumps_under_workers(stand: Stand, n: int, *, seconds: float = 2.0) -> Line:
    """The database's clock jumps while workers send. Leases end early or late; a kill here is a jump ahead, after which
    a worker that is just sending one may have it taken over.
    """
    with movable_clock() as move:
        stand.people(n, spread=seconds * 4)
        stand.rule(late_hours=96)
        with stand.workers(2) as team:
            team.wait_for(2)
            for before, hours in pairwise((0, 24, 0, -24, 0, 24, 0)):
                time.sleep(seconds)
                move(hours * HOUR)
                stand.kills += hours > before
            stand.until_done(n)
        return stand.count("R12", n, "the clock jumps six times by a day, as seen by 2 workers")


def jumps_and_zones(stand: Stand, n: int) -> Line:
    line = jumps_under_workers(stand, n)
    line.rows += sum(different_in(zone) for zone in ("Europe/London", "America/New_York"))
    line.note += "; time zones with summer time plan the same"
    return line


def different_in(zone: str) -> int:
    """How many occurrences differ when the machine lives elsewhere, over days on which clocks are changed there."""
    Delivery.objects.all().delete()
    Occurrence.objects.all().delete()
    few = list(User.objects.order_by("pk").values_list("pk", flat=True)[:FEW])
    User.objects.exclude(pk__in=few).update(is_active=False)
    rule = ReminderRule.objects.get(code="faults")
    rule.late_hours = 24
    rule.steps = STEPS_OF_A_DAY + STEPS_OF_A_NIGHT
    return sum(len(_planned_over(day, rule, "Asia/Shanghai") ^ _planned_over(day, rule, zone)) for day in CHANGES)


def _planned_over(day: datetime, rule: ReminderRule, zone: str) -> set[tuple[int, str, str, datetime, datetime]]:
    """What comes up in the days around one of them, with the moments it is due and may be sent."""
    Heartbeat.objects.filter(name="faults-anchor").update(last_started=day)
    with override_settings(TIME_ZONE=zone):
        for hours in range(-36, 60, 6):
            plan(at=day + hours * HOUR, rules=[rule])
        rows = Delivery.objects.filter(channel="mail").values_list(
            "recipient", "occurrence__period", "occurrence__step", "due_at", "next_attempt_at"
        )
        found = set(rows)
    assert found
    Delivery.objects.all().delete()
    Occurrence.objects.all().delete()
    return found


def random_ticks(stand: Stand, schedules: int) -> Line:
    """Any list of ticks gives the occurrences of perfect ticking, without what was too late at every one of them."""
    late = timedelta(hours=6)
    stand.people(5, spread=5 * 3600)
    rule = stand.rule(*STEPS_OF_A_DAY, anchor=MORNING, late_hours=6)
    wrong = 0
    for number in range(schedules):
        dice = random.Random(number)
        moments = [MORNING + timedelta(minutes=dice.randint(-400, 1200)) for _ in range(dice.randint(1, 8))]
        Delivery.objects.all().delete()
        Occurrence.objects.all().delete()
        for moment in moments:
            plan(at=moment, rules=[rule])
        found = set(Occurrence.objects.values_list("subject_id", "step"))
        wrong += found != expected(moments, late)
    return Line(
        "R11", schedules, lost=wrong, seconds=stand.seconds, note="random lists of ticks; lost: those that differ"
    )


STEPS_OF_A_DAY = [
    {"code": "zero", "days": 0, "audience": ["self"]},
    {"code": "noon", "days": 0, "at": "12:00", "audience": ["self"]},
    {"code": "evening", "days": 0, "at": "18:30", "audience": ["self"]},
]
STEPS_OF_A_NIGHT = [
    {"code": "one", "days": 0, "at": "01:30", "audience": ["self"]},
    {"code": "eight", "days": 1, "at": "08:30", "audience": ["self"]},
    {"code": "midnight", "days": -1, "at": "00:00", "audience": ["self"]},
]
# London and New York put their clocks on and back on these days of 2026.
CHANGES = [datetime(2026, month, day, 9, tzinfo=SHANGHAI) for month, day in ((3, 8), (3, 29), (10, 25), (11, 1))]


def expected(moments: list[datetime], late: timedelta) -> set[tuple[int, str]]:
    """Worked out from the clock alone."""
    due = {}
    for pk, post in User.objects.filter(email__startswith="p").values_list("pk", "title"):
        due[pk, "zero"] = MORNING + timedelta(seconds=float(post.split()[1]))
        due[pk, "noon"] = MORNING.replace(hour=12)
        due[pk, "evening"] = MORNING.replace(hour=18, minute=30)
    return {key for key, at in due.items() if any(at <= moment < at + late for moment in moments)}
