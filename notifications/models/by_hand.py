"""Reminders the office sends by hand."""

from django.conf import settings
from django.db import models

from core.constraints import both_or_neither
from notifications.models.rules import ReminderRule


class SentByHand(models.Model):
    """One press of “send reminders”. Its deliveries carry the same `run`; until `goes_at` all of it can be taken back."""

    rule = models.ForeignKey(ReminderRule, on_delete=models.PROTECT, related_name="by_hand")
    run = models.UUIDField(unique=True)
    audience = models.JSONField(default=list)
    first = models.DateField()
    last = models.DateField()
    things = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    goes_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name_plural = "sent by hand"
        constraints = [both_or_neither("taken_back_at", "taken_back_by", name="taken_back_has_who_and_when")]

    def __str__(self) -> str:
        return f"{self.rule} {self.made_at:%Y-%m-%d %H:%M}"
