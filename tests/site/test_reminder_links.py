"""Whoever is reminded of something can open what the reminder leads to."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core.clock import today
from notifications.sources import Ask, Source, sources
from teams.models import User
from tests.factories.assessment import OpenSurveyFactory
from tests.factories.issues import Journey
from tests.site.world import World, build_world
from visits.models import Confirmation, Visit, VisitStatus

pytestmark = pytest.mark.django_db
A_YEAR = timedelta(days=365)


def links_of(source: Source) -> dict[tuple[str, int], str]:
    """Where the reminder takes each audience a rule may name, and each person in it; of several things the first."""
    now = timezone.now()
    subjects = list(source.subjects(Ask(now, today(now) - A_YEAR, today(now) + A_YEAR)))
    people = source.audience(subjects, source.audiences, today(now))
    found: dict[tuple[str, int], str] = {}
    for audience in source.audiences:
        for subject in subjects:
            for person in people[audience].get(subject.id, ()):
                found.setdefault((audience, person), subject.url)
    return found


def add_what_waits(world: World) -> None:
    """A survey under way, and an issue at each station where somebody has to do something."""
    day, at = today(timezone.now()), timezone.now() - timedelta(days=1)
    OpenSurveyFactory(year=day.year + 1, opens_on=day, closes_on=day)
    journey = Journey(world.district, "own", at)
    for status in ("assigned", "awaiting_ruling", "returned", "awaiting_confirmation"):
        journey.to(status)
    journey.explanation()


def stages(world: World) -> Iterator[None]:
    """The visit without a day, to come, held, and recorded: each is reminded of in another way."""
    visit, soon = Visit.objects.filter(pk=world.own.visit.pk), today(timezone.now()) + timedelta(days=1)
    for stage in (
        {"status": VisitStatus.UNSCHEDULED},
        {"status": VisitStatus.ANNOUNCED},
        {"status": VisitStatus.HELD},
        {"status": VisitStatus.RECORDED, "confirmation": Confirmation.WAITING, "confirm_until": soon},
    ):
        visit.update(**stage)
        yield


def test_every_reader_of_every_reminder_can_open_its_link() -> None:
    world, shut, asked = build_world(), set(), set()
    add_what_waits(world)
    clients: defaultdict[int, Client] = defaultdict(Client)
    for _stage in stages(world):
        for name, source in sources().items():
            for (audience, person), url in links_of(source).items():
                if person not in clients:
                    clients[person].force_login(User.objects.get(pk=person))
                asked.add(name)
                if (status := clients[person].get(url, follow=True).status_code) != 200:
                    shut.add(f"{name} takes {audience} to {url}: {status}")
    assert not shut, "\n".join(sorted(shut))
    assert asked == sources().keys() - {"inbox"}  # its links are those of the rest of the inbox
