"""Fetch the front-end libraries and keep only the files we serve: `python -m tools.assets`."""

import shutil
from pathlib import Path

from tools import ROOT, VAR
from tools.node import npm_ci

# Where a file of a package goes, below var/.
FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "vendor/bootstrap/bootstrap.min.css",
    "bootstrap/LICENSE": "vendor/bootstrap/LICENSE.txt",
    "@tabler/icons/LICENSE": "vendor/icons/LICENSE.txt",
    "@tabler/icons/tabler-nodes-outline.json": "icons.json",
    "axe-core/axe.min.js": "test-assets/axe.min.js",
}


def main() -> None:
    print("Fetching the front-end libraries ...", flush=True)
    workshop = VAR / "npm"
    fetch(workshop)
    for source, target in FILES.items():
        copy = VAR / target
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(workshop / "node_modules" / source, copy)
    shutil.rmtree(workshop)  # 60 MB that nothing reads any more


def fetch(workshop: Path) -> None:
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(ROOT / name, workshop / name)
    npm_ci(workshop)


if __name__ == "__main__":
    main()
