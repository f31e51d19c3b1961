"""`make run`, started for real: the pages come with their styles, the scheduler beats, and nothing stays behind."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from tools import ROOT
from tools.ports import free_port

OURS = ["DATABASE_URL", "REDIS_URL", "DEBUG", "MANIFEST_STATIC", "SECRET_KEY", "VAULT_KEY", "CODE_PEPPER"]


def running_commands() -> list[tuple[str, str, str]]:
    """Parent, process and command line of everything on this machine; the dead whom nobody has buried do not count."""
    command = ["ps", "-A", "-ww", "-o", "ppid=,pid=,stat=,args="]
    table = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = (line.split(None, 3) for line in table.splitlines())
    return [(row[0], row[1], row[3]) for row in rows if not row[2].startswith("Z")]


@dataclass
class Running:
    process: subprocess.Popen[str]
    address: str

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urlopen(self.address + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def family(self) -> dict[str, str]:
        """The command lines of everything that was started, by process."""
        rows = running_commands()
        members = {str(self.process.pid)}
        while grown := {pid for parent, pid, _ in rows if parent in members} - members:
            members |= grown
        return {pid: args for _, pid, args in rows if pid in members}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A site on an empty database, without the invented district, which takes long to make."""
    if not shutil.which("ps"):
        pytest.skip("there is no ps on this machine to look for processes with")
    port = free_port()
    env = {name: value for name, value in os.environ.items() if name not in OURS}
    env |= {"VAR_DIR": str(tmp_path_factory.mktemp("var")), "PORT": str(port), "DEBUG": "0"}
    command = [sys.executable, "-m", "tools.run"]
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=env, **output) as process:
        told = list(told_until_ready(process.stdout))
        assert "is ready" in told[-1], "".join(told)
        yield Running(process, f"http://127.0.0.1:{port}")
        process.kill()


def told_until_ready(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if "is ready" in line:
            return


@pytest.mark.slow
def test_sign_in_page_comes_with_all_its_files(site: Running) -> None:
    status, page = site.get("/login/")
    files = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
    assert status == 200
    assert files
    assert {path: site.get(path)[0] for path in files} == dict.fromkeys(files, 200)


@pytest.mark.slow
def test_web_worker_and_scheduler_run_together(site: Running) -> None:
    health = json.loads(site.get("/healthz")[1])
    assert (health["database"], health["broker"]) == ("ok", "ok")
    commands = " ".join(site.family().values())
    assert [name for name in ("gunicorn config.wsgi", "config worker", "config beat") if name not in commands] == []


@pytest.mark.slow
def test_stopping_ends_every_process(site: Running) -> None:
    family = set(site.family())
    assert len(family) >= 6
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(30) == 0
    assert family & {pid for _, pid, _ in running_commands()} == set()


def test_static_files_carry_a_hash_also_while_debug_is_on(settings: object, tmp_path: Path) -> None:
    backends = {"staticfiles": {"BACKEND": "config.storage.HashedStaticFiles"}}
    settings.STORAGES = {**settings.STORAGES, **backends}  # type: ignore[attr-defined]
    settings.STATIC_ROOT = tmp_path  # type: ignore[attr-defined]
    settings.DEBUG = True  # type: ignore[attr-defined]
    call_command("collectstatic", interactive=False, verbosity=0)
    for name in ("css/app.css", "vendor/icons.svg", "vendor/bootstrap/bootstrap.min.css"):
        address = staticfiles_storage.url(name)
        assert re.fullmatch(r"/static/.+\.[0-9a-f]{12}\.\w+", address)
        assert (tmp_path / address.removeprefix("/static/")).exists()
