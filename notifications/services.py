"""Sending a message that is not born of a rule, and marking messages as read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications.kinds import Kind
from notifications.models import Message


@dataclass(frozen=True)
class Letter:
    """One message and everybody who gets it. `facts` are JSON values the message's template reads."""

    recipients: Iterable[Any]
    facts: dict[str, Any]
    url: str


def notify(recipients: Iterable[Any], kind: Kind, *, facts: dict[str, Any], url: str, at: datetime) -> None:
    """One in-app message per person, in the caller's transaction: it exists exactly when the change does.

    `recipients` are users or their ids, doubles ignored.
    """
    notify_many([Letter(recipients, facts, url)], kind, at=at)


def notify_many(letters: Iterable[Letter], kind: Kind, *, at: datetime) -> None:
    """Many messages of one kind, in few queries however many there are."""
    messages = [
        Message(recipient_id=pk, kind=kind, facts=letter.facts, url=letter.url, created_at=at)
        for letter in letters
        for pk in dict.fromkeys(getattr(person, "pk", person) for person in letter.recipients)
    ]
    Message.objects.bulk_create(messages, batch_size=500)


def mark_read(*, by: Any, at: datetime, message: Message | None = None) -> int:
    """One message of a person, or all; how many were unread. What was read before keeps its time."""
    unread = Message.objects.visible_to(by).unread()
    if message is not None:
        unread = unread.filter(pk=message.pk)
    return unread.update(read_at=at)
