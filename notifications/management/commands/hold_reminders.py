"""After restoring a backup: hold whatever may have been sent before, then let it go or write it off."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications.restored import hold_after_restore, release_after_restore


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        end = parser.add_mutually_exclusive_group()
        end.add_argument("--send", action="store_true", help="send what was held")
        end.add_argument("--write-off", action="store_true", help="what was held had been sent before the restore")

    def handle(self, *args: Any, send: bool, write_off: bool, **options: Any) -> None:
        at = timezone.now()
        if send or write_off:
            n = release_after_restore(by=None, at=at, send=send)
            self.stdout.write(f"{n} reminders {'will be sent' if send else 'are written off'}")
        else:
            self.stdout.write(f"{hold_after_restore(at=at)} reminders are held until somebody releases them")
