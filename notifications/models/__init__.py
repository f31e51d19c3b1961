"""Messages in the app, the rules that make reminders, the ledger of what was sent, and the pulse of it all."""

from notifications.models.ledger import Attempt, Delivery, DeliveryState, Occurrence
from notifications.models.messages import Message
from notifications.models.pulse import ChannelPause, Heartbeat, Restore
from notifications.models.rules import Preference, ReminderRule

__all__ = [
    "Attempt",
    "ChannelPause",
    "Delivery",
    "DeliveryState",
    "Heartbeat",
    "Message",
    "Occurrence",
    "Preference",
    "ReminderRule",
    "Restore",
]
