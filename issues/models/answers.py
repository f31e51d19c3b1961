"""What was done and said: progress, results, explanations, a lawyer's view, and how the resident took it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import both_or_neither
from issues.models.issues import Issue
from teams.models import OrgUnit, User


class Reply(models.Model):
    """A step of progress or a result. `public` ones are what the resident reads; the others stay inside."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="replies")
    text = models.TextField(_("text"), max_length=1000)
    public = models.BooleanField(_("residents can read it"), default=False)
    unit = models.ForeignKey(OrgUnit, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "replies"

    def __str__(self) -> str:
        return f"{self.issue_id} {self.at:%Y-%m-%d}"


class Reaction(models.TextChoices):
    ACCEPTS = "accepts", _("accepts it")
    UNDERSTANDS = "understands", _("understands it")
    OBJECTS = "objects", _("does not accept it")
    UNREACHABLE = "unreachable", _("could not be reached")


class Channel(models.TextChoices):
    """How a resident was told."""

    VISIT = "visit", _("in person")
    PHONE = "phone", _("by telephone")
    MEETING = "meeting", _("at a residents' meeting")
    NOTICE = "notice", _("on the notice board")
    MESSAGE = "message", _("by message")
    SLIP = "slip", _("with the slip and its code")


class Explanation(models.Model):
    """Why it cannot be solved: which rule, who explained, how. Counts only with a second opinion, and comes up again."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="explanations")
    rule = models.CharField(_("which rule or policy"), max_length=200)
    text = models.TextField(_("what was explained"), max_length=1000)
    explained_by = models.CharField(_("who explained it"), max_length=40)
    review_on = models.DateField(_("look at it again on"))
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reviewed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    upheld = models.BooleanField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [both_or_neither("reviewed_by", "reviewed_at", name="explanation_reviewed_by_and_at")]
        indexes = [
            models.Index(fields=["issue"], condition=models.Q(reviewed_at__isnull=True), name="explanation_unreviewed")
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.rule}"


class Feedback(models.Model):
    """The resident was told: by whom, how, when, and how it was taken. Without it nothing closes."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="feedback")
    told = models.CharField(_("who was told"), max_length=60)
    channel = models.CharField(_("how"), max_length=40, choices=Channel)
    told_on = models.DateField(_("on"))
    reaction = models.CharField(_("how it was taken"), max_length=12, choices=Reaction)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return f"{self.issue_id} {self.reaction}"


class LegalOpinion(models.Model):
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="legal_opinions")
    text = models.TextField(_("legal opinion"), max_length=2000)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.by}"
