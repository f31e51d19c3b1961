"""`make bench`: the figures of `python -m bench`, on a PostgreSQL and a Redis of their own."""

import os
import subprocess
import sys
import tempfile

from tools import ROOT
from tools.environment import local_environment
from tools.postgres import TemporaryPostgres
from tools.redis import RedisServer

PREPARE = (["manage.py", "migrate", "-v0"], ["manage.py", "collectstatic", "--no-input", "-v0"])


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="manyi-bench-") as var,
        TemporaryPostgres() as postgres,
        RedisServer() as redis,
    ):
        services = {"VAR_DIR": var, "DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
        own = {**services, "DEBUG": "0", "HTTPS": "0", "DJANGO_SETTINGS_MODULE": "bench.settings"}
        env = local_environment({**os.environ, **own}, port=8000)
        for command in (*PREPARE, ["-m", "bench", *sys.argv[1:]]):
            status = subprocess.run([sys.executable, *command], cwd=ROOT, env=env, check=False).returncode
            if status:
                return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
