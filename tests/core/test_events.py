"""The event log: what it keeps, that nobody changes it, and that tampering is found and located."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from core import events
from core.events import BrokenLink, Happened
from core.models import ChainHead, Event
from tests.factories.teams import AreaFactory, UserFactory

AT = datetime(2026, 10, 8, 6, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def append_three():
    person = UserFactory(name="许文君")
    first, second = AreaFactory(), AreaFactory()
    return events.append_many(
        [
            Happened(first, "named", person, AT, {"name": "春申坊"}),
            Happened(second, "named", person, AT),
            Happened(first, "moved", None, AT + timedelta(hours=1), {"day": AT.date()}),
        ]
    )


def raw(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def without_triggers():
    """What somebody with the database's password can do."""
    if connection.vendor == "postgresql":
        raw("ALTER TABLE core_event DISABLE TRIGGER ALL")
    else:
        raw("DROP TRIGGER core_event_no_update")
        raw("DROP TRIGGER core_event_no_delete")


def test_events_of_one_object_are_numbered_and_read_newest_first():
    named, other, moved = append_three()
    assert [named.object_seq, other.object_seq, moved.object_seq] == [1, 1, 2]
    area = AreaFactory._meta.model.objects.get(pk=named.object_id)
    assert [event.verb for event in events.history_of(area)] == ["moved", "named"]


def test_an_event_keeps_who_when_and_what():
    named, _, moved = append_three()
    named.refresh_from_db()
    moved.refresh_from_db()
    assert (named.actor_name, named.occurred_at, named.payload) == ("许文君", AT, {"name": "春申坊"})
    assert (moved.actor_id, moved.actor_name, moved.payload) == (None, "", {"day": "2026-10-08"})


def test_the_recording_time_is_the_databases_not_the_callers():
    named, *_ = append_three()
    assert named.occurred_at == AT
    assert abs(named.recorded_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_an_untouched_chain_verifies():
    append_three()
    events.append(UserFactory(), "signed_in", by=None, at=AT)
    assert events.verify() is None


@pytest.mark.parametrize("sql", ["UPDATE core_event SET verb = 'x'", "DELETE FROM core_event"])
def test_the_database_refuses_to_change_an_event(sql):
    append_three()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        raw(sql)
    assert Event.objects.count() == 3


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE core_event SET payload = '{}' WHERE seq = 1", BrokenLink(1, "changed")),
        ("UPDATE core_event SET actor_name = '别人' WHERE seq = 2", BrokenLink(2, "changed")),
        ("UPDATE core_event SET occurred_at = '2026-07-01 00:00:00' WHERE seq = 2", BrokenLink(2, "changed")),
        ("DELETE FROM core_event WHERE seq = 2", BrokenLink(2, "missing")),
        ("DELETE FROM core_event WHERE seq = 3", BrokenLink(3, "cut off")),
    ],
)
def test_tampering_behind_the_triggers_is_found_and_located(sql, found):
    append_three()
    without_triggers()
    raw(sql)
    assert events.verify() == found


def test_a_rolled_back_change_leaves_neither_event_nor_gap():
    append_three()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.append(AreaFactory(), "named", by=None, at=AT)
        raise ZeroDivisionError
    assert ChainHead.objects.get().seq == 3
    events.append(AreaFactory(), "named", by=None, at=AT)
    assert events.verify() is None


def test_many_events_cost_as_many_queries_as_one(django_assert_num_queries):
    areas = [AreaFactory() for _ in range(20)]
    with django_assert_num_queries(4):  # head, numbers, insert, head
        events.append_many([Happened(areas[0], "named", None, AT)])
    with django_assert_num_queries(4):
        events.append_many([Happened(area, "named", None, AT) for area in areas])
