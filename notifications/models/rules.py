"""Which reminders there are, and what people want of them."""

from datetime import time
from functools import cached_property

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Versioned
from notifications.kinds import Kind
from notifications.rules import Step, read_steps


class ReminderRule(Versioned):
    """When whom to remind of what. `source` names one of settings.REMINDER_SOURCES: it knows the anchor dates, the people
    and whether it is still true. `steps` are the offsets (see notifications.rules). In the app everybody gets it;
    `channels` are those on top. What is `mandatory` cannot be muted.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=40, choices=Kind)
    source = models.SlugField(_("what it looks at"), max_length=40)
    steps = models.JSONField(_("steps"), default=list)
    channels = models.JSONField(_("channels"), default=list)
    mandatory = models.BooleanField(_("cannot be muted"), default=False)
    late_hours = models.PositiveSmallIntegerField(_("hours after which it is too late"), default=24)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, default=time(21))
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True, default=time(8))
    on_working_days = models.BooleanField(_("waits for the next working day"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_have_both_ends",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @cached_property
    def plan(self) -> tuple[Step, ...]:
        """The steps, read."""
        return read_steps(self.steps)


class Preference(models.Model):
    """What one person wants: the language of mail, which rules stay inside the app or off one channel (see
    notifications.audience), and when not to be disturbed.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_preference")
    language = models.CharField(_("language of messages"), max_length=10, blank=True, choices=settings.LANGUAGES)
    muted = models.JSONField(_("only in the app"), default=list, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="own_quiet_hours_have_both_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"
