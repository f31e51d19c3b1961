"""What is done before a visit: the steps of the programme, who has done them, who is invited, what residents want to say."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import both_or_neither
from core.dated import Dated, DatedQuerySet
from core.localized import Named, pick
from core.models import Versioned
from teams.models import User
from visits.models.visits import Visit


class Doer(models.TextChoices):
    """Whose step it is. Whoever prepares the visit may tick it; the name is kept."""

    SECRETARY = "secretary", _("Residential-area secretary")
    LEAD = "team_lead", _("Lead cadre")
    STREET = "street", _("Street liaison")


class StepKind(models.TextChoices):
    """What a step opens: nothing but a tick, the day the notice went up, the list of guests, the topics."""

    TICK = "tick", _("Tick")
    NOTICE = "notice", _("Notice")
    INVITATIONS = "invitations", _("Invitations")
    TOPICS = "topics", _("Topics")


class PreparationStep(Named, Dated):
    """`days_before` are working days before the visit. `least` and `most` say how many guests or topics are usual."""

    code = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=12, choices=StepKind, default=StepKind.TICK)
    who = models.CharField(_("who"), max_length=12, choices=Doer)
    days_before = models.PositiveSmallIntegerField(_("working days before the visit"))
    least = models.PositiveSmallIntegerField(null=True, blank=True)
    most = models.PositiveSmallIntegerField(null=True, blank=True)
    hint_zh = models.CharField(max_length=100, blank=True)
    hint_en = models.CharField(max_length=160, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "from_day"], name="preparation_step_begins_once"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(until_day__isnull=True), name="preparation_step_is_open_once"
            ),
        ]

    @property
    def hint(self) -> str:
        return pick(self.hint_zh, self.hint_en)


class PreparationTick(models.Model):
    """A step that is done. `on_day` is when the notice was put up; taking the tick back deletes the row."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="preparation_ticks")
    step = models.ForeignKey(PreparationStep, on_delete=models.PROTECT, related_name="+")
    on_day = models.DateField(_("day"), null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["step__position"]
        constraints = [models.UniqueConstraint(fields=["visit", "step"], name="one_tick_per_visit_and_step")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.step_id}"


class ResidentKind(Named):
    """楼组长, volunteers, newcomers: whom to invite, so that it is not always the same people.

    `all_new`: everybody of this kind comes for the first time, so nobody counts those among them.
    """

    code = models.SlugField(max_length=20, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    all_new = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]


class Invitations(Versioned):
    """How many of each kind are invited: `counts` by the kind's code. Names stay with the residential area."""

    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, related_name="invitations")
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "invitations"

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.total}"

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class Topic(models.Model):
    """What a resident wants to speak about, collected beforehand. Taken once it is written down as an issue."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="topics")
    text = models.CharField(_("topic"), max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    taken_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [both_or_neither("taken_at", "taken_by", name="topic_taken_at_and_by")]

    def __str__(self) -> str:
        return self.text
