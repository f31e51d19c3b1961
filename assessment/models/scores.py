"""What was computed: a run over all teams, one sheet a team, one line an indicator; and the office's own rating."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment import policies
from assessment.models.rules import RuleSet
from core.constraints import both_or_neither
from core.models import Versioned
from teams.models import Team, User


class RunStatus(models.TextChoices):
    COMPUTED = "computed", _("Computed, not published")
    PUBLISHED = "published", _("Published")


class ScoreRunQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(policies.run_scope(user)).distinct()

    def published(self) -> Self:
        return self.filter(status=RunStatus.PUBLISHED)


class ScoreRun(Versioned):
    """One computation. `digest` seals every line of it; the same facts and rules give the same digest anywhere."""

    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("computation"))
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="runs")
    as_of = models.DateField(_("data as of"))
    computed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    computed_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.COMPUTED, editable=False)
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)

    objects = ScoreRunQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="run_once_per_year_and_number"),
            both_or_neither("published_by", "published_at", name="run_published_by_and_at"),
        ]

    def __str__(self) -> str:
        return str(_("Appraisal %(year)s, computation %(number)s") % {"year": self.year, "number": self.number})

    def get_absolute_url(self) -> str:
        return reverse("assessment:scores", args=[self.year])


class ScoreSheetQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(policies.sheet_scope(user))


class ScoreSheet(models.Model):
    run = models.ForeignKey(ScoreRun, on_delete=models.PROTECT, related_name="sheets")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="score_sheets")
    total = models.DecimalField(max_digits=5, decimal_places=1)
    band = models.SlugField(max_length=20)

    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        ordering = ["team__number"]
        constraints = [models.UniqueConstraint(fields=["run", "team"], name="sheet_once_per_run_and_team")]

    def __str__(self) -> str:
        return f"{self.team} {self.total}"

    def get_absolute_url(self) -> str:
        return reverse("assessment:sheet", args=[self.run.year, self.team.number])


class ScoreLine(models.Model):
    """`counted` and `not_counted` are `{reason: [ids]}` of visits or issues; `working` holds what the survey gave."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="lines")
    indicator = models.SlugField(max_length=10)
    position = models.PositiveSmallIntegerField()
    numerator = models.DecimalField(max_digits=14, decimal_places=3)
    denominator = models.DecimalField(max_digits=14, decimal_places=3)
    points = models.DecimalField(max_digits=5, decimal_places=1)
    max_points = models.DecimalField(max_digits=5, decimal_places=1)
    counted = models.JSONField(default=dict)
    not_counted = models.JSONField(default=dict)
    working = models.JSONField(default=dict)

    class Meta:
        ordering = ["sheet", "position"]
        constraints = [models.UniqueConstraint(fields=["sheet", "indicator"], name="line_once_per_sheet_and_indicator")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.indicator} {self.points}"


class OfficeRating(Versioned):
    """The organisation's part of the appraisal: points the office gives, with the reason the team reads."""

    year = models.PositiveSmallIntegerField(_("year"))
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="office_ratings")
    points = models.DecimalField(_("points"), max_digits=4, decimal_places=1)
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["year", "team__number"]
        constraints = [models.UniqueConstraint(fields=["year", "team"], name="rating_once_per_year_and_team")]

    def __str__(self) -> str:
        return f"{self.year} {self.team} {self.points}"
