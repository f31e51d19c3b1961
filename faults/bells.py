"""The doorbells: Celery workers, schedulers, cron, and a Redis that is emptied and killed while they ring."""

import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

import redis

from tools.processes import Child
from tools.redis import RedisServer

CELERY = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "--app", "faults.celery_app"]


class Bells:
    """So many workers and schedulers of Celery, and a cron that ticks every few seconds, when it is wanted."""

    def __init__(self, env: Mapping[str, str], *, workers: int = 1, schedulers: int = 1, cron: float = 0.0) -> None:
        self.env, self.cron = dict(env), cron
        self.number = workers, schedulers
        self.children: list[Child] = []
        self._stop = threading.Event()
        self._folder = tempfile.TemporaryDirectory(prefix="manyi-bells-")
        self._cron = threading.Thread(target=self._run_cron, daemon=True)

    def __enter__(self) -> Self:
        self._log = (Path(self._folder.name) / "log").open("wb")
        workers, schedulers = self.number
        for n in range(workers):
            command = ["worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "ERROR", "-n", f"w{n}@here"]
            self.children.append(Child("worker", [*CELERY, *command], env=self.env, output=self._log))
        for n in range(schedulers):
            command = ["beat", "--loglevel", "ERROR", "-s", f"{self._folder.name}/beat{n}", "--pidfile", ""]
            self.children.append(Child("scheduler", [*CELERY, *command], env=self.env, output=self._log))
        if self.cron:
            self._cron.start()
        return self

    def _run_cron(self) -> None:
        while not self._stop.wait(self.cron):
            subprocess.run([sys.executable, "manage.py", "remind_tick"], env=self.env, capture_output=True, check=False)

    def __exit__(self, *_: object) -> None:
        """Whoever ended before we asked has rung for nobody, and what was counted shows nothing."""
        self._stop.set()
        silent = [child.name for child in self.children if child.status is not None]
        for child in self.children:
            child.stop(2)
        if self.cron:
            self._cron.join(30)
        self._log.close()
        words = (Path(self._folder.name) / "log").read_text()
        self._folder.cleanup()
        if silent:
            raise RuntimeError(f"{', '.join(silent)} ended by itself: {words[-2000:]}")


class RedisTrouble:
    """Empties Redis and kills it, in turn, so many times each, and puts it to sleep twice for `pause` seconds, all of it
    spread over `seconds`; `done` counts.
    """

    def __init__(self, server: RedisServer, *, each: int, pause: float, seconds: float) -> None:
        self.server, self.pause = server, pause
        turns = [self._empty, self._kill] * each
        self.turns = [*turns[:each], self._sleep, *turns[each:], self._hold_clients]
        self.every = max(seconds - 2 * pause, 1) / (len(self.turns) + 1)
        self.done: Counter[str] = Counter()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30 + self.pause)

    def _run(self) -> None:
        for turn in self.turns:
            if self._stop.wait(self.every):
                return
            # Without a limit of its own, because it has to wait for one that sleeps.
            with suppress(redis.RedisError), redis.Redis.from_url(self.server.url, socket_timeout=None) as client:
                self.done[turn(client)] += 1

    def _empty(self, client: redis.Redis) -> str:
        client.flushall()
        return "emptied"

    def _kill(self, client: redis.Redis) -> str:
        self.server.kill()
        self._stop.wait(1)
        self.server.start()
        return "killed"

    def _sleep(self, client: redis.Redis) -> str:
        """It does nothing at all, not even refuse."""
        client.execute_command("DEBUG", "SLEEP", str(self.pause))
        return "asleep"

    def _hold_clients(self, client: redis.Redis) -> str:
        """It takes what clients say and does not answer."""
        client.client_pause(int(self.pause * 1000))
        self._stop.wait(self.pause)
        return "silent"
