"""What `make` runs to install, start and test the site on a machine that has only Python."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
