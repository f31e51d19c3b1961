"""Which channels reach whom, in which language and at which hours: read once for everybody a rule tells."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import time
from typing import Self
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings

from notifications.channels import Channel, is_shared, ready_channels
from notifications.models import Preference, ReminderRule
from notifications.sources import Source

Quiet = tuple[time | None, time | None]
ALWAYS = "in_app"


@dataclass(frozen=True)
class Reader:
    """One person by one channel."""

    person: int
    channel: str
    language: str
    keeps_quiet: bool
    quiet: Quiet
    host: str

    def new_message_id(self) -> str:
        """Fixed for good in the delivery, so that the same mail sent twice is known as one."""
        return f"<delivery.{uuid4().hex}@{self.host}>"


@dataclass(frozen=True)
class Readers:
    rule: ReminderRule
    channels: list[Channel]
    reached: dict[str, Collection[int]]
    wishes: dict[int, Preference]
    host: str

    @classmethod
    def load(cls, rule: ReminderRule, source: Source, people: Collection[int]) -> Self:
        """One query for the wishes and one for the addresses of each channel, however many people."""
        ready = ready_channels()
        wanted = [ready[name] for name in wanted_channels(rule, source) if name in ready]
        return cls(
            rule,
            wanted,
            {channel.name: set(channel.addresses(people)) for channel in wanted},
            {wish.user_id: wish for wish in Preference.objects.filter(user__in=people)},
            urlsplit(settings.SITE_URL).hostname or "localhost",
        )

    def of(self, person: int) -> Iterator[Reader]:
        """The person by every channel that reaches them and that they have not muted."""
        wish = self.wishes.get(person)
        language = wish.language if wish and wish.language else settings.LANGUAGE_CODE
        own = (wish.quiet_from, wish.quiet_until) if wish and wish.quiet_from else None
        quiet = own or (self.rule.quiet_from, self.rule.quiet_until)
        for channel in self.channels:
            if person not in self.reached[channel.name] or is_muted(wish, self.rule, channel):
                continue
            if is_shared(channel):
                yield self._among_others(person, channel)
            else:
                yield Reader(person, channel.name, language, channel.is_quiet_at_night, quiet, self.host)

    def _among_others(self, person: int, channel: Channel) -> Reader:
        """In a group nobody's own language and quiet hours count, but the installation's and the rule's."""
        quiet = self.rule.quiet_from, self.rule.quiet_until
        return Reader(person, channel.name, settings.LANGUAGE_CODE, channel.is_quiet_at_night, quiet, self.host)


def is_muted(wish: Preference | None, rule: ReminderRule, channel: Channel) -> bool:
    """`muted` names rules, or one channel of a rule as `rule/channel`. The inbox and what is mandatory always come, and
    what a group should hear is not one person's to switch off.
    """
    if wish is None or rule.mandatory or channel.name == ALWAYS or is_shared(channel):
        return False
    return rule.code in wish.muted or f"{rule.code}/{channel.name}" in wish.muted


def wanted_channels(rule: ReminderRule, source: Source) -> list[str]:
    """The inbox first, except for what is in the inbox already."""
    own = [name for name in rule.channels if name != ALWAYS]
    return [ALWAYS, *own] if source.in_app else own
