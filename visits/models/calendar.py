"""Public holidays, make-up working days and when people are busy."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.localized import pick
from core.models import Versioned
from visits.dayparts import DayPart
from visits.outside.trouble import Trouble

LONGEST_READING = timedelta(minutes=2)


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


class CalendarHost(Versioned):
    """A server the administrator allows people's calendars to be read from, besides those of settings.CALENDAR_HOSTS.

    One that is no longer allowed stays, so that the log keeps its name.
    """

    name = models.CharField(_("server"), max_length=120, unique=True)
    is_allowed = models.BooleanField(_("allowed"), default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OutsideCalendar(models.Model):
    """Somebody's own calendar elsewhere, whose entries make half-days busy.

    Its address lets anybody read that calendar, so it is sealed. Of the entries only the half-days are kept.
    `asked_at` is when it was last to be read, `tried_at` when it last was; `trouble` says why not. `failures` counts
    those in a row, the first of them at `failing_since`.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="outside_calendar")
    host = models.CharField(_("server"), max_length=120)
    url_sealed = models.TextField()
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=12, blank=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id} {self.host}"

    @property
    def trouble_words(self) -> str:
        return str(Trouble(self.trouble).label) if self.trouble else ""

    @property
    def advice(self) -> str:
        return str(Trouble(self.trouble).advice) if self.trouble else ""

    def is_being_read(self, at: datetime) -> bool:
        """Asked for and not done; whatever took longer than this was lost and may be asked for again."""
        if self.asked_at is None or (self.tried_at and self.tried_at >= self.asked_at):
            return False
        return at - self.asked_at < LONGEST_READING


class CalendarFeed(models.Model):
    """The secret address under which somebody's calendar program finds his or her visits.

    Found by a keyed hash; sealed beside it, so that its owner can see it again.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed")
    secret_sealed = models.TextField()
    secret_lookup = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id}"


class BusyTime(models.Model):
    """A half-day (or evening) on which somebody cannot visit. A whole day is three rows.

    `calendar` is the calendar it was read from; without one, somebody entered or imported it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="busy_times")
    day = models.DateField(_("day"))
    part = models.CharField(_("part of the day"), max_length=9, choices=DayPart)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    calendar = models.ForeignKey(
        OutsideCalendar, null=True, blank=True, on_delete=models.CASCADE, related_name="busy_times"
    )

    class Meta:
        ordering = ["day", "part"]
        constraints = [models.UniqueConstraint(fields=["user", "day", "part"], name="busy_once_per_part")]
        indexes = [models.Index(fields=["day"], name="busy_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day} {self.part}"
