"""A plan proposed for a round: how it is computed, and where each visit would go. Nothing moves before it is released."""

from datetime import date, datetime, time, timedelta
from enum import nonmember
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import SHANGHAI
from core.constraints import both_or_neither
from core.models import Versioned
from teams.models import User
from visits import policies
from visits.dayparts import DayPart
from visits.models.rounds import Round
from visits.models.visits import Visit

if TYPE_CHECKING:
    from teams.models import User as Person

LEASE = timedelta(seconds=30)  # whoever computes says so at least this often, or is gone
PATIENCE = timedelta(seconds=4)  # how long a plan may wait for a worker before somebody is told


class PlanStatus(models.TextChoices):
    WAITING = "waiting", _("Waiting for a worker")
    RUNNING = "running", _("Being computed")
    READY = "ready", _("Draft")
    RELEASED = "released", _("Released")
    DISCARDED = "discarded", _("Discarded")
    CANCELLED = "cancelled", _("Stopped")
    FAILED = "failed", _("Failed")

    open = nonmember(frozenset({"waiting", "running", "ready"}))
    computing = nonmember(frozenset({"waiting", "running"}))


class Keep(models.TextChoices):
    """How much of the plan there is stays as it is."""

    ALL = "all", _("Everything that has a day stays")
    ANNOUNCED = "announced", _("What is announced stays")
    NOTHING = "nothing", _("Everything still to come may move")


class PlanStep(models.TextChoices):
    """How far it is, in this order."""

    WAITING = "waiting", _("A worker is being called.")
    LOADING = "loading", _("Visits, people and busy times are being read.")
    READING = "reading", _("The half-days open to each visit are being worked out.")
    FIRST_PLAN = "first_plan", _("A first plan is being made.")
    BEST_PLAN = "best_plan", _("The best plan is being looked for.")
    PROOF = "proof", _("It is being proven that no plan is better.")
    REASONS = "reasons", _("The reasons are being written down.")
    DONE = "done", _("The draft is being saved.")

    @property
    def percent(self) -> int:
        return PERCENT[self]


PERCENT = dict(zip(PlanStep, (0, 5, 15, 25, 40, 70, 85, 95), strict=True))


class PlanTrouble(models.TextChoices):
    """Why there is no draft."""

    LOST = "lost", _("The worker stopped in the middle of it.")
    ERROR = "error", _("Something went wrong while it was computed. The administrator finds it in the log.")


class PlanRunQuerySet(models.QuerySet):
    def visible_to(self, user: "Person") -> Self:
        return self.filter(policies.plan_scope(user))

    def open(self) -> Self:
        return self.filter(status__in=PlanStatus.open)


class PlanRun(Versioned):
    """`head` is the event after which the round was read.

    `measure` is how good the plan is, as `visits.planning` writes it. `beat_at` is the last sign of life.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="plans")
    status = models.CharField(max_length=10, choices=PlanStatus, default=PlanStatus.WAITING, editable=False)
    evenings = models.BooleanField(default=False)
    weekends = models.BooleanField(default=False)
    street_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    keep = models.CharField(max_length=10, choices=Keep, default=Keep.ANNOUNCED)
    step = models.CharField(max_length=10, choices=PlanStep, default=PlanStep.WAITING)
    trouble = models.CharField(max_length=10, choices=PlanTrouble, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    head = models.BigIntegerField(default=0)
    measure = models.JSONField(default=dict)
    released_at = models.DateTimeField(null=True, editable=False)
    released_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    objects = PlanRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(status__in=["waiting", "running", "ready"]), name="one_open_plan_a_round"
            ),
            both_or_neither("released_at", "released_by", name="plan_released_at_and_by"),
        ]

    def __str__(self) -> str:
        return str(self.round)

    def get_absolute_url(self) -> str:
        return reverse("visits:plan", args=[self.round.code])

    @property
    def state(self) -> PlanStatus:
        return PlanStatus(self.status)

    @property
    def percent(self) -> int:
        return PlanStep(self.step).percent

    @property
    def is_computing(self) -> bool:
        return self.status in PlanStatus.computing

    def is_lost(self, at: datetime) -> bool:
        """Begun by a worker that has not been heard of since."""
        return self.status == PlanStatus.RUNNING and self.beat_at is not None and at - self.beat_at > LEASE

    def is_forgotten(self, at: datetime) -> bool:
        """Asked for, and no worker took it up."""
        return self.status == PlanStatus.WAITING and at - self.asked_at > PATIENCE


class PlanLineQuerySet(models.QuerySet):
    def placed(self) -> Self:
        return self.filter(day__isnull=False)

    def unplaced(self) -> Self:
        return self.filter(day__isnull=True)

    def new(self) -> Self:
        return self.filter(day__isnull=False, was_day__isnull=True)

    def moved(self) -> Self:
        return self.filter(day__isnull=False, was_day__isnull=False).exclude(SAME_PLACE)

    def unchanged(self) -> Self:
        return self.filter(SAME_PLACE, day__isnull=False)

    def by_hand(self) -> Self:
        return self.filter(by_hand=True)

    def changes(self) -> Self:
        """What a release would do."""
        return self.placed().exclude(SAME_PLACE & Q(was_day__isnull=False))

    def outdated(self) -> Self:
        """Visits that somebody changed after they were read."""
        return self.exclude(visit__version=F("seen"))


SAME_PLACE = Q(day=F("was_day"), starts_at=F("was_starts_at"), venue="")


class PlanLine(models.Model):
    """One visit in the plan. `seen` is its version when it was read, `was_…` its place then; no `day`: it has none.

    `why` says as data what forbids the old place, or any place; `repairs` what would give it one (visits.plan_words
    turns both into sentences). `stand_in` sits for `instead_of` on that day. `fixed`: it was not the
    planner's to place.
    """

    run = models.ForeignKey(PlanRun, on_delete=models.CASCADE, related_name="lines")
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="+")
    seen = models.PositiveIntegerField()
    was_day = models.DateField(null=True)
    was_starts_at = models.TimeField(null=True)
    day = models.DateField(null=True)
    part = models.CharField(max_length=9, choices=DayPart, blank=True)
    starts_at = models.TimeField(null=True)
    venue = models.CharField(max_length=60, blank=True)
    outside_reason = models.CharField(max_length=200, blank=True)
    clash_reason = models.CharField(max_length=200, blank=True)
    by_hand = models.BooleanField(default=False)
    fixed = models.BooleanField(default=False)
    why = models.JSONField(default=list)
    repairs = models.JSONField(default=list)
    instead_of = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    stand_in = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PlanLineQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "visit"], name="one_line_per_plan_and_visit"),
            both_or_neither("instead_of", "stand_in", name="plan_line_stands_in_for_somebody"),
            models.CheckConstraint(
                condition=Q(day__isnull=True, starts_at__isnull=True, part="")
                | Q(day__isnull=False, starts_at__isnull=False) & ~Q(part=""),
                name="a_planned_line_has_day_and_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.day} {self.part}"

    @property
    def before(self) -> datetime | None:
        return _moment(self.was_day, self.was_starts_at)

    @property
    def after(self) -> datetime | None:
        return _moment(self.day, self.starts_at)

    @property
    def kind(self) -> str:
        """unplaced, new, moved or unchanged: the names of the lists."""
        if self.day is None:
            return "unplaced"
        if self.was_day is None:
            return "new"
        return "unchanged" if self.before == self.after and not self.venue else "moved"


def _moment(day: date | None, hour: time | None) -> datetime | None:
    return datetime.combine(day, hour, tzinfo=SHANGHAI) if day and hour else None
