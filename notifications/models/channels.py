"""How channels are set up, and how much of their allowance has been used."""

from typing import Any

from django.db import models

from core.models import Versioned


class ChannelSetup(Versioned):
    """What one channel needs to send, for one group where it has several. `values` may be read, `sealed` holds its keys.

    The last test is kept, because that is how somebody knows whether it works.
    """

    channel = models.CharField(max_length=20)
    group = models.CharField(max_length=40, blank=True)
    values = models.JSONField(default=dict)
    sealed = models.JSONField(default=dict)
    is_active = models.BooleanField(default=False)
    tested_at = models.DateTimeField(null=True)
    test_result = models.CharField(max_length=10, blank=True)
    test_code = models.CharField(max_length=40, blank=True)
    test_words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["channel", "group"]
        constraints = [models.UniqueConstraint(fields=["channel", "group"], name="one_setup_per_channel_and_group")]

    def __str__(self) -> str:
        return f"{self.channel} {self.group}".strip()

    def has_key(self, name: str) -> bool:
        return bool(self.sealed.get(name))

    def value(self, name: str, default: Any = "") -> Any:
        return self.values.get(name, default)


class Pace(models.Model):
    """The moments at which something was sent of late, oldest first: what a provider allows per minute is counted here."""

    key = models.CharField(primary_key=True, max_length=80)
    moments = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.key


class DayCount(models.Model):
    """How many were sent on a day, for what has a limit per day."""

    key = models.CharField(primary_key=True, max_length=80)
    day = models.DateField()
    used = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} {self.day}: {self.used}"
