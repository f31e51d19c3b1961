"""The desks an issue passes: who had it at which level, what was returned and what was extended."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.constraints import both_or_neither
from issues.models.issues import Issue
from issues.models.rules import Level
from teams.models import OrgUnit, User


class Assignment(models.Model):
    """An issue at one desk, from when to when. The open one is where it is now."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="assignments")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, db_index=False, related_name="+")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, db_index=False, related_name="assignments")
    handler = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(fields=["issue"], condition=Q(until__isnull=True), name="issue_is_at_one_desk"),
        ]
        indexes = [models.Index(fields=["unit", "until", "issue"], name="assignment_unit_until")]

    def __str__(self) -> str:
        return f"{self.issue_id} @ {self.unit}"


class Return(models.Model):
    """A unit says it is not responsible: on which basis and who should be. The office rules."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="return_requests")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(_("basis of responsibility"), max_length=200)
    proposed_unit = models.ForeignKey(
        OrgUnit, on_delete=models.PROTECT, related_name="+", verbose_name=_("who should have it")
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ruled_unit = models.ForeignKey(OrgUnit, null=True, on_delete=models.PROTECT, related_name="+")
    ruling = models.CharField(max_length=200, blank=True)
    ruled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ruled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            both_or_neither("ruled_by", "ruled_at", name="return_ruled_by_and_at"),
            models.UniqueConstraint(
                fields=["issue"], condition=Q(ruled_at__isnull=True), name="issue_has_one_open_return"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} ← {self.unit}"


class Extension(models.Model):
    """The one extension an issue may get: asked for by the desk, granted or refused by the office."""

    issue = models.OneToOneField(Issue, on_delete=models.CASCADE, related_name="extension")
    reason = models.CharField(_("reason"), max_length=200)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    old_due_on = models.DateField()
    new_due_on = models.DateField(null=True)

    class Meta:
        constraints = [both_or_neither("decided_by", "decided_at", name="extension_decided_by_and_at")]
        indexes = [models.Index(fields=["issue"], condition=Q(decided_at__isnull=True), name="extension_undecided")]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.granted}"
