"""When the work that runs by itself last ran, which channel rests, and whether the database came back from a backup."""

from django.conf import settings
from django.db import models


class Heartbeat(models.Model):
    """When a piece of periodic work last ran and last went well."""

    name = models.CharField(primary_key=True, max_length=40)
    last_started = models.DateTimeField()
    last_ok = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class ChannelPause(models.Model):
    """A channel whose provider failed again and again. After `until` one delivery is tried; the row goes when it arrives."""

    channel = models.CharField(primary_key=True, max_length=20)
    until = models.DateTimeField()
    words = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.channel


class Restore(models.Model):
    """The database came back from a backup: what was due before `at` may have been sent, so it waits for a person."""

    at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
