"""`manage.py verify_scores 2026`: every stored line still gives the digest of its run. Exit 1 when a hand was in them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessment.models import ScoreRun
from assessment.services import stored_digest


class Command(BaseCommand):
    help = "Compare the stored score sheets of a year with the digests taken when they were computed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)

    def handle(self, *args: Any, year: int, **options: Any) -> None:
        changed = []
        for run in ScoreRun.objects.filter(year=year).select_related("rule_set").order_by("number"):
            whole = stored_digest(run) == run.digest
            self.stdout.write(f"computation {run.number} of {run.as_of}: {'unchanged' if whole else 'CHANGED'}")
            changed += [] if whole else [str(run.number)]
        if changed:
            raise CommandError(f"changed since it was computed: {', '.join(changed)}")
