"""Fill an empty database with a district to try: workbooks, sign-ins, a round under way, issues at every stage."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from core.clock import SHANGHAI
from programmes import demo
from programmes.demo.build import NotPossible
from teams.models import Team


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are teams already")
        parser.add_argument("--stage", choices=demo.STAGES, default="handled")
        parser.add_argument(
            "--at", type=moment, help="the moment at which it ends, for example 2026-10-09T18:00; now unless given"
        )

    def handle(
        self, *args: Any, if_empty: bool, stage: str, at: datetime | None = None, verbosity: int = 1, **options: Any
    ) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "The demonstration has sign-ins with a password that everybody knows, so it is only made with DEBUG=1."
            )
        now = timezone.now()
        if at is not None and at > now:
            raise CommandError(f"{at} is still to come: nobody could have done anything by then.")
        if Team.objects.exists():
            if if_empty:
                return
            raise CommandError("There are teams already; the demonstration is only made in an empty database.")
        try:
            demo.build(now=at or now, stage=stage, tell=self.stdout.write if verbosity else lambda words: None)
        except NotPossible as error:
            raise CommandError(str(error)) from None
        if verbosity:
            self.stdout.write("Sign in: manage.py demo_sign_ins lists names and the password.")


def moment(text: str) -> datetime:
    found = parse_datetime(text if "T" in text else f"{text}T18:00")
    if found is None:
        raise ValueError(text)
    return found if timezone.is_aware(found) else found.replace(tzinfo=SHANGHAI)
