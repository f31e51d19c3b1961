"""Early pytest plugin: a real Redis, and with TEST_DATABASE=postgresql a real PostgreSQL, for this run only.

pytest-django reads the settings before any conftest.py, so this is loaded by `-p` in pyproject.toml.
"""

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

import pytest

from tools.postgres import TemporaryPostgres
from tools.redis import RedisServer

IN_WORKER = "PYTEST_XDIST_WORKER" in os.environ
ENVIRONMENT = {
    "SECRET_KEY": "for-tests-only-for-tests-only-for-tests-only-for-tests-only",
    "CODE_PEPPER": "for-tests-only",
    "VAULT_KEY": "dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=",
    "DEBUG": "0",
    "HTTPS": "0",
    "MANIFEST_STATIC": "0",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright keeps an event loop in the main thread
}
EXAMPLE = Path(__file__).parent.parent / ".env.example"
ONLY_FOR_TESTS = {"TEST_DATABASE", "PG_BINDIR", "CHROME_BIN"}


def forget_foreign(environment: MutableMapping[str, str]) -> None:
    """A developer's own variables and files must not change what is tested."""
    for name in set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE)) - ONLY_FOR_TESTS:
        environment.pop(name, None)
        environment.pop(f"{name}_FILE", None)


class Services:
    """Each process that runs tests has a Redis of its own; PostgreSQL and the folder for files are shared."""

    def __init__(self) -> None:
        wanted = os.environ.get("TEST_DATABASE", "sqlite")
        if wanted not in ("sqlite", "postgresql"):
            raise pytest.UsageError(f"TEST_DATABASE={wanted}: write sqlite or postgresql")
        if not IN_WORKER:  # a worker has what the first process gave it
            forget_foreign(os.environ)
        os.environ.update(ENVIRONMENT)
        self.folder: Path | None = None
        self.postgres: TemporaryPostgres | None = None
        if not IN_WORKER:
            self._start_shared(wanted)
        self.redis = RedisServer().start()
        os.environ["REDIS_URL"] = self.redis.url

    def _start_shared(self, database: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="manyi-tests-", dir="/tmp"))
        os.environ["VAR_DIR"] = str(self.folder)
        os.environ["DATABASE_URL"] = f"sqlite:///{self.folder}/manyi.sqlite3"
        if database == "postgresql":
            self.postgres = TemporaryPostgres().start()
            os.environ["DATABASE_URL"] = self.postgres.url

    def stop(self) -> None:
        self.redis.stop()
        if self.postgres:
            self.postgres.stop()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


services = Services()
atexit.register(services.stop)  # a run that stops while it is being set up is never unconfigured


def pytest_report_header() -> list[str]:
    database = f"PostgreSQL ({services.postgres.programs})" if services.postgres else "SQLite"
    return [f"database: {database}", f"redis: {services.redis.binary}"]


def pytest_unconfigure() -> None:
    atexit.unregister(services.stop)
    services.stop()
