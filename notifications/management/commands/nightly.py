"""Run the nightly jobs now, all or some of them: the door for cron, and for looking after an alarm."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notifications.periodic import job_names, run_nightly


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("jobs", nargs="*", metavar="job", help=f"some of: {', '.join(job_names())}")

    def handle(self, *args: Any, jobs: list[str], **options: Any) -> None:
        unknown = set(jobs) - set(job_names())
        if unknown:
            raise CommandError(f"no nightly job is called {', '.join(sorted(unknown))}")
        said = run_nightly(at=timezone.now(), only=jobs)
        for name, words in said.items():
            self.stdout.write(f"{name}: {words}")
        if "failed" in said.values():
            raise CommandError("a job failed; its error is in the log")
