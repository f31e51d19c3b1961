"""`manage.py compute_scores 2026`: the same as the button of the office, for a district too large for a request."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assessment.services import compute_scores
from core.refusals import RuleBroken


class Command(BaseCommand):
    help = "Score all teams of a year by its approved rules; the result waits to be published by the office."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)

    def handle(self, *args: Any, year: int, **options: Any) -> None:
        try:
            run = compute_scores(year=year, by=None, at=timezone.now())
        except RuleBroken as refused:
            raise CommandError(str(refused.sentence)) from refused
        self.stdout.write(f"{run}: {run.sheets.count()} teams, digest {run.digest}")
