"""Messages as people read them."""

from typing import Any

from django.template import Context
from django.template.loader import get_template

from notifications.models import Message


def unread_count(user: Any) -> int:
    return Message.objects.visible_to(user).unread().count()


def sentence_of(message: Message) -> str:
    """Plain text from templates/messages/<kind>.txt and the facts, in the language of this moment. Not escaped."""
    words = get_template(f"messages/{message.kind}.txt").template
    return " ".join(words.render(Context(message.facts, autoescape=False)).split())
