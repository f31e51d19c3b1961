"""Who holds which role, where, from when to when. Team roles are not here: they follow from the seat."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import start_before_end
from core.dated import Dated, DatedQuerySet
from teams.models.people import User
from teams.models.places import Area, OrgUnit
from teams.permissions import Role

OPEN = Q(until_day__isnull=True)


class Grant(Dated):
    """Office, leading group, auditor and administrator hold the whole district; a handler and a unit's leader
    hold their unit, a secretary holds a residential area.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    unit = models.ForeignKey(OrgUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="grants")
    granted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="granted")

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["role", "id"]
        constraints = [
            start_before_end("from_day", "until_day", name="grant_starts_before_end"),
            models.CheckConstraint(
                condition=~Q(role__in=[Role.HANDLER, Role.UNIT_LEAD, Role.SUPPLYING_ORGAN]) | Q(unit__isnull=False),
                name="unit_role_names_its_unit",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.SECRETARY) | Q(area__isnull=False), name="secretary_names_the_area"
            ),
            models.CheckConstraint(
                condition=~Q(role__in=[Role.TEAM_LEAD, Role.TEAM_MEMBER, Role.LAWYER]),
                name="team_roles_come_from_seats",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=OPEN & Q(unit__isnull=True, area__isnull=True),
                name="district_grant_once_while_open",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "unit"],
                condition=OPEN & Q(unit__isnull=False),
                name="unit_grant_once_while_open",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "area"],
                condition=OPEN & Q(area__isnull=False),
                name="area_grant_once_while_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"
