"""Compile the interface languages without gettext, which many machines lack."""

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compile every locale/*/LC_MESSAGES/*.po that is newer than its .mo."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                compile_if_newer(source)


def compile_if_newer(source: Path) -> None:
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return
    draft = target.with_suffix(".new")
    polib.pofile(str(source)).save_as_mofile(str(draft))
    draft.replace(target)  # a running site reads the old file or the new one, never half of one
