"""Give somebody a role: the first accounts of a new installation, and later the roles nobody hands out alone."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from core.clock import today
from core.refusals import RuleBroken
from teams import services
from teams.management.role_command import RoleCommand
from teams.models import User
from teams.password_links import password_path


class Command(RoleCommand):
    help = "Give somebody a role; a new account gets an address where the password is set."

    def add_person(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("phone", help="mobile number, 11 digits")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = self._give(options)
        except RuleBroken as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{user.name} is {options['role']} from today on.")
        if not user.has_password:
            self.stdout.write(f"{user.name} sets a password at {settings.SITE_URL}{password_path(user)}")

    @transaction.atomic
    def _give(self, options: dict[str, Any]) -> User:
        at = timezone.now()
        user = services.create_person(name=options["name"], phone=options["phone"], by=None, at=at)
        services.grant(user=user, role=options["role"], from_day=today(at), by=None, at=at, **self.place(options))
        if not user.has_password:
            services.note_password_link(user=user, by=None, at=at)
        return user
