"""Who can sign in to the demonstration: role, name, number, password, and where each of them begins."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError

from programmes.demo import sign_ins


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("There are no sign-ins that everybody knows unless DEBUG=1.")
        try:
            people = sign_ins()
        except (ObjectDoesNotExist, LookupError):
            raise CommandError("There is no demonstration in this database; manage.py make_demo makes one.") from None
        for person in people:
            self.stdout.write(str(person))
