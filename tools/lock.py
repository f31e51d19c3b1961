"""`make lock`: newest allowed versions of everything, pinned with hashes, naming no registry and no machine."""

import shutil
import subprocess
from pathlib import Path

from tools import ROOT

REQUIREMENTS = ["requirements", "requirements-dev", "requirements-node"]
PACKAGES = [ROOT, ROOT / "tools/chromium"]
OLDEST_PYTHON = "3.11"
TELLTALES = ["file:", "--index-url", "--extra-index-url", "--find-links", '"resolved"']


def main() -> None:
    for program in ("uv", "npm"):
        if not shutil.which(program):
            raise SystemExit(
                f"make lock needs {program}. Install it: https://docs.astral.sh/uv/ or https://nodejs.org/"
            )
    locks = [lock_requirements(name) for name in REQUIREMENTS] + [lock_packages(folder) for folder in PACKAGES]
    for lock in locks:
        refuse_telltales(lock)


def lock_requirements(name: str) -> Path:
    options = ["--quiet", "--upgrade", "--universal", "--generate-hashes", "--python-version", OLDEST_PYTHON]
    files = [f"{name}.in", "-o", f"{name}.txt"]
    subprocess.run(["uv", "pip", "compile", *options, *files], cwd=ROOT, check=True)
    return ROOT / f"{name}.txt"


def lock_packages(folder: Path) -> Path:
    """package.json names exact versions, so only what they need in turn can move."""
    lock = folder / "package-lock.json"
    lock.unlink(missing_ok=True)
    options = ["--package-lock-only", "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund"]
    subprocess.run(["npm", "install", "--loglevel=error", *options], cwd=folder, check=True)
    return lock


def refuse_telltales(lock: Path) -> None:
    text = lock.read_text()
    if found := [word for word in TELLTALES if word in text]:
        raise SystemExit(f"{lock.name} tells where it was made ({', '.join(found)}); it must work anywhere.")


if __name__ == "__main__":
    main()
