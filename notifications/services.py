"""Sending a message that is not born of a rule."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from notifications.kinds import Kind
from notifications.models import Message


def notify(recipients: Iterable[Any], kind: Kind, *, facts: dict[str, Any], url: str, at: datetime) -> None:
    """One in-app message per person, in the caller's transaction: it exists exactly when the change does.

    `recipients` are users or their ids, doubles ignored; `facts` are JSON values the message's template reads.
    """
    ids = dict.fromkeys(getattr(person, "pk", person) for person in recipients)
    Message.objects.bulk_create(Message(recipient_id=pk, kind=kind, facts=facts, url=url, created_at=at) for pk in ids)
