"""What is broken and how: each scenario takes a stand and says what was lost and what came twice."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from faults import sabotage
from faults.bells import Bells, RedisTrouble
from faults.stand import Line, Stand, until
from notifications.database_time import database_now
from notifications.drain import drain
from notifications.models import Delivery, DeliveryState, Heartbeat
from notifications.planner import plan
from notifications.tasks import SCHEDULER
from tools.redis import RedisServer


def kills(
    stand: Stand,
    n: int,
    times: int,
    *,
    name: str = "R1",
    crashes: int = 0,
    workers: int = 4,
    thinks: float = 0.002,
    pause: float = 0.3,
) -> Line:
    """Workers that plan and send are killed while they do it, and the database falls over. The mail server `thinks` so
    long that there is something left to send at each kill, which comes within `pause` seconds.
    """
    stand.people(n)
    stand.rule()
    stand.sink.seconds = thinks
    at = {times * (n_ + 1) // (crashes + 1) for n_ in range(crashes)}
    with stand.workers(workers) as team:
        team.wait_for(workers)
        for number in range(times):
            stand.kill(team, 1, of=n // times, pause=pause)
            if number in at:
                stand.crash()
        stand.until_done(n)
    note = f"{stand.crashes} crashes of the database" if crashes else ""
    return stand.count(name, n, note)


def frozen(stand: Stand, n: int, *, seconds: float = 0.0, broken: str = "", name: str = "R7") -> Line:
    """Workers that stop for longer than their lease, holding claims, and wake up when another has sent those.

    `seconds` is how long they stop for; at 0 their leases are made old instead.
    """
    stand.people(n)
    stand.rule()
    plan(at=database_now())
    with stand.workers(2, work="drain", again=False, once=True, freeze=True, broken=broken) as sleepers:
        sleepers.wait_for(2)
        stand.kills = until(lambda: sleepers.stopped() == 2) and 2
        if seconds:
            time.sleep(seconds)
        else:
            forget_the_leases()
        drain(seconds=120)
        sleepers.send_all(signal.SIGCONT)
        until(lambda: sleepers.have_ended)
    return stand.count(name, n, "2 workers frozen longer than their lease")


def forget_the_leases() -> None:
    Delivery.objects.filter(state=DeliveryState.CLAIMED).update(lease_until=database_now() - timedelta(seconds=1))


def marked_too_early(stand: Stand, n: int, *, name: str = "R9c") -> Line:
    """The negative twin of the kills: a worker that marks before it sends is killed in between."""
    stand.people(n)
    stand.rule()
    plan(at=database_now())
    with stand.workers(1, work="drain", again=False, once=True, broken="send, then mark") as team:
        stand.kills = int(until(lambda: team.have_ended))
    forget_the_leases()
    drain(seconds=120)
    return stand.count(name, n, "without: send, then mark")


def four_planners(stand: Stand, n: int, *, keys: bool = True, name: str = "R9a") -> Line:
    """All four have seen that nothing is planned when the first of them writes."""
    stand.people(n)
    stand.rule()
    if not keys:
        sabotage.drop_the_keys()
    with ExitStack() as stack:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE notifications_occurrence IN EXCLUSIVE MODE")
            planners = stack.enter_context(stand.workers(4, work="plan", again=False, once=True))
            until(lambda: _waiting(cursor) == 4)
        until(lambda: planners.have_ended)
    drain(seconds=120)
    return stand.count(name, n, "4 planners at once")


def _waiting(cursor: Any) -> int:
    cursor.execute(
        "SELECT count(*) FROM pg_locks WHERE relation = 'notifications_occurrence'::regclass AND NOT granted"
    )
    return int(cursor.fetchone()[0])


@contextmanager
def ringing(stand: Stand, **bells: Any) -> Iterator[Bells]:
    """There is a rule, and Celery works on it; nobody to tell yet."""
    stand.rule()
    with Bells(stand.env, **bells) as all_of_them:
        all_of_them.wait_until(has_rung)
        yield all_of_them


def redis_breaks(
    stand: Stand, n: int, bells: Bells, server: RedisServer, *, each: int, pause: float, seconds: float
) -> Line:
    """Celery sends while its Redis is emptied, killed and put to sleep; a cron that knows no Redis ticks now and then.

    A worker that loses its Redis ends what it is doing, so each time counts as a kill.
    """
    with RedisTrouble(server, each=each, pause=pause, seconds=seconds) as trouble:
        stand.people(n, spread=seconds)
        trouble.begin()
        stand.until_done(stand.accounts)
        trouble.is_over.wait(120)
    stand.kills = trouble.done.total()
    what = ", ".join(f"{what} {times}" for what, times in trouble.done.items())
    return stand.count("R3", n, f"Redis {what} times; {bells.restarted} processes of Celery began again")


def many_bells(stand: Stand, n: int, *, seconds: float) -> Line:
    """Reminders come due while two schedulers, two workers and a cron ring at the same time."""
    stand.people(n, spread=seconds)
    stand.until_done(stand.accounts)
    return stand.count("R5", n, f"2 schedulers, 2 workers and cron at once for {seconds / 60:.1f} minutes")


def has_rung() -> bool:
    """Whether Celery works, and not cron alone."""
    return Heartbeat.objects.filter(name=SCHEDULER).exists()
