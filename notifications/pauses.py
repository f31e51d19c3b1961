"""Leaving a provider alone that fails again and again, then five minutes of rest, then one try.

Ten refusals in a minute are enough, and three times in a row no answer at all: whoever waits for one keeps others waiting.
"""

from datetime import datetime, timedelta
from typing import Any

from notifications.channels import ANSWER_LOST, NOT_SENT, Channel, Outcome, Result
from notifications.models import Attempt, ChannelPause

FAILURES = 10
WITHIN = timedelta(minutes=1)
SILENT = (NOT_SENT, ANSWER_LOST)
SILENCES = 3
LATELY = timedelta(minutes=10)
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
    if _is_silent(channel, outcome, at) or _recent_failures(channel, at) >= FAILURES:
        _begin(channel, at + REST, outcome.words)
        return True
    return False


def _is_silent(channel: Channel, outcome: Outcome, at: datetime) -> bool:
    """Whether nobody answered this time and the last times before it, whichever worker asked."""
    if outcome.code not in SILENT:
        return False
    last = _attempts(channel, at - LATELY, at).order_by("-finished_at", "-pk")[:SILENCES]
    codes = list(last.values_list("code", flat=True))
    return len(codes) == SILENCES and all(code in SILENT for code in codes)


def _recent_failures(channel: Channel, at: datetime) -> int:
    return _attempts(channel, at - WITHIN, at).filter(outcome__in=(Result.TEMPORARY, Result.UNKNOWN)).count()


def _attempts(channel: Channel, after: datetime, until: datetime) -> Any:
    return Attempt.objects.filter(delivery__channel=channel.name, finished_at__gt=after, finished_at__lte=until)


def _begin(channel: Channel, until: datetime, words: str) -> None:
    ChannelPause.objects.update_or_create(channel=channel.name, defaults={"until": until, "words": words[:200]})
