"""The first account of a new installation: somebody in the office, who gets a link to set a password."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from core.clock import today
from core.refusals import RuleBroken
from teams import services
from teams.models import User
from teams.password_links import password_path
from teams.permissions import Role


class Command(BaseCommand):
    help = "Create somebody in the office and print the address where the password is set."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("phone", help="mobile number, 11 digits")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = self._create(options["name"], options["phone"])
        except RuleBroken as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{user.name} sets a password at {settings.SITE_URL}{password_path(user)}")

    @transaction.atomic
    def _create(self, name: str, phone: str) -> User:
        at = timezone.now()
        user = services.create_person(name=name, phone=phone, by=None, at=at)
        services.grant(user=user, role=Role.COORDINATOR, from_day=today(at), by=None, at=at)
        services.note_password_link(user=user, by=None, at=at)
        return user
