"""`make faults`: kills, crashes, freezes, restores; a table of what was lost and what came twice.

Ends with status 1 when an aim is missed or a negative twin goes unnoticed. `make faults ARGS="R1 R7"` runs some,
`make faults ARGS="R5 --minutes 30"` lets the many bells ring for so long.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

from faults.aims import AIMS, Aim
from tools import ROOT
from tools.environment import local_environment

HEAD = f"{'':6} {'reminders':>9} {'kills':>6} {'lost':>6} {'rows twice':>10} {'mails twice':>11} {'seconds':>8}"


def main() -> int:
    options = _options()
    print(HEAD, flush=True)
    met = [run(name, AIMS[name], options.minutes) for name in options.names or AIMS]
    return 0 if all(met) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="R1", help=f"some of {', '.join(AIMS)}; all when none is named")
    parser.add_argument("--minutes", type=float, default=1, help="how long schedulers, workers and cron ring in R5 (1)")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in AIMS]:
        parser.error(f"there is no {', '.join(unknown)}")
    return options


def run(name: str, aim: Aim, minutes: float) -> bool:
    """One scenario in a process and on services of its own; whether it reached its aim."""
    with tempfile.TemporaryDirectory(prefix="manyi-faults-") as var:
        own = {"VAR_DIR": var, "DEBUG": "0", "HTTPS": "0", "DJANGO_SETTINGS_MODULE": "faults.settings"}
        own["DATABASE_URL"] = f"sqlite:///{var}/faults.sqlite3" if aim.database == "sqlite" else ""
        env = local_environment({**os.environ, **own}, port=8000)
        command = [sys.executable, "-m", "faults.one", name, str(minutes)]
        answer = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if answer.returncode:
        print(f"{name:6} broke", flush=True)
        return False
    line = json.loads(answer.stdout.splitlines()[-1])
    met = aim.is_met(line)
    print(
        f"{name:6} {line['reminders']:9,} {line['kills']:6} {line['lost']:6} {line['rows']:10} {line['messages']:11}"
        f" {line['seconds']:8.1f}  {line['note']}{'' if met else f'  ← wanted: {aim.words}'}",
        flush=True,
    )
    return met


if __name__ == "__main__":
    sys.exit(main())
