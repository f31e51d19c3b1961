"""`manage.py verify_survey 2026`: one page that says whether the books of a survey balance. Exit 1 when they do not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessment.ballots import verify
from assessment.models import Survey


class Command(BaseCommand):
    help = (
        "Check that issued cards = used + unused + void, answers = used cards, and that no card was added or swapped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)

    def handle(self, *args: Any, year: int, **options: Any) -> None:
        survey = Survey.objects.filter(year=year).first()
        if survey is None:
            raise CommandError(f"There is no survey for {year}.")
        found = verify(survey)
        counts = found.counts
        self.stdout.write(f"Survey {year}: {survey.status}")
        self.stdout.write(f"cards   {counts.issued} = {counts.used} used + {counts.unused} unused + {counts.void} void")
        self.stdout.write(f"answers {found.ballots}")
        if found.faults:
            raise CommandError("; ".join(found.faults))
        self.stdout.write("The books balance.")
