"""The event log, the chain that seals it, and the mixins every changeable row shares."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Versioned(models.Model):
    """A row that people change. The version they saw comes back with the form; an older one is refused."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Event(models.Model):
    """One change, for ever. Rows are only added: triggers refuse UPDATE and DELETE.

    `recorded_at` is when the database took it in; `occurred_at` is when it happened, which may be
    earlier (an imported ledger). There are no foreign keys, so the log never blocks anything.
    """

    seq = models.BigIntegerField(primary_key=True)
    recorded_at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60, blank=True)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    object_seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(
                fields=["object_type", "object_id", "object_seq"], name="event_once_per_object_seq"
            ),
        ]
        indexes = [models.Index(fields=["recorded_at"], name="event_recorded_at")]

    def __str__(self) -> str:
        return f"{self.seq} {self.object_type} {self.object_id} {self.verb}"


class ChainHead(models.Model):
    """The last link of the chain: one row, locked by whoever appends."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="chain_head_is_one_row")]

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"


class SubmittedForm(models.Model):
    """A form that was sent, by the key made when it was shown. Sending it again repeats the answer, not the effect."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)
    key = models.UUIDField(unique=True)
    path = models.CharField(max_length=300)
    body_hash = models.CharField(max_length=64)
    answer_url = models.TextField(blank=True)  # a list with its filters and its cursor can be long
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.key} {self.path}"


class Draft(models.Model):
    """What somebody is still writing, kept from screen to screen. One per person and form."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    form = models.CharField(max_length=80)
    body = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "form"], name="draft_once_per_owner_and_form")]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.form}"


def as_payload(value: Any) -> Any:
    """A value as JSON keeps it: dates as ISO text, rows as their primary key."""
    if isinstance(value, models.Model):
        return value.pk
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [as_payload(item) for item in value]
    if isinstance(value, dict):
        return {key: as_payload(item) for key, item in value.items()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)
