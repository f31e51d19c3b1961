"""What the inbox itself asks to be carried out of the app (settings.REMINDER_SOURCES)."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.clock import SHANGHAI
from notifications.kinds import Kind
from notifications.models import Message
from notifications.sources import Ask, People, Source, Subject

DAY = timedelta(days=1)
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


# Everything else is a digest, not a stream: what came in since then goes out at these hours.
SLOTS = (time(9), time(16))


def changes_of_time(ask: Ask) -> Iterator[Subject]:
    for message in _unread(ask, Message.objects.filter(kind__in=AT_ONCE)):
        yield _subject(message, message.created_at)


def other_messages(ask: Ask) -> Iterator[Subject]:
    earlier = replace(ask, first=ask.first - DAY) if ask.ids is None else ask
    for message in _unread(earlier, Message.objects.exclude(kind__in=AT_ONCE)):
        yield _subject(message, next_slot(message.created_at))


def next_slot(moment: datetime) -> datetime:
    local = moment.astimezone(SHANGHAI)
    today = [datetime.combine(local.date(), slot, tzinfo=SHANGHAI) for slot in SLOTS]
    return next((slot for slot in today if slot >= local), today[0] + DAY)


def _unread(ask: Ask, messages: Any) -> Iterator[Message]:
    """Messages that a reminder brought go out by themselves."""
    rows = ask.narrow_moments(messages.filter(read_at__isnull=True, delivery__isnull=True), "created_at")
    return rows.order_by("pk").iterator(chunk_size=2000)


def _subject(message: Message, anchor: datetime) -> Subject:
    return Subject(message.pk, anchor, message.facts, message.url, kind=message.kind, row=message.recipient_id)


def readers(subjects: list[Subject], names: Collection[str], day: date) -> People:
    return {"reader": {subject.id: [subject.row] for subject in subjects}}
