"""What is broken and how: each scenario takes a stand and says what was lost and what came twice."""

import random
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from core.clock import SHANGHAI
from faults import sabotage
from faults.bells import Bells, RedisTrouble
from faults.stand import Line, Stand
from notifications.database_time import database_now
from notifications.drain import drain
from notifications.models import Delivery, Message, Occurrence
from notifications.planner import plan
from notifications.pulse import tick
from notifications.reconcile import reconcile
from notifications.restored import hold_after_restore, release_after_restore
from teams.models import User
from tools.redis import RedisServer

MORNING = datetime(2026, 10, 9, 8, tzinfo=SHANGHAI)


def kills(stand: Stand, n: int, times: int, *, name: str = "R1", crashes: int = 0, workers: int = 4) -> Line:
    """Workers that plan and send are killed while they do it, and the database falls over."""
    stand.people(n)
    stand.rule()
    stand.sink.seconds = 0.002
    at = {times * (n_ + 1) // (crashes + 1) for n_ in range(crashes)}
    with stand.workers(workers) as team:
        team.wait_for(workers)
        for number in range(times):
            stand.kill(team, 1, of=n // times)
            if number in at:
                stand.crash()
        stand.until_done(n)
    note = f"{stand.crashes} crashes of the database" if crashes else ""
    return stand.count(name, n, note)


def downtime(stand: Stand, n: int) -> Line:
    """Thirty hours of nothing, with three steps in them: everybody hears of the latest, by one message."""
    stand.people(n)
    steps = [
        {"code": "T-1", "days": -1, "at": "09:00", "audience": ["self"]},
        {"code": "eve", "days": -1, "at": "17:00", "audience": ["self"]},
        {"code": "morning", "days": 0, "at": "08:00", "audience": ["self"]},
    ]
    stand.rule(*steps, anchor=MORNING, late_hours=48)
    tick(at=MORNING - timedelta(hours=24))
    for minute in range(3):
        tick(at=MORNING + timedelta(hours=6, minutes=minute))
    line = stand.count("R4", n, "30 hours down over three steps")
    latest = Delivery.objects.filter(state="sent", occurrence__step="morning", channel="mail").count()
    others = Delivery.objects.filter(state="sent").exclude(occurrence__step="morning").count()
    line.lost += n - latest
    line.messages += others
    return line


def frozen(stand: Stand, n: int, *, seconds: float = 8.0, broken: str = "", name: str = "R7") -> Line:
    """Workers that stop for longer than their lease, holding claims, and wake up when others have sent those."""
    stand.people(n)
    stand.rule()
    plan(at=database_now())
    with stand.workers(2, work="drain", again=False, freeze=True, broken=broken) as sleepers:
        sleepers.wait_for(2)
        stand.kills = until(lambda: sleepers.stopped() == 2) and 2
        time.sleep(seconds)
        with stand.workers(2) as others:
            others.wait_for(2)
            stand.until_done(n)
            sleepers.send_all(signal.SIGCONT)
            time.sleep(4)
    return stand.count(name, n, "2 workers frozen longer than their lease")


def two_planners(stand: Stand, n: int, *, keys: bool = True, name: str = "R5") -> Line:
    """Four planners begin at the same moment."""
    stand.people(n)
    stand.rule()
    if not keys:
        sabotage.drop_the_keys()
    with stand.workers(4, work="plan") as planners:
        planners.wait_for(4)
        until(lambda: Occurrence.objects.count() >= n)
        time.sleep(2)
    drain(seconds=120)
    return stand.count(name, n, "4 planners at once")


def restore(stand: Stand, n: int) -> Line:
    """The database of yesterday comes back: what it still wants to send was sent, and a person says so."""
    stand.people(n)
    at = database_now()
    stand.rule(anchor=at)
    plan(at=at)
    remembered = list(Delivery.objects.values())
    drain(seconds=120)
    Message.objects.filter(delivery__isnull=False).update(delivery=None)
    put_back(remembered)
    before = sum(stand.sink.ids.values())
    hold_after_restore(at=database_now())
    tick()
    tick()
    again = sum(stand.sink.ids.values()) - before
    held = Delivery.objects.filter(state="held").count()
    release_after_restore(by=None, at=database_now(), send=False)
    tick()
    line = stand.count("R10", n, f"{held} held after the restore, {again} sent again")
    line.messages = again
    return line


def put_back(remembered: list[Any]) -> None:
    """The rows of the ledger as the backup has them."""
    rows = [Delivery(**values) for values in remembered]
    fields = [field.name for field in Delivery._meta.concrete_fields if field.name != "id"]
    Delivery.objects.bulk_update(rows, fields, batch_size=200)


def jumps(stand: Stand, n: int) -> Line:
    """The clock goes a day on, back again, and the machine thinks it is in London."""
    stand.people(n)
    at = database_now()
    stand.rule(anchor=at)
    for hours in (0, 24, 0, -24, 12, 0):
        plan(at=at + timedelta(hours=hours))
        drain(at=at + timedelta(hours=hours), seconds=60)
        reconcile(at=at + timedelta(hours=hours))
    return stand.count("R12", n, "clock +24 h, -24 h, +12 h")


def killed_at_random(stand: Stand, n: int, times: int, *, broken: str, name: str) -> Line:
    """The negative twin of the kills: with a safeguard gone, the count has to show it."""
    stand.people(n)
    stand.rule()
    stand.sink.seconds = 0.01
    with stand.workers(4, broken=broken) as team:
        team.wait_for(4)
        stand.kill(team, times, of=n, pause=0.05)
        stand.until_done(n)
    return stand.count(name, n, f"without: {broken}")


def redis_breaks(stand: Stand, n: int, server: RedisServer, *, each: int, seconds: float) -> Line:
    """Celery sends while its Redis is emptied and killed; a cron that knows no Redis ticks now and then."""
    stand.people(n, spread=seconds)
    stand.rule()
    with Bells(stand.env, cron=5), RedisTrouble(server, each, seconds / (each * 2 + 1)) as trouble:
        stand.until_done(n)
    stand.kills = trouble.times
    return stand.count("R3", n, f"Redis emptied and killed, {trouble.times} times in all")


def many_bells(stand: Stand, n: int, *, seconds: float) -> Line:
    """Two schedulers, two workers and a cron ring at the same time, while reminders come due."""
    stand.people(n, spread=seconds)
    stand.rule()
    with Bells(stand.env, workers=2, schedulers=2, cron=1):
        stand.until_done(n)
    return stand.count("R5", n, "2 schedulers, 2 workers and cron at once")


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


def until(true: Callable[[], bool], seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    return true()


STEPS_OF_A_DAY = [
    {"code": "zero", "days": 0, "audience": ["self"]},
    {"code": "noon", "days": 0, "at": "12:00", "audience": ["self"]},
    {"code": "evening", "days": 0, "at": "18:30", "audience": ["self"]},
]


def expected(moments: list[datetime], late: timedelta) -> set[tuple[int, str]]:
    """Worked out from the clock alone."""
    due = {}
    for pk, post in User.objects.filter(email__startswith="p").values_list("pk", "title"):
        due[pk, "zero"] = MORNING + timedelta(seconds=float(post.split()[1]))
        due[pk, "noon"] = MORNING.replace(hour=12)
        due[pk, "evening"] = MORNING.replace(hour=18, minute=30)
    return {key for key, at in due.items() if any(at <= moment < at + late for moment in moments)}
