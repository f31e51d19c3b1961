"""Processes that we start and that end with us, also when we are killed."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any, Self

PR_SET_PDEATHSIG = 1


def _end_with_parent() -> Callable[[], None] | None:
    """Linux sends SIGTERM to a child whose parent died; macOS has no such call."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A process in a session of its own, so that Ctrl-C in the terminal reaches only its owner, who stops it."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        output: IO[bytes] | int | None = None,
        user: str | None = None,
    ) -> None:
        self.name = name
        self._process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
            cwd="/" if user else None,
            start_new_session=True,
            preexec_fn=_end_with_parent(),
            **as_user(user),
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status, or None while it runs."""
        return self._process.poll()

    def ask_to_stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.status is None:
            self._process.send_signal(how)

    def stop(self, patience: float = 10) -> None:
        """Ask, wait, and after `patience` seconds kill it with everything it started."""
        self.ask_to_stop()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            pass
        self._process.kill()
        self._process.wait()
        self._kill_the_rest()

    def _kill_the_rest(self, patience: float = 2) -> None:
        """What it started and left behind; it has gone when there is nobody left to kill."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return
            time.sleep(0.02)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def as_user(name: str | None) -> dict[str, Any]:
    """Arguments for `subprocess` that run a command as this user; none for our own."""
    if name is None:
        return {}
    user = pwd.getpwnam(name)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def wait_until(true: Callable[[], bool], *, seconds: float, child: Child) -> bool:
    """Whether it became true before the time was up and before the child ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and child.status is None:
        if true():
            return True
        time.sleep(0.02)
    return False
