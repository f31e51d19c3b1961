"""Plan, send and tidy reminders once: the door for cron where no Celery runs, and for looking what would happen."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from core.clock import SHANGHAI
from notifications.database_time import database_now
from notifications.models import Delivery, DeliveryState, ReminderRule
from notifications.planner import calendar_around, missing, people_of
from notifications.pulse import tick


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", help="as if it were this moment, 2026-10-09T09:00 in Shanghai; default: now")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be planned and sent")
        parser.add_argument("--seconds", type=float, default=50.0, help="how long to send at most (default 50)")

    def handle(self, *args: Any, at: str | None, dry_run: bool, seconds: float, **options: Any) -> None:
        moment = self._moment(at)
        if dry_run:
            self._would(moment or database_now())
            return
        for part, said in tick(at=moment, seconds=seconds).items():
            self.stdout.write(f"{part}: {said}")

    def _moment(self, text: str | None) -> datetime | None:
        if text is None:
            return None
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None:
            raise CommandError(f"--at {text}: write it like 2026-10-09T09:00")
        return moment if timezone.is_aware(moment) else moment.replace(tzinfo=SHANGHAI)

    def _would(self, at: datetime) -> None:
        calendar = calendar_around(at)
        for rule in ReminderRule.objects.filter(is_active=True):
            if dues := missing(rule, at, calendar):
                people = {person for told in people_of(rule, dues, at.astimezone(SHANGHAI).date()) for person in told}
                self.stdout.write(f"{rule.code}: {len(dues)} would be planned, for {len(people)} people")
        waiting = Delivery.objects.filter(state=DeliveryState.DUE, next_attempt_at__lte=at, expires_at__gt=at)
        self.stdout.write(f"{waiting.count()} deliveries would be sent")
