"""Messages as people read them."""

from typing import Any

from core.statements import Question
from notifications.models import Message
from notifications.texts import sentence

# In the database's own words, because the bar of every page asks.
UNREAD = Question(
    "SELECT count(*) FROM (SELECT 1 FROM notifications_message WHERE recipient_id = %s AND read_at IS NULL LIMIT %s) AS waiting",
    ["user", "most"],
    blanks={"user": "user", "most": "most"},
)


def unread_up_to(user: Any, most: int) -> int:
    """How many messages wait, counted no further than `most`."""
    return int(UNREAD.ask(user=user.pk, most=most)[0][0])


def unread_count(user: Any) -> int:
    return Message.objects.visible_to(user).unread().count()


def sentence_of(message: Message) -> str:
    """What it says, in the language of this moment. Not escaped."""
    return sentence(message.kind, message.facts)
