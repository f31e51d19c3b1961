"""Dull rows for messages."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from notifications.kinds import Kind
from notifications.models import Message
from tests.factories.teams import UserFactory


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = Message

    recipient = factory.SubFactory(UserFactory)
    kind = Kind.VISIT_ANNOUNCED
    facts = factory.Dict(
        {"area": "春申坊", "day": "2026-07-08", "starts_at": "14:00", "venue": "302室", "code": "118-2026q3"}
    )
    url = "/inbox/"
    created_at = datetime(2026, 7, 1, tzinfo=UTC)
