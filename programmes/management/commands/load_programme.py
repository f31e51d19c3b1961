"""Load a programme's preset: seats, kinds of visits, levels, time limits, categories, holidays. Safe to repeat."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from programmes.load import load
from programmes.preset_files import PresetError, names


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help=f"one of: {', '.join(names())}")
        parser.add_argument("--update", action="store_true", help="write the files' words over what was changed since")

    def handle(self, *args: Any, name: str, update: bool = False, verbosity: int = 1, **options: Any) -> None:
        try:
            loaded = load(name, at=timezone.now(), update=update)
        except PresetError as error:
            raise CommandError(str(error)) from None
        if verbosity:
            self.stdout.write(f"{name}: {loaded.created} created, {loaded.changed} changed, {loaded.same} as they were")
            for where in loaded.kept:
                self.stdout.write(f"kept as the district has it: {where}")
