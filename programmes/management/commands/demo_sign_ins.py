"""Who can sign in to the demonstration: role, name, number, password, and where each of them begins."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from programmes.demo import sign_ins


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("There are no sign-ins that everybody knows unless DEBUG=1.")
        people = sign_ins()
        if verbosity and not people:
            self.stderr.write(
                "Nobody of the demonstration is in this database; manage.py make_demo fills an empty one."
            )
        for person in people:
            self.stdout.write(str(person))
