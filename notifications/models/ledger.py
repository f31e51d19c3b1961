"""The ledger: what should be sent, to whom, by which channel, and what became of it. The only truth about reminders."""

from enum import nonmember

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind
from notifications.models.rules import ReminderRule


class Occurrence(models.Model):
    """One step of one rule for one thing. It exists once, whoever plans and however often.

    `period` tells apart the times the same thing comes up: the anchor's date, or a quarter. `run` marks which run of
    the planner made it. Kind, facts and address are kept, because they are what people were told.
    """

    rule = models.ForeignKey(ReminderRule, on_delete=models.PROTECT, related_name="occurrences")
    rule_version = models.PositiveIntegerField()
    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    period = models.CharField(max_length=40)
    step = models.CharField(max_length=20)
    kind = models.CharField(max_length=40, choices=Kind)
    facts = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    run = models.UUIDField(db_index=True)

    class Meta:
        ordering = ["-due_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject_type", "subject_id", "period", "step"], name="a_step_comes_up_once"
            )
        ]
        indexes = [models.Index(fields=["rule", "due_at"], name="occurrence_rule_due")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.subject_type} {self.subject_id} {self.period} {self.step}"


class DeliveryState(models.TextChoices):
    DUE = "due", _("Waiting")
    CLAIMED = "claimed", _("Being sent")
    GATHERED = "gathered", _("Goes with another message")
    HELD = "held", _("On hold")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Arrived")
    UNKNOWN = "unknown", _("Perhaps sent")
    DEAD = "dead", _("Could not be sent")
    CANCELLED = "cancelled", _("No longer needed")
    EXPIRED = "expired", _("Too late")

    takeable = nonmember(("due", "claimed"))
    waiting = nonmember(("due", "claimed", "gathered", "held"))
    told = nonmember(("sent", "delivered"))
    failed = nonmember(("unknown", "dead", "expired"))


TAKEABLE = Q(state__in=DeliveryState.takeable)


class Delivery(models.Model):
    """One message to one person by one channel. Its words are fixed when it is planned.

    `next_attempt_at` is when anybody may take it. Once claimed, `lease_token` names the worker, `lease_until` how long
    it is the worker's, `sending_since` that the request is on its way. `lead` is the delivery it travels with, when
    several for one person were due at once.
    """

    # Their indexes are the first columns of others: every index is written three times for each message.
    occurrence = models.ForeignKey(Occurrence, on_delete=models.PROTECT, db_index=False, related_name="deliveries")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="deliveries"
    )
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    message_id = models.CharField(max_length=120)
    address_hash = models.CharField(max_length=64, blank=True)

    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.DUE)
    reason = models.CharField(max_length=20, blank=True)
    due_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    sending_since = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lead = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, db_index=False, related_name="companions")

    provider_ref = models.CharField(max_length=100, blank=True)
    last_code = models.CharField(max_length=40, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-due_at", "-id"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "recipient", "channel"], name="one_delivery_per_person_and_channel"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "delivered"]) | Q(sent_at__isnull=False), name="sent_has_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "next_attempt_at", "id"], condition=TAKEABLE, name="delivery_takeable"),
            models.Index(fields=["lead"], condition=Q(lead__isnull=False), name="delivery_lead"),
            models.Index(fields=["state", "-due_at", "-id"], name="delivery_by_state"),
            models.Index(fields=["recipient", "-due_at", "-id"], name="delivery_by_person"),
            models.Index(fields=["-due_at", "-id"], name="delivery_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.occurrence_id} → {self.recipient_id} {self.channel} {self.state}"


class Attempt(models.Model):
    """One try to send, for ever. A try whose lease had been lost is kept too: it may have been a second message."""

    # Written for every message by a worker that has just read the delivery; deliveries are not deleted.
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, db_constraint=False, related_name="tries")
    n = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    code = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["delivery", "started_at"]
        indexes = [models.Index(fields=["finished_at"], name="attempt_finished")]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.n} {self.outcome}"
