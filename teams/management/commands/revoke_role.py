"""Take a role back, also one that nobody takes alone."""

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from core.clock import today
from core.dated import not_over_by
from core.refusals import RuleBroken
from teams import services
from teams.management.role_command import RoleCommand
from teams.models import Grant
from teams.names import clean_phone


class Command(RoleCommand):
    help = "End a role of somebody; the last day still counts."

    def add_person(self, parser: CommandParser) -> None:
        parser.add_argument("phone", help="mobile number, 11 digits")
        parser.add_argument("--last-day", type=date.fromisoformat, help="for example 2026-12-31; today unless given")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        day = today(at)
        who = {"user__phone": clean_phone(options["phone"]), "role": options["role"]}
        held = Grant.objects.filter(not_over_by(day), **who, **self.place(options)).order_by("from_day").last()
        if held is None:
            raise CommandError(f"{options['phone']} is not {options['role']} there.")
        try:
            ended = services.revoke(grant=held, last_day=options["last_day"] or day, by=None, at=at)
        except RuleBroken as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{ended.user.name} is {ended.role} until the end of {ended.until_day}.")
