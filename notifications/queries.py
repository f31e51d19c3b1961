"""Messages as people read them."""

from typing import Any

from django.db import connection
from django.template import Context, Engine

from notifications.models import Message

# In the database's own words, because the bar of every page asks.
UNREAD = "SELECT count(*) FROM (SELECT 1 FROM notifications_message WHERE recipient_id = %s AND read_at IS NULL LIMIT %s) AS waiting"


def unread_up_to(user: Any, most: int) -> int:
    """How many messages wait, counted no further than `most`."""
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, [user.pk, most])
        return int(cursor.fetchone()[0])


def unread_count(user: Any) -> int:
    return Message.objects.visible_to(user).unread().count()


def sentence_of(message: Message) -> str:
    """Plain text from templates/messages/<kind>.txt and the facts, in the language of this moment. Not escaped."""
    words = Engine.get_default().get_template(f"messages/{message.kind}.txt")
    return " ".join(words.render(Context(message.facts, autoescape=False)).split())
