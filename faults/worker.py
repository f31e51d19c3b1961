"""Workers that a harness can kill: this process imports the site once and forks them, again and again.

Each worker's number is printed when it begins. `--broken` takes one safeguard away, to show that its test would notice.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import django

BROKEN = ("lease re-check", "send, then mark")


def main() -> None:
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faults.settings")
    django.setup()
    from faults import sabotage  # noqa: PLC0415  only after django.setup()

    if options.broken:
        sabotage.take_away(options.broken)
    if options.freeze:
        sabotage.freeze_before_the_first_sending()
    work = {"tick": _tick, "plan": _plan, "drain": _drain}[options.work]
    life = _once if options.once else _for_ever
    signal.signal(signal.SIGTERM, lambda *_: _end_all())
    for _ in range(options.workers):
        _fork(work, life)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return
        if options.again:
            _fork(work, life)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--work", choices=["tick", "plan", "drain"], default="tick")
    parser.add_argument("--again", action="store_true", help="a worker that dies is followed by another")
    parser.add_argument("--once", action="store_true", help="a worker does its work once and ends")
    parser.add_argument("--broken", choices=BROKEN)
    parser.add_argument(
        "--freeze", action="store_true", help="each worker stops itself (SIGSTOP) before its first sending"
    )
    return parser.parse_args()


_children: set[int] = set()


def _fork(work: Callable[[], Any], life: Callable[[Callable[[], Any]], None]) -> None:
    pid = os.fork()
    if pid:
        _children.add(pid)
        print(pid, flush=True)
        return
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        life(work)
    finally:
        os._exit(0)


def _end_all() -> None:
    for pid in _children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    sys.exit(0)


def _once(work: Callable[[], Any]) -> None:
    work()


def _for_ever(work: Callable[[], Any]) -> None:
    """As a supervisor would: what breaks is begun again, with a new connection."""
    from django.db import Error, connection  # noqa: PLC0415  only after django.setup()

    parent = os.getppid()
    while os.getppid() == parent:
        try:
            work()
        except (Error, OSError):
            with suppress(Exception):
                connection.close()
            time.sleep(0.2)
        time.sleep(0.05)


def _tick() -> None:
    from notifications.pulse import tick  # noqa: PLC0415

    tick(seconds=5)


def _plan() -> None:
    from notifications.database_time import database_now  # noqa: PLC0415
    from notifications.planner import plan  # noqa: PLC0415

    plan(at=database_now())


def _drain() -> None:
    from notifications.drain import drain  # noqa: PLC0415

    drain(seconds=600)


if __name__ == "__main__":
    main()
