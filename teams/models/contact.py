"""An e-mail address or a mobile number on its way to becoming another."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from core.sealing import keyed_hash
from teams.models.people import User

GOOD_FOR = timedelta(days=3)
CODES_GOOD_FOR = timedelta(minutes=30)
MOST_TRIES = 5


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


class PhoneChange(models.Model):
    """Asked for by the person, who types a code sent to either number; until then the old one counts. Of the codes only
    keyed hashes are kept. `sent_at` is empty when one of them could not be sent. A change by the administrator is done
    at once. Workbooks that still have an old number are understood by it.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="phone_changes")
    old_phone = models.CharField(max_length=11)
    new_phone = models.CharField(max_length=11)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    old_code_hash = models.CharField(max_length=64)
    new_code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=10, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="one_phone_change_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.asked_at:%Y-%m-%d %H:%M}"

    def waits(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.asked_at + CODES_GOOD_FOR

    def keep_codes(self, old: str, new: str) -> None:
        self.old_code_hash, self.new_code_hash = self._hash(self.old_phone, old), self._hash(self.new_phone, new)

    def fits(self, old: str, new: str) -> bool:
        hashes = self._hash(self.old_phone, old), self._hash(self.new_phone, new)
        return hashes == (self.old_code_hash, self.new_code_hash)

    def _hash(self, phone: str, code: str) -> str:
        return keyed_hash("phone-code", f"{self.user_id}:{phone}:{code}")
