"""Somebody asks for a visit: a residential area, a street, or a resident from the page of an issue."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import both_or_neither
from core.models import Versioned
from teams.models import Area, User
from visits import policies
from visits.models.visits import Visit

if TYPE_CHECKING:
    from teams.models import User as Person


class RequestStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting for the office")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")

    @property
    def look(self) -> str:
        return {"waiting": "wait", "accepted": "done", "refused": "off"}[self.value]


class Source(models.TextChoices):
    AREA = "area", _("Residential area")
    STREET = "street", _("Street office")
    OFFICE = "office", _("Leading group's office")
    RESIDENT = "resident", _("Resident")


class VisitRequestQuerySet(models.QuerySet):
    def visible_to(self, user: "Person") -> Self:
        return self.filter(policies.request_scope(user)).distinct()

    def waiting(self) -> Self:
        return self.filter(status=RequestStatus.WAITING)


class VisitRequest(Versioned):
    """`issue_code` names the issue a resident asked from; one issue has one waiting request at most."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="visit_requests")
    source = models.CharField(max_length=8, choices=Source)
    topic = models.CharField(_("topic"), max_length=60)
    words = models.TextField(_("why a visit is wanted"), max_length=300)
    issue_code = models.CharField(max_length=12, blank=True)
    status = models.CharField(max_length=8, choices=RequestStatus, default=RequestStatus.WAITING, editable=False)
    visit = models.OneToOneField(Visit, null=True, on_delete=models.PROTECT, related_name="request", editable=False)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    answer = models.CharField(_("reason"), max_length=200, blank=True, editable=False)

    objects = VisitRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            both_or_neither("decided_by", "decided_at", name="visit_request_decided_by_and_at"),
            models.CheckConstraint(
                condition=~models.Q(status="accepted") | models.Q(visit__isnull=False),
                name="an_accepted_request_has_its_visit",
            ),
            models.UniqueConstraint(
                fields=["issue_code"],
                condition=models.Q(status="waiting") & ~models.Q(issue_code=""),
                name="one_waiting_request_per_issue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.topic}"

    def get_absolute_url(self) -> str:
        return reverse("visits:visit_request", args=[self.pk])

    @property
    def state(self) -> RequestStatus:
        return RequestStatus(self.status)
