"""A proposal to put somebody on a seat, made by the unit that supplies it and decided by the office."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import both_or_neither
from core.models import Versioned
from teams import policies
from teams.models.people import User
from teams.models.teams import Seat


class NominationStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for the office")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class NominationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(policies.nomination_scope(user)).distinct()


class Nomination(Versioned):
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="nominations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="nominations", verbose_name=_("person"))
    from_day = models.DateField(_("first day"))
    reason = models.CharField(_("reason"), max_length=200)
    status = models.CharField(max_length=10, choices=NominationStatus, default=NominationStatus.PROPOSED)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=200, blank=True)

    objects = NominationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            both_or_neither("decided_by", "decided_at", name="nomination_decided_by_and_at"),
            models.UniqueConstraint(
                fields=["seat"], condition=models.Q(status="proposed"), name="one_open_nomination_per_seat"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.seat}"

    def get_absolute_url(self) -> str:
        return reverse("teams:nomination", args=[self.pk])
