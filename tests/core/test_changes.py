"""The one door for writes: the version tells who saw what, and the slower one is told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps as django_apps
from django.db import OperationalError, connection, transaction
from django.db.models import F

from core import changes
from core.events import history_of
from core.refusals import Conflict, RuleBroken
from notifications.kinds import Kind
from notifications.services import notify
from teams.models import Area, User
from tests.at_once import at_once
from tests.factories.teams import AreaFactory, UserFactory
from tools import ROOT

AT = datetime(2026, 10, 8, 6, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_save_raises_the_version_and_appends_one_event():
    area, person = AreaFactory(), UserFactory()
    area.venue = "社区中心"
    changes.save(area, "venue_changed", by=person, at=AT, fields=["venue"])
    area.refresh_from_db()
    assert (area.venue, area.version) == ("社区中心", 2)
    assert [(event.verb, event.payload) for event in history_of(area)] == [("venue_changed", {"venue": "社区中心"})]


@pytest.mark.django_db
def test_an_older_version_is_refused_and_names_who_was_faster():
    area, person = AreaFactory(), UserFactory(name="沈佳")
    changes.save(area, "venue_changed", by=person, at=AT, fields=["venue"])
    with pytest.raises(Conflict) as refused, transaction.atomic():
        changes.lock(area, version=1)
    assert (refused.value.by, refused.value.at) == ("沈佳", AT)


@pytest.mark.django_db
def test_a_row_that_was_deleted_meanwhile_is_refused_with_a_sentence():
    area = AreaFactory()
    Area.objects.filter(pk=area.pk).delete()
    with pytest.raises(RuleBroken, match="已经不在了"), transaction.atomic():
        changes.lock(area, version=1)


@pytest.mark.django_db
def test_saving_what_somebody_else_saved_meanwhile_is_a_conflict_even_without_a_lock():
    area = AreaFactory()
    stale = Area.objects.get(pk=area.pk)
    changes.save(area, "venue_changed", by=None, at=AT, fields=["venue"])
    with pytest.raises(Conflict), transaction.atomic():
        changes.save(stale, "venue_changed", by=None, at=AT, fields=["venue"])
    assert history_of(area).count() == 1


def add_household(area_id):
    with transaction.atomic():
        area = changes.lock(Area(pk=area_id), version=None)
        area.households += 1
        changes.save(area, "counted", by=None, at=AT, fields=["households"])


def add_household_unguarded(area_id):
    area = Area.objects.get(pk=area_id)
    households = area.households
    threading.Event().wait(0.01)
    Area.objects.filter(pk=area_id).update(households=households + 1, version=F("version"))


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_lose_no_update_through_the_door():
    area = AreaFactory(households=0)
    outcomes = at_once(20, lambda n: add_household(area.pk))
    area.refresh_from_db()
    assert outcomes == [None] * 20
    assert (area.households, area.version) == (20, 21)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_lose_updates_without_the_door():
    area = AreaFactory(households=0)
    at_once(20, lambda n: add_household_unguarded(area.pk))
    area.refresh_from_db()
    assert area.households < 20


# -- Who refers to a locked row does not wait for it. PostgreSQL asks the row when a reference to it is committed, and the
# -- log's head is held by then: whoever has the row and wants the head would wait for one who has the head and wants the row.


def told(person):
    """A message to the person, in another transaction; it gives up after half a second."""

    def tell():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '500ms'")
            notify([person], Kind.PHONE_CHANGED, facts={}, url="/", at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(tell).result()


@pytest.fixture
def person(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no locks of rows")
    return UserFactory()


def test_a_person_who_is_being_changed_can_be_told_something(person):
    with transaction.atomic():
        changes.lock(person, version=None)
        told(person)


def test_locked_against_references_too_the_message_would_wait(person):
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        with pytest.raises(OperationalError, match="lock timeout"):
            told(person)


def test_nowhere_is_a_row_locked_against_references():
    apps = [Path(config.path) for config in django_apps.get_app_configs() if Path(config.path).parent == ROOT]
    locks = [
        (path.relative_to(ROOT).as_posix(), line)
        for app in apps
        for path in sorted(app.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if "select_for_update(" in line
    ]
    assert len(locks) > 20
    assert [lock for lock in locks if "no_key=True" not in lock[1]] == []
