"""The ways a message can take, and what every way must be able to do.

A channel is a class with these members, named by its dotted path in settings.REMINDER_CHANNELS.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from functools import cache
from typing import ClassVar, Protocol, runtime_checkable
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string


class Result(StrEnum):
    ACCEPTED = "accepted"
    TEMPORARY = "temporary"  # not now: try again
    PERMANENT = "permanent"  # never: this address, this message
    UNKNOWN = "unknown"  # it went out and nobody knows whether it arrived
    NOT_YET = "not_yet"  # we kept it back ourselves, nothing left this house: it was no try


class Repeats(IntEnum):
    """How often a message whose answer was lost may be sent again; then it is `unknown` and waits for a person."""

    NEVER = 0
    ONCE = 1
    ALWAYS = 2


# The codes of an outcome in which no provider said anything: it could not be reached, or was silent after the message.
NOT_SENT = "not_sent"
ANSWER_LOST = "answer_lost"


@dataclass(frozen=True)
class Outcome:
    """What the provider said, read from its answer and never guessed from a status code alone.

    `pause`: everything this channel has to send waits as long as `retry_after`, because the provider said so to all.
    """

    result: Result
    code: str = ""
    words: str = ""
    provider_ref: str = ""
    retry_after: timedelta | None = None
    pause: bool = False


@dataclass(frozen=True)
class Outgoing:
    """One message on its way. `lines` are its sentences with their addresses: several when it carries others along.

    `at` is the moment where a test or a person says what time it is; None is now, by the database's clock.
    """

    delivery_id: int
    message_id: str
    recipient_id: int
    address: str
    language: str
    subject: str
    lines: tuple[tuple[str, str], ...]
    rule_code: str
    mandatory: bool
    at: datetime | None = None


@runtime_checkable
class Channel(Protocol):
    """`gathers`: what is due to one person at once becomes one message. `seconds` is the longest one sending may take.
    `batch` is how many are claimed at once. `is_quiet_at_night`: quiet hours and days off are kept.
    """

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    gathers: ClassVar[bool]
    repeats: ClassVar[Repeats]
    is_quiet_at_night: ClassVar[bool]
    seconds: ClassVar[int]
    batch: ClassVar[int]

    def is_ready(self) -> bool:
        """Whether it has been set up."""

    def addresses(self, people: Collection[int]) -> Mapping[int, str]:
        """Those it can reach, each with the address of today."""

    def send(self, message: Outgoing) -> Outcome:
        """Send one, within `seconds`. What it raises counts as this message's own mistake."""

    def close(self) -> None:
        """A batch is over: let go of connections."""


@runtime_checkable
class DatabaseChannel(Channel, Protocol):
    """A channel whose whole effect is rows of our own database, written in the transaction that marks them as sent."""

    def write(self, token: UUID, ids: list[int]) -> None: ...


def is_shared(channel: Channel) -> bool:
    """Whether several people share an address of it, like a group: what is due to one address at once becomes one message,
    in the installation's language and outside the rule's quiet hours, whatever single readers prefer.
    """
    return getattr(channel, "is_shared", False)


@cache
def channels() -> dict[str, Channel]:
    """Every channel there is, by name, in the order of the settings."""
    made = [import_string(path)() for path in settings.REMINDER_CHANNELS]
    return {channel.name: channel for channel in made}


def ready_channels() -> dict[str, Channel]:
    return {name: channel for name, channel in channels().items() if channel.is_ready()}
