"""An e-mail address on its way to becoming another."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from teams.models.people import User

GOOD_FOR = timedelta(days=3)


class EmailChange(models.Model):
    """Asked for by the person; until both addresses have confirmed it, the old one counts. A person has one at a time.

    `outcome` is empty while it waits. Without an old address there is nobody to ask there, so that side counts as said.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_changes")
    old_email = models.EmailField(blank=True)
    new_email = models.EmailField()
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    old_said_at = models.DateTimeField(null=True)
    new_said_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="one_email_change_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.asked_at:%Y-%m-%d %H:%M}"

    def waits(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.asked_at + GOOD_FOR
