"""What the inbox itself asks to be carried out of the app (settings.REMINDER_SOURCES)."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind
from notifications.models import Message
from notifications.sources import Ask, People, Source, Subject

# A change of time, or of what one signs in with, cannot wait until somebody looks into the app.
AT_ONCE = (Kind.VISIT_MOVED, Kind.VISIT_CANCELLED, Kind.PHONE_CHANGED)


def sources() -> list[Source]:
    return [
        Source(
            "inbox", _("an unread message that cannot wait"), "message", READER, changes_of_time, readers, in_app=False
        ),
        Source("inbox-rest", _("an unread message"), "message", READER, other_messages, readers, in_app=False),
    ]


READER = {"reader": _("whoever got the message")}


def changes_of_time(ask: Ask) -> Iterator[Subject]:
    for message in _unread(ask, Message.objects.filter(kind__in=AT_ONCE)):
        yield _subject(message, message.created_at)


def other_messages(ask: Ask) -> Iterator[Subject]:
    """Everything else is a digest, not a stream: at which hours it goes out stands in the rule."""
    for message in _unread(ask, Message.objects.exclude(kind__in=AT_ONCE)):
        yield _subject(message, message.created_at)


def _unread(ask: Ask, messages: Any) -> Iterator[Message]:
    """Messages that a reminder brought go out by themselves."""
    rows = ask.narrow_moments(messages.filter(read_at__isnull=True, delivery__isnull=True), "created_at")
    return rows.order_by("pk").iterator(chunk_size=2000)


def _subject(message: Message, anchor: datetime) -> Subject:
    return Subject(message.pk, anchor, message.facts, message.url, kind=message.kind, row=message.recipient_id)


def readers(subjects: list[Subject], names: Collection[str], day: date) -> People:
    return {"reader": {subject.id: [subject.row] for subject in subjects}}
