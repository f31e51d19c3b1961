"""A visit of a team to a residential area, and who was there."""

from datetime import date, datetime, timedelta
from enum import nonmember
from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.clock import SHANGHAI, today
from core.constraints import both_or_neither
from core.localized import Named
from core.models import Versioned
from teams.models import Area, Seat, Team, User
from visits import policies
from visits.dayparts import DayPart
from visits.models.rounds import Round
from visits.models.standing import Confirmation, Lateness

if TYPE_CHECKING:
    from teams.models import User as Person

RECORD_DAYS = 3  # for a visit outside any round, as the next
CONFIRM_DAYS = 5


class VisitStatus(models.TextChoices):
    UNSCHEDULED = "unscheduled", _("Not scheduled yet")
    SCHEDULED = "scheduled", _("Scheduled")
    ANNOUNCED = "announced", _("Announced")
    HELD = "held", _("Held, record open")
    RECORDED = "recorded", _("Recorded, to be closed")
    CLOSED = "closed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")

    placed = nonmember(frozenset({"scheduled", "announced"}))
    done = nonmember(frozenset({"held", "recorded", "closed"}))
    on_plan = nonmember(frozenset({"scheduled", "announced", "held", "recorded", "closed"}))
    to_finish = nonmember(frozenset({"held", "recorded"}))
    final = nonmember(frozenset({"closed", "cancelled"}))

    @property
    def look(self) -> str:
        return LOOKS[self]


LOOKS = {
    VisitStatus.UNSCHEDULED: "off",
    VisitStatus.SCHEDULED: "wait",
    VisitStatus.ANNOUNCED: "doing",
    VisitStatus.HELD: "check",
    VisitStatus.RECORDED: "check",
    VisitStatus.CLOSED: "done",
    VisitStatus.CANCELLED: "off",
}


class Purpose(models.TextChoices):
    """What makes a kind of visit come about, besides the round."""

    PLANNED = "planned", _("Planned by the team")
    TOPICAL = "topical", _("About one topic")
    REQUESTED = "requested", _("Asked for")
    FOLLOW_UP = "follow_up", _("To see what became of issues")


class VisitKind(Named):
    code = models.SlugField(max_length=20, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    in_round = models.BooleanField(default=False)
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.PLANNED)

    class Meta:
        ordering = ["position"]


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user: "Person") -> Self:
        return self.filter(policies.visit_scope(user))

    def placed(self) -> Self:
        return self.filter(status__in=VisitStatus.placed)

    def done(self) -> Self:
        return self.filter(status__in=VisitStatus.done)

    def on_plan(self) -> Self:
        return self.filter(status__in=VisitStatus.on_plan)

    def to_confirm(self, today: date) -> Self:
        """Their secretary may still say whether the record is right."""
        return self.filter(confirmation=Confirmation.WAITING, confirm_until__gte=today)

    def unconfirmed(self, today: date) -> Self:
        """The days are over and the secretary has said nothing."""
        return self.filter(confirmation=Confirmation.WAITING, confirm_until__lt=today)

    def disputed(self) -> Self:
        return self.filter(confirmation=Confirmation.DISPUTED)

    def late_to_accept(self) -> Self:
        return self.filter(lateness=Lateness.WAITING)

    def missed(self, today: date) -> Self:
        """Placed on a day that is over, and nobody has said that it was held."""
        return self.placed().filter(day__lt=today)


