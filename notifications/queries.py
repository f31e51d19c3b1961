"""Messages as people read them."""

from typing import Any

from django.template import Context, Engine

from notifications.models import Message


def unread_count(user: Any) -> int:
    return Message.objects.visible_to(user).unread().count()


def sentence_of(message: Message) -> str:
    """Plain text from templates/messages/<kind>.txt and the facts, in the language of this moment. Not escaped."""
    words = Engine.get_default().get_template(f"messages/{message.kind}.txt")
    return " ".join(words.render(Context(message.facts, autoescape=False)).split())
