"""The district to measure in, and the table of results."""

import subprocess
import sys
import time
from functools import partial

from django.db import connection

from bench.measure import Measured, against_floor
from bench.pages import Case, cases
from bench.rows import grow_to
from bench.site import Site, Visitor, connect, running
from bench.work import Work
from programmes.demo.cast import COORDINATOR
from teams.models import User

ROUNDS = 60


def print_table(sizes: list[int]) -> int:
    """Measure at each size; the status is 1 when a limit was passed."""
    coordinator = build_district()
    too_slow = 0
    with running() as site:
        for size in sizes:
            begin = time.monotonic()
            grow_to(size)
            print(f"\n{size:,} issues, {connection.vendor}, written in {time.monotonic() - begin:.0f} s", flush=True)
            too_slow += print_size(coordinator, site)
    return 1 if too_slow else 0


def build_district() -> User:
    """The demonstration's district with a round under way, and somebody in its office.

    Made by another process: what it leaves in memory would slow down everything this one does.
    """
    subprocess.run([sys.executable, "-m", "bench.district"], check=True)
    return User.objects.get(phone=COORDINATOR.phone)


def print_size(coordinator: User, site: Site) -> int:
    """Everything on one connection, so that floor and page meet the same worker."""
    asked, work = connect(site.port), Work(site.pid)
    visitor = Visitor(asked, coordinator)
    print(HEADING, flush=True)
    too_slow = 0
    for case in cases(coordinator, asked, ROUNDS):
        case.act()
        work.look_around()
        floor = partial(visitor.get, "/bench/floor/")
        measured = against_floor(case.act, floor, ROUNDS, work, local=case.local)
        too_slow += measured.ratio > case.limit
        print(line(case, measured), flush=True)
    asked.close()
    return too_slow


HEADING = f"{'':36} {'work':>7} {'floor':>7} {'ratio':>6} {'limit':>6}   {'wait':>7} {'floor':>7} {'ratio':>6}"


def line(case: Case, measured: Measured) -> str:
    """`work`: milliseconds of processor time of server and database; `wait`: until the answer is there. Medians."""
    page, floor = measured.page, measured.floor
    working = f"{page.work:7.1f} {floor.work:7.1f} {measured.working:6.1f} {case.limit:6}"
    waiting = f"{page.wait:7.1f} {floor.wait:7.1f} {measured.waiting:6.1f}"
    mark = "" if measured.ratio <= case.limit else "  ← too slow"
    return f"{case.name:36} {working}   {waiting}{mark}"
