"""Bring the database, the language and the static files up to date: `python -m tools.prepare`, before every start."""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError

PROGRAMME = "xuhui"
SIGN_INS = "sign-ins.txt"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("compile_po")
    call_command("migrate", verbosity=0)
    if database_is_empty():
        load_first_data()
    collect_static_files()
    write_sign_ins(Path(settings.VAR_DIR) / SIGN_INS)


def database_is_empty() -> bool:
    return not apps.get_model("teams", "Team").objects.exists()


def load_first_data() -> None:
    """The district's programme, and invented people and visits where the site is only a demonstration."""
    print("Loading the first data ...", flush=True)
    call_command("load_programme", PROGRAMME, verbosity=0)
    if settings.DEBUG:
        call_command("make_demo", if_empty=True, verbosity=0)


def write_sign_ins(file: Path) -> None:
    """What `make run` shows when the site is up: one account of each role, as far as invented people still have it."""
    with file.open("w") as text:
        if settings.DEBUG:
            call_command("demo_sign_ins", stdout=text, verbosity=0)


def collect_static_files() -> None:
    """Only when one of them changed: compressing them takes longer than all the rest of a start."""
    if not settings.MANIFEST_STATIC:
        return
    root = Path(settings.STATIC_ROOT)
    stamp, now = root / ".sources", fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    shutil.rmtree(root, ignore_errors=True)  # collectstatic never deletes what has gone
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)


def fingerprint() -> str:
    lines = sorted(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in static_sources())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def static_sources() -> Iterator[Path]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield Path(storage.path(name))


if __name__ == "__main__":
    try:
        main()
    except ImproperlyConfigured as error:
        sys.exit(f"The settings do not fit: {error}")
    except OperationalError as error:
        sys.exit(f"The database does not answer, see DATABASE_URL: {error}")
