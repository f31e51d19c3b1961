"""What reminders cost: planning ten thousand beside inserting the same rows, and sending them to nowhere."""

import os
import time
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection

from bench.work import Work
from notifications.channels import Outcome, Outgoing, Result, channels
from notifications.database_time import database_now
from notifications.drain import drain
from notifications.models import Attempt, Delivery, Occurrence, ReminderRule
from notifications.planner import plan
from notifications.sources import Ask, People, Source, Subject, sources
from teams.models import User

N = 10_000
ROUNDS = 3
MOST = 3.0  # times the bulk insert
LEAST = 2_000  # a second; on a machine that is busy with other things, a second of processor time


class Nowhere:
    """Takes everything at once and keeps nothing."""

    name, label = "nowhere", "Nowhere"
    gathers, repeats, is_quiet_at_night = False, True, False
    seconds, batch = 1, 200

    def is_ready(self) -> bool:
        return True

    def addresses(self, people: Collection[int]) -> dict[int, str]:
        return dict.fromkeys(people, "somewhere")

    def send(self, message: Outgoing) -> Outcome:
        return Outcome(Result.ACCEPTED)

    def close(self) -> None:
        pass


def bench_sources() -> list[Source]:
    return [Source("bench", "a thing", "thing", {"self": "somebody"}, things, somebody, in_app=False)]


begin = datetime(2026, 1, 1, tzinfo=UTC)


def things(ask: Ask) -> Iterator[Subject]:
    """As many as there are people; each has words of its own."""
    people = User.objects.filter(phone__startswith="17").order_by("pk")
    if ask.ids is not None:
        people = people.filter(pk__in=ask.ids)
    for pk, name in people.values_list("pk", "name"):
        facts = {"area": name, "day": "2026-10-09", "starts_at": "14:00", "venue": "302室"}
        yield Subject(pk, begin, facts, f"/visits/{pk}/", period="once")


def somebody(subjects: list[Subject], names: Collection[str], day: date) -> People:
    return {"self": {subject.id: [subject.id] for subject in subjects}}


def print_reminders() -> int:
    """The status is 1 when a limit was passed."""
    rule, work = _set_up(), Work(os.getpid())
    work.look_around()
    planned, inserted, drained, worked, updated = [], [], [], [], []
    for _ in range(ROUNDS):
        _empty()
        planned.append(_seconds(plan, at=database_now(), rules=[rule]))
        before = work.done(local=True)
        drained.append(_seconds(drain, seconds=600, only=["nowhere"]))
        worked.append((work.done(local=True) - before) / 1000)
        updated.append(_seconds(_update_each, list(Delivery.objects.values_list("pk", flat=True))))
        rows = list(Occurrence.objects.all()), list(Delivery.objects.all())
        _empty()
        inserted.append(_seconds(_insert, *rows))
    _empty()
    ratio, speed, able = median(planned) / median(inserted), N / min(drained), N / (min(worked) or min(drained))
    print(f"\n{N:,} reminders, {connection.vendor}")
    print(
        f"plan {median(planned):7.2f} s   bulk insert of the same rows {median(inserted):.2f} s {ratio:5.1f}  ≤ {MOST} ×"
    )
    print(f"send {min(drained):7.2f} s   one bare update for each     {min(updated):.2f} s")
    print(
        f"     {speed:,.0f} a second to nowhere, one by one, one worker; {able:,.0f} a second of processor time"
        f" (worker and database)  ≥ {LEAST:,}",
        flush=True,
    )
    return int(ratio > MOST or max(speed, able) < LEAST)


def _update_each(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        for pk in ids:
            cursor.execute("UPDATE notifications_delivery SET last_code = 'x' WHERE id = %s", [pk])


def _set_up() -> ReminderRule:
    global begin
    begin = database_now()
    settings.REMINDER_SOURCES = ["bench.reminders.bench_sources"]
    settings.REMINDER_CHANNELS = ["bench.reminders.Nowhere"]
    sources.cache_clear()
    channels.cache_clear()
    User.objects.bulk_create(
        [User(phone=f"17{i:09d}", name=f"春申{i}坊", name_key=str(i), password="!") for i in range(N)], batch_size=1000
    )
    steps = [{"code": "T", "days": 0, "audience": ["self"]}]
    return ReminderRule.objects.create(
        code="bench", kind="visit-coming", source="bench", steps=steps, channels=["nowhere"]
    )


def _insert(occurrences: list[Occurrence], deliveries: list[Delivery]) -> None:
    Occurrence.objects.bulk_create(occurrences, batch_size=1000)
    Delivery.objects.bulk_create(deliveries, batch_size=1000)


def _empty() -> None:
    for model in (Attempt, Delivery, Occurrence):
        model.objects.all()._raw_delete("default")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE notifications_delivery")


def _seconds(work: Callable[..., object], *args: Any, **options: Any) -> float:
    start = time.perf_counter()
    work(*args, **options)
    return time.perf_counter() - start
