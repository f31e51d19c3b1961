"""The inbox: what one person should know, in the app."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user: "models.Model") -> Self:
        return self.filter(recipient=user)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Message(models.Model):
    """Something one person should know. The words are made from kind and facts when it is read, in the reader's language.

    `delivery` is the row of the ledger it came from; a message not born of a rule has none.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(_("kind"), max_length=40, choices=Kind)
    facts = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    delivery = models.OneToOneField(
        "notifications.Delivery", null=True, editable=False, on_delete=models.SET_NULL, related_name="message"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="message_inbox"),
            models.Index(fields=["recipient"], condition=models.Q(read_at__isnull=True), name="message_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"
