"""Where things are broken: accounts, a rule, a mail server that counts, workers to kill, and the count at the end."""

import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import Error, connection
from django.db.models import Count

from faults.sink import Sink
from faults.sources import ANCHOR, LATER
from notifications.database_time import database_now
from notifications.models import Delivery, Heartbeat, Message, Occurrence, ReminderRule
from teams.models import User

WAITING = ("due", "claimed", "gathered")


@dataclass
class Line:
    """One line of the table."""

    name: str
    reminders: int = 0
    kills: int = 0
    lost: int = 0
    rows: int = 0
    messages: int = 0
    seconds: float = 0.0
    note: str = ""


@dataclass
class Stand:
    """`env` is for other processes: the database of this one, and the mail server's port."""

    env: dict[str, str]
    sink: Sink
    crash_database: Callable[[], None] | None = None
    kills: int = 0
    crashes: int = 0
    accounts: int = 0
    began: float = field(default_factory=time.monotonic)

    # -- Setting up ------------------------------------------------------------------------------

    def people(self, n: int, *, spread: float = 0.0) -> None:
        """So many more accounts with an address. With `spread` their reminders come due over so many seconds, from now
        on where there is a rule already.
        """
        anchor = Heartbeat.objects.filter(name=ANCHOR).first()
        begin = (database_now() - anchor.last_started).total_seconds() if anchor else 0.0
        User.objects.bulk_create(
            [
                User(
                    phone=f"18{i:09d}",
                    name=f"成员{i}",
                    name_key=f"{i}",
                    password="!",
                    email=f"p{i}@example.cn",
                    title=f"{LATER}{begin + spread * (i - self.accounts) / n:.3f}" if spread else "",
                )
                for i in range(self.accounts, self.accounts + n)
            ],
            batch_size=1000,
        )
        self.accounts += n

    def rule(self, *steps: dict[str, Any], anchor: datetime | None = None, late_hours: int = 24) -> ReminderRule:
        """One rule about all accounts, from this moment on unless another is said."""
        Heartbeat.objects.update_or_create(name=ANCHOR, defaults={"last_started": anchor or database_now()})
        return ReminderRule.objects.create(
            code="faults",
            kind="visit-coming",
            source="account",
            steps=list(steps) or [{"code": "T", "days": 0, "audience": ["self"]}],
            channels=["mail"],
            mandatory=True,
            late_hours=late_hours,
            quiet_from=None,
            quiet_until=None,
        )

    # -- Breaking --------------------------------------------------------------------------------

    @contextmanager
    def workers(self, n: int = 4, *, work: str = "tick", again: bool = True, **options: Any) -> Iterator["Workers"]:
        flags = [flag for name, value in options.items() if value for flag in _flag(name, value)]
        command = [sys.executable, "-m", "faults.worker", "--workers", str(n), "--work", work, *flags]
        with Workers([*command, *(["--again"] if again else [])], self.env) as team:
            yield team

    def kill(self, team: "Workers", times: int, *, of: int, pause: float = 0.3) -> None:
        """`kill -9` workers at moments nobody can foresee, while messages are going out, until all `of` have gone."""
        for _ in range(times):
            self._wait_for_more(max(of // (times * 2), 1))
            time.sleep(random.uniform(0, pause))
            if team.kill_one():
                self.kills += 1

    def _wait_for_more(self, messages: int, seconds: float = 8) -> None:
        """A busy machine sends slowly, so kills count messages rather than seconds; no longer than a lease lasts."""
        wanted, end = self.sink.taken + messages, time.monotonic() + seconds
        while self.sink.taken < wanted and time.monotonic() < end:
            time.sleep(0.01)

    def crash(self) -> None:
        """The database's processes end at once; then it recovers from its log."""
        if self.crash_database:
            connection.close()
            self.crash_database()
            self.crashes += 1

    # -- Waiting and counting ------------------------------------------------------------------------

    def until_done(self, wanted: int, *, patience: float = 60) -> bool:
        """Until so many reminders are planned and none is waiting, or nothing has moved for so many seconds."""
        moved, seen = time.monotonic(), -1
        while time.monotonic() - moved < patience:
            if self._is_done(wanted):
                return True
            if self.sink.taken != seen:
                moved, seen = time.monotonic(), self.sink.taken
            time.sleep(0.1)
        return False

    def _is_done(self, wanted: int) -> bool:
        try:
            planned = Occurrence.objects.count()
            return planned >= wanted and not Delivery.objects.filter(state__in=WAITING).exists()
        except Error:
            with suppress(Exception):
                connection.close()
            return False

    def count(self, name: str, wanted: int, note: str = "") -> Line:
        """Lost is who got no mail or no message in the inbox, whatever the ledger says."""
        told = {address for address, names in self.sink.people.items() if names}
        everybody = dict(User.objects.filter(email__startswith="p").values_list("pk", "email"))
        inboxes = set(Message.objects.values_list("recipient_id", flat=True))
        lost = sum(1 for pk, email in everybody.items() if email not in told or pk not in inboxes)
        keys = Occurrence.objects.order_by().values("rule", "subject_type", "subject_id", "period", "step")
        rows = sum(row["n"] - 1 for row in keys.annotate(n=Count("pk")).filter(n__gt=1))
        ways = Delivery.objects.order_by().values("occurrence", "recipient", "channel")
        rows += sum(row["n"] - 1 for row in ways.annotate(n=Count("pk")).filter(n__gt=1))
        inbox = Message.objects.count() - len(inboxes)
        return Line(
            name,
            reminders=wanted,
            kills=self.kills,
            lost=lost,
            rows=rows,
            messages=self.sink.doubles + inbox,
            seconds=self.seconds,
            note=note,
        )

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


class Workers:
    """The process that forks workers, and the numbers of those that are alive."""

    def __init__(self, command: list[str], env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        self._new: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._alive: list[int] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._new.put(int(line))

    def alive(self) -> list[int]:
        while not self._new.empty():
            self._alive.append(self._new.get())
        return self._alive

    def wait_for(self, n: int, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while len(self.alive()) < n and time.monotonic() < end:
            time.sleep(0.05)

    def kill_one(self) -> bool:
        alive = self.alive()
        if not alive:
            return False
        pid = alive.pop(random.randrange(len(alive)))
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    @property
    def have_ended(self) -> bool:
        """Whether all of them have, and none follows."""
        return self._process.poll() is not None

    def stopped(self) -> int:
        """How many have been stopped (SIGSTOP) and wait to be woken."""
        return sum(_state_of(pid) == "T" for pid in self.alive())

    def send_all(self, sign: signal.Signals) -> None:
        for pid in self.alive():
            with suppress(ProcessLookupError):
                os.kill(pid, sign)

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pid in self.alive():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._listener.join(10)
        if self._process.stdout is not None and not self._listener.is_alive():
            self._process.stdout.close()


def until(true: Callable[[], bool], seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    return true()


def _flag(name: str, value: Any) -> list[str]:
    return [f"--{name}"] if value is True else [f"--{name}", str(value)]


def _state_of(pid: int) -> str:
    """Slim machines have no `ps`, and macOS has no /proc."""
    if Path("/proc/self/stat").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return ""
    answer = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()[:1]
