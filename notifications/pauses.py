"""Leaving a provider alone that fails again and again: ten failures in a minute, then five minutes of rest, then one try."""

from datetime import datetime, timedelta

from notifications.channels import Channel, Outcome, Result
from notifications.models import Attempt, ChannelPause

FAILURES = 10
WITHIN = timedelta(minutes=1)
REST = timedelta(minutes=5)


def how_many(channel: Channel, *, at: datetime) -> tuple[int, bool]:
    """How many deliveries may be claimed now, and whether that is the one try after a pause."""
    pause = ChannelPause.objects.filter(channel=channel.name).first()
    if pause is None:
        return channel.batch, False
    if pause.until > at:
        return 0, False
    # Whoever moves the pause on may try; the others keep waiting.
    mine = ChannelPause.objects.filter(channel=channel.name, until=pause.until).update(until=at + REST)
    return (1 if mine else 0), True


def over(channel: Channel) -> None:
    ChannelPause.objects.filter(channel=channel.name).delete()


def begins(channel: Channel, outcome: Outcome, *, at: datetime) -> bool:
    """Whether the channel has to rest now: too many failures, or the provider asked for it."""
    if outcome.result not in (Result.TEMPORARY, Result.UNKNOWN):
        return False
    if outcome.pause and outcome.retry_after:
        _begin(channel, at + outcome.retry_after, outcome.words)
        return True
    if _recent_failures(channel, at) >= FAILURES:
        _begin(channel, at + REST, outcome.words)
        return True
    return False


def _recent_failures(channel: Channel, at: datetime) -> int:
    recent = Attempt.objects.filter(delivery__channel=channel.name, finished_at__gt=at - WITHIN, finished_at__lte=at)
    return recent.filter(outcome__in=(Result.TEMPORARY, Result.UNKNOWN)).count()


def _begin(channel: Channel, until: datetime, words: str) -> None:
    ChannelPause.objects.update_or_create(channel=channel.name, defaults={"until": until, "words": words[:200]})
