"""Teams, their seats, who sits on them and which residential areas they are paired with."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import start_before_end
from core.dated import Dated, DatedQuerySet
from core.localized import Named
from core.models import Versioned
from teams import policies
from teams.models.people import User
from teams.models.places import Area, OrgUnit
from teams.permissions import Role


class TeamTemplate(Named):
    """What a team is made of, for instance “1+3+1”."""

    code = models.SlugField(max_length=40, unique=True)


class SeatKind(Named):
    """A seat of a template: lead cadre, Party delegate, congress deputy, CPPCC member, lawyer."""

    template = models.ForeignKey(TeamTemplate, on_delete=models.CASCADE, related_name="seat_kinds")
    code = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=20, choices=Role)
    supplied_by = models.ForeignKey(
        OrgUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="supplied_seats"
    )

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["template", "code"], name="seat_kind_once_per_template")]


class TeamQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def visible_to(self, user: User) -> Self:
        return self.filter(policies.team_scope(user)).distinct()


class Team(Versioned):
    """A visit team, known by its number: “第118团队”."""

    number = models.PositiveIntegerField(_("team number"), unique=True)
    template = models.ForeignKey(TeamTemplate, on_delete=models.PROTECT)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="teams", verbose_name=_("pairing unit"))
    is_active = models.BooleanField(default=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return str(_("Team %(number)s") % {"number": self.number})

    def get_absolute_url(self) -> str:
        return reverse("teams:team", args=[self.number])


class Seat(Versioned):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="seats")
    kind = models.ForeignKey(SeatKind, on_delete=models.PROTECT, related_name="seats")

    class Meta:
        ordering = ["team__number", "kind__position"]
        constraints = [models.UniqueConstraint(fields=["team", "kind"], name="seat_once_per_team")]

    def __str__(self) -> str:
        return f"{self.team} {self.kind}"


class Membership(Dated):
    """Somebody on a seat from one day to another. One person may sit in several teams."""

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    reason = models.CharField(max_length=200, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["-from_day", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat"], condition=Q(until_day__isnull=True), name="seat_has_one_open_membership"
            ),
            start_before_end("from_day", "until_day", name="membership_starts_before_end"),
        ]

    def __str__(self) -> str:
        return f"{self.user} / {self.seat}"


class Pairing(Dated):
    """A team paired with a residential area. An area has one team at a time; a team may have several areas."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="pairings")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="pairings")

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["-from_day", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area"], condition=Q(until_day__isnull=True), name="area_has_one_open_pairing"
            ),
            start_before_end("from_day", "until_day", name="pairing_starts_before_end"),
        ]

    def __str__(self) -> str:
        return f"{self.team} / {self.area}"
