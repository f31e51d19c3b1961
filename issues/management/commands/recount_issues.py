"""Compare the counters with the issues and put them right. Safe to repeat; prints what was wrong."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from issues import counters

SHOWN = 20


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what is wrong")

    def handle(self, *args: Any, dry_run: bool = False, **options: Any) -> None:
        wrong = counters.differences()
        for one in wrong[:SHOWN]:
            where = " ".join(one.cell)
            self.stdout.write(f"{where}: counter {one.stored}, issues {one.counted}")
        if len(wrong) > SHOWN:
            self.stdout.write(f"… and {len(wrong) - SHOWN} more")
        if dry_run or not wrong:
            self.stdout.write(f"{len(wrong)} counters differ from the issues")
        else:
            self.stdout.write(f"{counters.repair()} counters put right")
