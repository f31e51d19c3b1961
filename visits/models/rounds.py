"""A round: the quarter's concentrated visits and the window they should fall into."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.constraints import both_or_neither, start_before_end
from core.models import Versioned
from teams.models import User
from visits import policies

if TYPE_CHECKING:
    from teams.models import User as Person


QUARTERS = {
    1: _("first quarter of %(year)s"),
    2: _("second quarter of %(year)s"),
    3: _("third quarter of %(year)s"),
    4: _("fourth quarter of %(year)s"),
}


class RoundStatus(models.TextChoices):
    DRAFT = "draft", _("Being prepared")
    OPEN = "open", _("Under way")
    CLOSED = "closed", _("Finished")


class RoundQuerySet(models.QuerySet):
    def visible_to(self, user: "Person") -> Self:
        return self.filter(policies.round_scope(user))


class Round(Versioned):
    """`code` is `2026q4`. The window is a wish with dates, never a wall: a visit outside needs a reason.

    How long a visit takes, the way between two of them and the days for the paperwork belong to the round,
    so that changing them leaves earlier rounds as they were.
    """

    code = models.SlugField(max_length=10, unique=True)
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(_("quarter"))
    window_start = models.DateField(_("first day of the window"))
    window_end = models.DateField(_("last day of the window"))
    record_days = models.PositiveSmallIntegerField(_("days to hand in the record"), default=3)
    confirm_days = models.PositiveSmallIntegerField(_("days for the secretary to confirm the record"), default=5)
    submit_days = models.PositiveSmallIntegerField(_("working days to submit the issues"), default=3)
    visit_minutes = models.PositiveSmallIntegerField(_("minutes a visit takes"), default=90)
    travel_minutes = models.PositiveSmallIntegerField(_("minutes between two visits of one person"), default=45)
    status = models.CharField(max_length=10, choices=RoundStatus, default=RoundStatus.DRAFT, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-code"]
        constraints = [
            start_before_end("window_start", "window_end", name="round_window_starts_before_end"),
            both_or_neither("opened_at", "opened_by", name="round_opened_at_and_by"),
            both_or_neither("closed_at", "closed_by", name="round_closed_at_and_by"),
            models.UniqueConstraint(fields=["year", "quarter"], name="one_round_a_quarter"),
            models.CheckConstraint(condition=models.Q(quarter__range=(1, 4)), name="round_quarter_1_to_4"),
        ]

    def __str__(self) -> str:
        """2026年第四季度 / fourth quarter of 2026."""
        return str(QUARTERS[self.quarter] % {"year": self.year})

    def get_absolute_url(self) -> str:
        return reverse("visits:round", args=[self.code])

    @property
    def state(self) -> RoundStatus:
        return RoundStatus(self.status)

    @property
    def title(self) -> str:
        """The name as a heading begins."""
        return capfirst(str(self))

    def holds(self, day: date) -> bool:
        """Whether the day lies in the window."""
        return self.window_start <= day <= self.window_end
