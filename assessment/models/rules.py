"""How the year is scored: versions of a rule set, each approved by two people."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment import policies
from assessment.rules import Rules, read_rules
from core.constraints import both_or_neither
from core.models import Versioned
from teams.models import User


class RuleSetStatus(models.TextChoices):
    DRAFT = "draft", _("Waiting for approval")
    APPROVED = "approved", _("In force")


class RuleSetQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(policies.rule_set_scope(user))

    def approved(self) -> Self:
        return self.filter(status=RuleSetStatus.APPROVED)


class RuleSet(Versioned):
    """`number` counts the versions of a year. The body never changes (a trigger refuses it): a change is a new version.

    `first_by` and `second_by` approved it: two people, neither of whom wrote it.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("version"))
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=RuleSetStatus, default=RuleSetStatus.DRAFT, editable=False)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    first_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    second_at = models.DateTimeField(null=True)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="rule_set_once_per_year_and_number"),
            both_or_neither("first_by", "first_at", name="rule_set_first_by_and_at"),
            both_or_neither("second_by", "second_at", name="rule_set_second_by_and_at"),
            models.CheckConstraint(
                condition=Q(created_by__isnull=True)
                | (Q(first_by__isnull=True) | ~Q(first_by=F("created_by")))
                & (Q(second_by__isnull=True) | ~Q(second_by=F("created_by"))),
                name="nobody_approves_their_own_rules",
            ),
            models.CheckConstraint(
                condition=Q(second_by__isnull=True) | Q(first_by__isnull=False) & ~Q(second_by=F("first_by")),
                name="two_different_people_approve",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(second_by__isnull=False), name="approved_rules_have_two_approvals"
            ),
        ]

    def __str__(self) -> str:
        return str(_("Appraisal rules %(year)s, version %(number)s") % {"year": self.year, "number": self.number})

    def get_absolute_url(self) -> str:
        return reverse("assessment:score_rules", args=[self.year])

    @property
    def rules(self) -> Rules:
        return read_rules(self.body)
