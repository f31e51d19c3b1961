"""Messages in the app, the rules that make reminders, the ledger of what was sent, the channels and their pulse."""

from notifications.models.by_hand import SentByHand
from notifications.models.channels import ChannelSetup, DayCount, Pace
from notifications.models.ledger import Attempt, Delivery, DeliveryState, Occurrence
from notifications.models.messages import Message
from notifications.models.pulse import ChannelPause, Heartbeat, Restore
from notifications.models.rules import Preference, ReminderRule

__all__ = [
    "Attempt",
    "ChannelPause",
    "ChannelSetup",
    "DayCount",
    "Delivery",
    "DeliveryState",
    "Heartbeat",
    "Message",
    "Occurrence",
    "Pace",
    "Preference",
    "ReminderRule",
    "Restore",
    "SentByHand",
]
