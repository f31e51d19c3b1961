"""A survey, its one-time cards and its answers, which nothing joins.

A card knows only the keyed hash of its code; an answer knows only its survey and residential area. Neither carries
a time, a number in sequence or a person, and no event is written when an answer comes in. What remains: while a
survey is open, the order of rows on the disk (and in the database's log and backups) is the order of arrival.
Closing rewrites the answers in random order (assessment.ballots.shuffle); the log and the backups of the open weeks
must be kept from readers and expire, which is the operator's part.
"""

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessment import policies
from core.constraints import both_or_neither, start_before_end
from core.localized import pick
from core.models import Versioned
from teams.models import Area, User

if TYPE_CHECKING:
    from datetime import date


class SurveyStatus(models.TextChoices):
    DRAFT = "draft", _("Being prepared")
    OPEN = "open", _("Taking answers")
    CLOSED = "closed", _("Closed")


class SurveyQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(policies.survey_scope(user))

    def closed(self) -> Self:
        return self.filter(status=SurveyStatus.CLOSED)

    def taking_answers(self, day: "date") -> Self:
        return self.filter(status=SurveyStatus.OPEN, opens_on__lte=day, closes_on__gte=day)


class Survey(Versioned):
    """The satisfaction survey of a year. `questions` is what residents are asked (see assessment.questions).

    `tallies` counts the answers of each area and is written once, at the close (see assessment.results).
    """

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    title_zh = models.CharField(_("Chinese title"), max_length=60)
    title_en = models.CharField(_("English title"), max_length=80)
    opens_on = models.DateField(_("first day"))
    closes_on = models.DateField(_("last day"))
    questions = models.JSONField(default=list)
    tallies = models.JSONField(default=dict, editable=False)
    status = models.CharField(max_length=8, choices=SurveyStatus, default=SurveyStatus.DRAFT, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        constraints = [
            start_before_end("opens_on", "closes_on", name="survey_starts_before_end"),
            both_or_neither("opened_at", "opened_by", name="survey_opened_at_and_by"),
            both_or_neither("closed_at", "closed_by", name="survey_closed_at_and_by"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("assessment:survey", args=[self.year])

    @property
    def title(self) -> str:
        return pick(self.title_zh, self.title_en)

    def question(self, code: str) -> dict[str, Any] | None:
        return next((question for question in self.questions if question["code"] == code), None)


class CardStatus(models.TextChoices):
    UNUSED = "unused", _("Unused")
    USED = "used", _("Used")
    VOID = "void", _("Void")


class Card(models.Model):
    """The right to answer once. The code itself exists on paper only."""

    code_hash = models.CharField(primary_key=True, max_length=64)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="cards")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=6, choices=CardStatus, default=CardStatus.UNUSED)

    class Meta:
        indexes = [models.Index(fields=["survey", "area", "status"], name="card_survey_area_status")]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.area_id} {self.status}"


class Ballot(models.Model):
    """One answer: `{"satisfaction": "5", …}`. The id is random and stands in no order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="ballots")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.survey_id} {self.area_id}"
