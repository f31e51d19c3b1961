"""An issue that a follow-up visit looks at again, and what was found."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import both_or_neither
from core.models import Versioned
from issues.models.issues import Issue
from teams.models import User
from visits.models import Visit
from visits.policies import visit_scope


class Outcome(models.TextChoices):
    IN_ORDER = "in_order", _("In order")
    PARTLY = "partly", _("Partly in order")
    NOT_IN_ORDER = "not_in_order", _("Not in order")

    @property
    def look(self) -> str:
        return {"in_order": "done", "partly": "check", "not_in_order": "back"}[self.value]


class FollowUpQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(visit__in=Visit.objects.filter(visit_scope(user)))


class FollowUp(Versioned):
    """`outcome` stays empty until somebody has looked."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="follow_ups")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="follow_ups")
    outcome = models.CharField(_("what was found"), max_length=12, choices=Outcome, blank=True)
    seen_at = models.DateTimeField(null=True, editable=False)
    seen_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "issue"], name="one_follow_up_per_visit_and_issue"),
            both_or_neither("seen_at", "seen_by", name="follow_up_seen_at_and_by"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.issue_id} {self.outcome}"

    @property
    def found(self) -> Outcome | None:
        return Outcome(self.outcome) if self.outcome else None
