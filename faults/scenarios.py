"""What is broken and how: each scenario takes a stand and says what was lost and what came twice."""

import signal
import time

from faults import sabotage
from faults.bells import Bells, RedisTrouble
from faults.stand import Line, Stand, until
from notifications.database_time import database_now
from notifications.drain import drain
from notifications.models import Heartbeat, Occurrence
from notifications.planner import plan
from notifications.tasks import SCHEDULER
from tools.redis import RedisServer


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


def redis_breaks(stand: Stand, n: int, server: RedisServer, *, each: int, pause: float, seconds: float) -> Line:
    """Celery sends while its Redis is emptied, killed and put to sleep; a cron that knows no Redis ticks now and then.

    A worker that loses its Redis ends what it is doing, so each time counts as a kill.
    """
    trouble = RedisTrouble(server, each=each, pause=pause, seconds=seconds)
    with trouble, Bells(stand.env, cron=5) as bells:
        bells.wait_until(has_rung)
        stand.people(n, spread=seconds)
        stand.rule()
        trouble.begin()
        stand.until_done(n)
    stand.kills = sum(trouble.done.values())
    what = ", ".join(f"{what} {times}" for what, times in trouble.done.items())
    return stand.count("R3", n, f"Redis {what} times; {bells.restarted} processes of Celery began again")


def many_bells(stand: Stand, n: int, *, seconds: float) -> Line:
    """Two schedulers, two workers and a cron ring at the same time, while reminders come due."""
    with Bells(stand.env, workers=2, schedulers=2, cron=1) as bells:
        bells.wait_until(has_rung)
        stand.people(n, spread=seconds)
        stand.rule()
        stand.until_done(n)
    return stand.count("R5", n, f"2 schedulers, 2 workers and cron at once for {seconds / 60:.1f} minutes")


def has_rung() -> bool:
    """Whether Celery works, and not cron alone."""
    return Heartbeat.objects.filter(name=SCHEDULER).exists()
