"""Every account is a thing to remind of: they are in the database, so all processes see the same."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from notifications.models import Heartbeat
from notifications.sources import Ask, People, Source, Subject
from teams.models import User

# A heartbeat nobody beats: the moment everything counts from.
ANCHOR = "faults-anchor"
# An account whose post says so comes up this many seconds later.
LATER = "later "


def sources() -> list[Source]:
    return [Source("account", "an account", "account", {"self": "whose account it is"}, accounts, themselves)]


def accounts(ask: Ask) -> Iterator[Subject]:
    begin = Heartbeat.objects.get(name=ANCHOR).last_started
    people = User.objects.filter(is_active=True).order_by("pk")
    if ask.ids is not None:
        people = people.filter(pk__in=ask.ids)
    facts = {"area": "春申坊", "day": begin.date().isoformat(), "starts_at": "14:00", "venue": "302室"}
    for pk, post in people.values_list("pk", "title"):
        later = timedelta(seconds=float(post.removeprefix(LATER)) if post.startswith(LATER) else 0)
        yield Subject(pk, begin + later, facts, "/", period="once")


def themselves(subjects: list[Subject], names: Collection[str], day: date) -> People:
    return {"self": {subject.id: [subject.id] for subject in subjects}}
