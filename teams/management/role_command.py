"""What giving a role on the server and taking it back have in common: which role, and for which place."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from teams.models import Area, OrgUnit
from teams.permissions import Role
from teams.services.grants import SEAT_ROLES

ROLES = [role.value for role in Role if role not in SEAT_ROLES]


class RoleCommand(BaseCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", choices=ROLES)
        self.add_person(parser)
        parser.add_argument("--unit", default="", help="name or address (units/…/) of a unit")
        parser.add_argument("--area", default="", help="name or address (areas/…/) of a residential area")

    def add_person(self, parser: CommandParser) -> None:
        raise NotImplementedError

    def place(self, options: dict[str, Any]) -> dict[str, Any]:
        """The scope as the services ask for it."""
        return {"unit": _find(OrgUnit, "unit", options["unit"]), "area": _find(Area, "area", options["area"])}


def _find(model: Any, word: str, said: str) -> Any:
    if not said:
        return None
    found = model.objects.filter(Q(name=said) | Q(slug=said)).first()
    if found is None:
        raise CommandError(f"There is no {word} {said}.")
    return found
