"""Public holidays, make-up working days and when people are busy."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.localized import pick
from visits.dayparts import DayPart


class DayKind(models.TextChoices):
    OFF = "off", _("Day off")
    WORK = "work", _("Working day")


class CalendarDay(models.Model):
    """A day that differs from the week's pattern: a holiday, or a weekend day that is worked."""

    day = models.DateField(_("day"), unique=True)
    kind = models.CharField(_("kind"), max_length=4, choices=DayKind)
    note_zh = models.CharField(_("Chinese note"), max_length=40, blank=True)
    note_en = models.CharField(_("English note"), max_length=60, blank=True)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"

    @property
    def note(self) -> str:
        """What day it is, in the language of this request; "" where nobody wrote it in that language."""
        return pick(self.note_zh, self.note_en)


class BusyTime(models.Model):
    """A half-day (or evening) on which somebody cannot visit. A whole day is three rows."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="busy_times")
    day = models.DateField(_("day"))
    part = models.CharField(_("part of the day"), max_length=9, choices=DayPart)
    reason = models.CharField(_("reason"), max_length=60, blank=True)

    class Meta:
        ordering = ["day", "part"]
        constraints = [models.UniqueConstraint(fields=["user", "day", "part"], name="busy_once_per_part")]
        indexes = [models.Index(fields=["day"], name="busy_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day} {self.part}"
