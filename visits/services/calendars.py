"""Calendars of people: the feed that goes out, and the calendar elsewhere that is read."""

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from core.clock import today
from core.events import append
from core.refusals import RuleBroken
from core.sealing import keyed_hash, seal
from notifications.kinds import Kind
from notifications.services import notify
from teams.models import User
from visits.busy import HalfDay
from visits.models import CalendarFeed, OutsideCalendar
from visits.outside.address import checked
from visits.outside.trouble import NotRead, Trouble
from visits.services.busy import locked_times, replace_read_times
from visits.services.calendar_hosts import allowed_names

PURPOSE = "calendar-feed"
FAILURES_TO_TELL = 3


def make_feed(*, user: User, at: datetime) -> CalendarFeed:
    """A new secret address; the one before, if there was one, leads nowhere from now on."""
    secret = secrets.token_urlsafe(24)
    facts = {"secret_sealed": seal(secret), "secret_lookup": keyed_hash(PURPOSE, secret), "made_at": at}
    with transaction.atomic():
        feed, _created = CalendarFeed.objects.update_or_create(user=user, defaults=facts)
        append(feed, "make_feed", by=user, at=at)
    return feed


def switch_feed_off(*, user: User, at: datetime) -> None:
    with transaction.atomic():
        for feed in CalendarFeed.objects.select_for_update(no_key=True).filter(user=user):
            append(feed, "switch_feed_off", by=user, at=at)
            feed.delete()


def feed_behind(secret: str) -> CalendarFeed | None:
    """The feed of somebody who still works here."""
    feeds = CalendarFeed.objects.select_related("user").filter(user__is_active=True)
    return feeds.filter(secret_lookup=keyed_hash(PURPOSE, secret)).first()


def subscribe(*, user: User, url: str, at: datetime) -> OutsideCalendar:
    """Read this calendar from now on, in the place of another one."""
    try:
        address = checked(url, allowed_names())
    except NotRead as refused:
        raise RuleBroken(refused.trouble.label) from None
    with transaction.atomic():
        locked_times(user)
        OutsideCalendar.objects.filter(user=user).delete()
        calendar = OutsideCalendar.objects.create(
            user=user, host=address.host, url_sealed=seal(address.url), made_at=at, asked_at=at
        )
        append(calendar, "subscribe", by=user, at=at, payload={"host": address.host})
    return calendar


def unsubscribe(*, user: User, at: datetime) -> None:
    """Everything that was read goes with it."""
    with transaction.atomic():
        locked_times(user)
        for calendar in OutsideCalendar.objects.filter(user=user):
            append(calendar, "unsubscribe", by=user, at=at, payload={"host": calendar.host})
            calendar.delete()


def ask_for_reading(*, user: User, at: datetime) -> OutsideCalendar | None:
    """Note that the calendar is to be read now; None while that is under way."""
    with transaction.atomic():
        locked_times(user)
        calendar = OutsideCalendar.objects.filter(user=user).first()
        if calendar is None or calendar.is_being_read(at):
            return None
        calendar.asked_at = at
        calendar.save(update_fields=["asked_at"])
    return calendar


def note_reading(
    *, calendar: OutsideCalendar, halves: Collection[HalfDay] = (), trouble: Trouble | None = None, at: datetime
) -> None:
    """What came of reading it. After a failure the busy times stay as they were; the third in a row is told to the
    owner, once. Nothing happens when the calendar was removed or replaced meanwhile.
    """
    with transaction.atomic():
        locked_times(calendar.user)
        now = OutsideCalendar.objects.filter(pk=calendar.pk, url_sealed=calendar.url_sealed).first()
        if now is None:
            return
        now.tried_at, now.trouble = at, trouble or ""
        if trouble is None:
            now.succeeded_at, now.failing_since, now.failures = at, None, 0
            replace_read_times(calendar=now, halves=halves, at=at)
        else:
            now.failing_since, now.failures = now.failing_since or at, now.failures + 1
        now.save(update_fields=["tried_at", "trouble", "succeeded_at", "failing_since", "failures"])
        if now.failures == FAILURES_TO_TELL:
            facts = {"host": now.host, "since": today(now.failing_since or at).isoformat()}
            notify([now.user_id], Kind.CALENDAR_NOT_READ, facts=facts, url=reverse("visits:my_calendar"), at=at)
