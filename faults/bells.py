"""The doorbells: Celery workers, schedulers, cron, and a Redis that is emptied and killed while they ring."""

import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

import redis

from faults.stand import until
from tools.processes import Child
from tools.redis import RedisServer

CELERY = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "--app", "faults.celery_app"]


class Bells:
    """So many workers and schedulers of Celery, and a cron that ticks every few seconds, when it is wanted.

    One that ends is begun again, as a supervisor would: a worker may break when its Redis goes. `restarted` counts.
    """

    def __init__(self, env: Mapping[str, str], *, workers: int = 1, schedulers: int = 1, cron: float = 0.0) -> None:
        self.env, self.cron, self.restarted = dict(env), cron, 0
        self._stop = threading.Event()
        self._folder = tempfile.TemporaryDirectory(prefix="manyi-bells-")
        pool = ["--pool", "prefork", "--concurrency", "2"]
        self._commands = [["worker", *pool, "-n", f"w{n}@here"] for n in range(workers)]
        self._commands += [["beat", "-s", f"{self._folder.name}/beat{n}", "--pidfile", ""] for n in range(schedulers)]
        self._children: list[Child] = []
        self._threads = [threading.Thread(target=self._watch, daemon=True)]
        self._threads += [threading.Thread(target=self._run_cron, daemon=True)] if cron else []

    def __enter__(self) -> Self:
        self._children = [self._start(*command) for command in self._commands]
        for thread in self._threads:
            thread.start()
        return self

    def _start(self, *command: str) -> Child:
        with self._log.open("ab") as log:
            return Child(command[0], [*CELERY, *command, "--loglevel", "ERROR"], env=self.env, output=log)

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            for n, child in enumerate(self._children):
                if child.status is not None:
                    self._children[n] = self._start(*self._commands[n])
                    self.restarted += 1

    def _run_cron(self) -> None:
        while not self._stop.wait(self.cron):
            subprocess.run([sys.executable, "manage.py", "remind_tick"], env=self.env, capture_output=True, check=False)

    def wait_until(self, rung: Callable[[], bool]) -> None:
        """A drill whose bells never ring would be cron's alone, and show nothing."""
        if not until(rung):
            raise RuntimeError(f"Celery does not work: {self._log.read_text()[-3000:]}")

    @property
    def _log(self) -> Path:
        return Path(self._folder.name) / "log"

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)
        for child in self._children:
            child.ask_to_stop()
        for child in self._children:
            child.stop(1)
        self._folder.cleanup()


class RedisTrouble:
    """Empties Redis and kills it, in turn, so many times each, and puts it to sleep twice for `pause` seconds, all of it
    spread over `seconds`; `done` counts, `is_over` tells when it is.
    """

    def __init__(self, server: RedisServer, *, each: int, pause: float, seconds: float) -> None:
        self.server, self.pause = server, pause
        turns = [self._empty, self._kill] * each
        self.turns = [*turns[:each], self._sleep, *turns[each:], self._hold_clients]
        self.every = max(seconds - 2 * pause, 1) / (len(self.turns) + 1)
        self.done: Counter[str] = Counter()
        self.is_over = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(30 + self.pause)

    def _run(self) -> None:
        for turn in self.turns:
            if self._stop.wait(self.every):
                return
            # Without a limit of its own, because it has to wait for one that sleeps.
            with suppress(redis.RedisError), redis.Redis.from_url(self.server.url, socket_timeout=None) as client:
                self.done[turn(client)] += 1
        self.is_over.set()
        self._stop.wait()  # what a thread has started ends with it

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