class Visit(Versioned):
    """`code` is team and round, `118-2026q4`; other kinds carry year and number instead of the round, `118-2026-1`."""

    code = models.SlugField(max_length=30, unique=True)
    round = models.ForeignKey(Round, null=True, blank=True, on_delete=models.PROTECT, related_name="visits")
    kind = models.ForeignKey(VisitKind, on_delete=models.PROTECT, related_name="visits")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="visits")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="visits")
    status = models.CharField(max_length=12, choices=VisitStatus, default=VisitStatus.UNSCHEDULED, editable=False)

    day = models.DateField(_("day"), null=True, blank=True)
    part = models.CharField(_("part of the day"), max_length=9, choices=DayPart, blank=True)
    starts_at = models.TimeField(_("begins at"), null=True, blank=True)
    venue = models.CharField(_("venue"), max_length=60, blank=True)
    topic = models.CharField(_("topic"), max_length=60, blank=True)
    outside_reason = models.CharField(_("why outside the window"), max_length=200, blank=True)
    clash_reason = models.CharField(_("why in spite of the clash"), max_length=200, blank=True)

    residents_count = models.PositiveIntegerField(_("residents who came"), null=True, blank=True)
    summary = models.TextField(_("what was said"), blank=True)
    policy_talk = models.CharField(_("policy talk"), max_length=200, blank=True)
    policy_speaker = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("who spoke")
    )
    home_calls = models.PositiveSmallIntegerField(_("calls at home"), default=0)
    home_calls_words = models.CharField(_("about the calls at home"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(null=True, editable=False)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    confirmation = models.CharField(max_length=10, choices=Confirmation, default=Confirmation.NONE, editable=False)
    confirm_until = models.DateField(null=True, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    dispute_words = models.CharField(_("what is not right"), max_length=300, blank=True, editable=False)
    dispute_answer = models.CharField(_("answer"), max_length=300, blank=True, editable=False)

    lateness = models.CharField(max_length=10, choices=Lateness, default=Lateness.NONE, editable=False)
    late_reason = models.CharField(_("why the record is late"), max_length=200, blank=True)
    late_decided_at = models.DateTimeField(null=True, editable=False)
    late_decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    late_answer = models.CharField(_("answer"), max_length=200, blank=True, editable=False)

    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "area"], name="one_visit_per_round_and_area"),
            models.CheckConstraint(
                condition=models.Q(status__in=["unscheduled", "cancelled"])
                | models.Q(day__isnull=False, starts_at__isnull=False) & ~models.Q(part=""),
                name="a_placed_visit_has_day_and_time",
            ),
            both_or_neither("recorded_at", "recorded_by", name="visit_recorded_at_and_by"),
            both_or_neither("closed_at", "closed_by", name="visit_closed_at_and_by"),
            both_or_neither("confirmed_at", "confirmed_by", name="visit_confirmed_at_and_by"),
            both_or_neither("late_decided_at", "late_decided_by", name="visit_late_decided_at_and_by"),
            models.CheckConstraint(
                condition=~models.Q(confirmation="waiting") | models.Q(confirm_until__isnull=False),
                name="a_waiting_confirmation_has_its_last_day",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "status"], name="visit_round_status"),
            models.Index(fields=["day", "part"], name="visit_day_part"),
            models.Index(
                fields=["confirmation", "confirm_until"],
                condition=models.Q(confirmation__in=["waiting", "disputed"]),
                name="visit_to_confirm",
            ),
            models.Index(fields=["lateness"], condition=models.Q(lateness="waiting"), name="visit_late_to_accept"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("visits:visit", args=[self.code])

    @property
    def state(self) -> VisitStatus:
        return VisitStatus(self.status)

    @property
    def confirmation_state(self) -> Confirmation:
        return Confirmation(self.confirmation)

    @property
    def lateness_state(self) -> Lateness:
        return Lateness(self.lateness)

    @property
    def record_days(self) -> int:
        return self.round.record_days if self.round else RECORD_DAYS

    @property
    def confirm_days(self) -> int:
        return self.round.confirm_days if self.round else CONFIRM_DAYS

    @property
    def street_id(self) -> int:
        return self.area.street_id

    @property
    def begins(self) -> datetime | None:
        """Day and hour as one moment in Shanghai."""
        if self.day is None or self.starts_at is None:
            return None
        return datetime.combine(self.day, self.starts_at, tzinfo=SHANGHAI)

    @property
    def record_due(self) -> date | None:
        """The last day on which the record is in time."""
        if self.day is None:
            return None
        return self.day + timedelta(days=self.record_days)

    @property
    def is_makeup(self) -> bool:
        """Whether a visit of the round takes place after its window."""
        return bool(self.round and self.day and self.day > self.round.window_end)

    @property
    def is_late(self) -> bool:
        """Whether the record was handed in after the days of grace."""
        due = self.record_due
        return self.recorded_at is not None and due is not None and today(self.recorded_at) > due


class Attendance(models.Model):
    """Who sat on the seat that day and whether they came."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="attendances")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="attendances")
    came = models.BooleanField(_("came"), default=False)

    class Meta:
        ordering = ["seat__kind__position"]
        constraints = [models.UniqueConstraint(fields=["visit", "seat"], name="one_attendance_per_visit_and_seat")]

    def __str__(self) -> str:
        return f"{self.user} {self.visit_id}"
