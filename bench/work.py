"""The processor time of the processes that take part: the web server's workers and the database's backends."""

import os
import time
from pathlib import Path

from django.db import connection

PROCESSES = Path("/proc")


class Work:
    """Linux tells it to the nanosecond; elsewhere it is 0 and the waiting time has to do."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._places: list[Path] = []

    def look_around(self) -> None:
        """Find the processes there are now. Call it when all of them have started."""
        if not (PROCESSES / "self" / "schedstat").exists():
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
            backends = [pid for (pid,) in cursor.fetchall()]
        workers = [int(place.name) for place in PROCESSES.glob("[0-9]*") if _parent(place) == self._server]
        self._places = [PROCESSES / str(pid) / "task" for pid in (*workers, *backends)]

    def done(self, *, local: bool) -> float:
        """Milliseconds since they started. `local` adds this process."""
        if not self._places:
            return 0
        own = time.process_time() * 1000 if local else 0
        return own + sum(_worked(thread) for place in self._places for thread in place.glob("*/schedstat")) / 1e6


def _worked(thread: Path) -> int:
    try:
        return int(thread.read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _parent(place: Path) -> int:
    try:
        return int((place / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return os.getpid()
