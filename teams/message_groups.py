"""Who has a group chat in common (settings.REMINDER_GROUPS): the office, the leading group, and each unit with its people."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.clock import today
from teams.grants import STRENGTH
from teams.models import Grant, OrgUnit, User
from teams.permissions import Role

OF_ROLE = {Role.COORDINATOR: "office", Role.OFFICIAL: "leaders"}
NAMES = {"office": _("Coordinators"), "leaders": _("Leading group")}


class MessageGroups:
    """A unit's group is for those who handle or lead there, for the secretaries of a street's areas, and for its people."""

    def choices(self) -> list[tuple[str, Any]]:
        units = OrgUnit.objects.order_by("position", "pk").values_list("pk", "name")
        return [*NAMES.items(), *((_unit(pk), name) for pk, name in units)]

    def of(self, people: Collection[int]) -> Mapping[int, list[str]]:
        """The groups of the roles held today, strongest first, then that of the person's own unit. Two queries."""
        found: dict[int, list[str]] = defaultdict(list)
        held = Grant.objects.on(today(timezone.now())).filter(user__in=people).select_related("area").order_by("pk")
        for grant in sorted(held, key=lambda grant: STRENGTH[grant.role]):
            if key := _of_grant(grant):
                found[grant.user_id].append(key)
        own = User.objects.filter(pk__in=people, unit__isnull=False, is_active=True)
        for person, unit in own.values_list("pk", "unit"):
            found[person].append(_unit(unit))
        return {person: list(dict.fromkeys(keys)) for person, keys in found.items()}


def _of_grant(grant: Grant) -> str:
    if grant.role in OF_ROLE:
        return OF_ROLE[Role(grant.role)]
    unit = grant.unit_id or (grant.area.street_id if grant.area else None)
    return _unit(unit) if unit else ""


def _unit(pk: int) -> str:
    return f"unit:{pk}"
