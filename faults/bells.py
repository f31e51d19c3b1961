"""The doorbells: Celery workers, schedulers, cron, and a Redis that is emptied and killed while they ring."""

import subprocess
import sys
import tempfile
import threading
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
        log = (Path(self._folder.name) / "log").open("wb")
        workers, schedulers = self.number
        for n in range(workers):
            command = ["worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "ERROR", "-n", f"w{n}@here"]
            self.children.append(Child("worker", [*CELERY, *command], env=self.env, output=log))
        for n in range(schedulers):
            command = ["beat", "--loglevel", "ERROR", "-s", f"{self._folder.name}/beat{n}", "--pidfile", ""]
            self.children.append(Child("scheduler", [*CELERY, *command], env=self.env, output=log))
        if self.cron:
            self._cron.start()
        return self

    def _run_cron(self) -> None:
        while not self._stop.wait(self.cron):
            subprocess.run([sys.executable, "manage.py", "remind_tick"], env=self.env, capture_output=True, check=False)

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for child in self.children:
            child.stop(2)
        if self.cron:
            self._cron.join(30)
        self._folder.cleanup()


class RedisTrouble:
    """Empties Redis and kills it, in turn, so many times each; `times` counts what it has done."""

    def __init__(self, server: RedisServer, each: int, every: float) -> None:
        self.server, self.each, self.every = server, each, every
        self.times = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30)

    def _run(self) -> None:
        for n in range(self.each * 2):
            if self._stop.wait(self.every):
                return
            if n % 2:
                self.server.kill()
                self._stop.wait(1)
                self.server.start()
            else:
                with suppress(redis.RedisError):
                    redis.Redis.from_url(self.server.url).flushall()
            self.times += 1
