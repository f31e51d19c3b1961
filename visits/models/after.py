"""What a record tells besides who of the team came: residents by kind, ideas, the lawyer's services, the team's duties."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import both_or_neither
from core.dated import Dated, DatedQuerySet
from core.localized import Named, pick
from core.models import Versioned
from teams.models import User
from visits.models.preparation import ResidentKind
from visits.models.visits import Visit


class LegalKind(models.TextChoices):
    """What a lawyer does for residents at a visit; an opinion on one issue belongs to the issue."""

    PUBLICITY = "publicity", _("Legal publicity")
    CONSULTATION = "consultation", _("Consultation")
    DISPUTE = "dispute", _("Guidance in disputes")


class TeamDuty(Named, Dated):
    """One of the duties every team has at a visit, as the programme names them."""

    code = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    hint_zh = models.CharField(max_length=100, blank=True)
    hint_en = models.CharField(max_length=160, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "team duties"
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "from_day"], name="team_duty_begins_once"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(until_day__isnull=True), name="team_duty_is_open_once"
            ),
        ]

    @property
    def hint(self) -> str:
        return pick(self.hint_zh, self.hint_en)


class DutyDone(models.Model):
    """A duty done at this visit: one line about it is the proof."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="duties_done")
    duty = models.ForeignKey(TeamDuty, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(_("what was done"), max_length=200)

    class Meta:
        verbose_name_plural = "duties done"
        ordering = ["duty__position"]
        constraints = [models.UniqueConstraint(fields=["visit", "duty"], name="one_line_per_visit_and_duty")]

    def __str__(self) -> str:
        return self.words


class ResidentsCame(models.Model):
    """How many residents of one kind came, and how many of them for the first time. Nobody's name."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="residents_came")
    kind = models.ForeignKey(ResidentKind, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveSmallIntegerField()
    newly = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "residents came"
        ordering = ["kind__position"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "kind"], name="one_count_per_visit_and_kind"),
            models.CheckConstraint(condition=models.Q(newly__lte=models.F("count")), name="new_residents_are_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind_id}: {self.count}"


class IdeaNote(models.Model):
    """What residents proposed for their compound: no issue, an idea."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="ideas")
    text = models.CharField(_("idea"), max_length=200)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class LegalService(models.Model):
    """`count` is how many residents or cases it was for."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="legal_services")
    kind = models.CharField(max_length=12, choices=LegalKind)
    count = models.PositiveSmallIntegerField(default=0)
    words = models.CharField(_("about what"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["visit", "kind"], name="one_service_per_visit_and_kind")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind}: {self.count}"

    @property
    def label(self) -> str:
        return str(LegalKind(self.kind).label)


class SimilarRecord(Versioned):
    """A record that reads almost like `other`: a hint to the lead, who may say that it is right. No score reads it."""

    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, related_name="similar")
    other = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="+")
    percent = models.PositiveSmallIntegerField()
    checked_at = models.DateTimeField(null=True, editable=False)
    checked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        constraints = [both_or_neither("checked_at", "checked_by", name="similar_record_checked_at_and_by")]

    def __str__(self) -> str:
        return str(self.visit)
