"""What has an address can be opened there, and whoever is reminded of something can open what the reminder leads to."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from assessment.services import compute_scores
from core.clock import today
from issues.models import Issue
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
    waiting = sources()
    for _stage in stages(world):
        for name, source in waiting.items():
            for (audience, person), url in links_of(source).items():
                if person not in clients:
                    clients[person].force_login(User.objects.get(pk=person))
                asked.add(name)
                if (status := clients[person].get(url, follow=True).status_code) != 200:
                    shut.add(f"{name} takes {audience} to {url}: {status}")
        waiting = {name: source for name, source in sources().items() if name not in asked}
    assert not shut, "\n".join(sorted(shut))
    assert asked == sources().keys() - {"inbox"}  # its links are those of the rest of the inbox


def test_every_row_that_has_an_address_is_found_there() -> None:
    world, now = build_world(), timezone.now()
    compute_scores(year=today(now).year, by=world.person("coordinator"), at=now)
    models = [model for model in apps.get_models() if hasattr(model, "get_absolute_url")]
    rows = {model: model._default_manager.first() for model in models} | {Issue: world.own.issue}  # a draft has none
    assert [model.__name__ for model, row in rows.items() if row is None] == []
    client = Client()
    client.force_login(world.person("coordinator"))
    found = {model.__name__: client.get(row.get_absolute_url(), follow=True).status_code for model, row in rows.items()}
    assert found == dict.fromkeys(found, 200)
