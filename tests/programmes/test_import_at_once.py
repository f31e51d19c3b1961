"""An import while somebody else writes: they may wait for each other, but never in a ring."""

import threading
import time

import pytest
from django.db import connection, connections, transaction

from core import changes
from core.events import append, verify
from notifications.kinds import Kind
from notifications.services import notify
from programmes.imports.run import run
from programmes.imports.steps import lock_all
from teams.models import Area, Pairing, Seat
from tests.factories.teams import UserFactory
from tests.programmes import bad_workbooks as books
from tests.programmes.bad_workbooks import TEAMS
from tests.programmes.conftest import AT

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def somebody_is_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time anyway"),
]


def test_rows_an_import_holds_may_be_referred_to(db: None) -> None:
    """Whoever writes a message for somebody on the roster has the log's head when PostgreSQL looks at the person."""
    person, done = UserFactory(), []

    def tell() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        try:
            with transaction.atomic():
                notify([person], Kind.PHONE_CHANGED, facts={}, url="/", at=AT)
            done.append("told")
        finally:
            connections.close_all()

    with transaction.atomic():
        lock_all([person])
        other = threading.Thread(target=tell)
        other.start()
        other.join()
    assert done == ["told"]


def test_an_import_holds_the_head_of_the_log_only_when_it_has_all_its_rows(imported: object) -> None:
    """The area that the import pairs last is held by somebody who then writes into the log."""
    books_ = books.good()
    books_[TEAMS]["长堤街道"][2][12:15] = ["赵新", "至公律师事务所", "19970009999"]  # a seat first, which appends
    books_[TEAMS]["荷塘镇"][2][0] = "第4团队"  # then a pairing
    held, outcome = threading.Event(), []

    def hold_the_area() -> None:
        try:
            with transaction.atomic():
                area = changes.lock(Area.objects.get(name="荷塘里"), version=None)
                held.set()
                end = time.monotonic() + 10
                while not somebody_is_waiting() and time.monotonic() < end:
                    time.sleep(0.01)
                append(area, "change", by=None, at=AT)
            outcome.append("written")
        finally:
            connections.close_all()

    other = threading.Thread(target=hold_the_area)
    other.start()
    held.wait()
    report = run([books.file(TEAMS, books_[TEAMS])], by=None, at=AT)
    other.join()

    assert (outcome, report.errors) == (["written"], [])
    assert Seat.objects.get(team__number=1, kind__code="lawyer").memberships.filter(user__name="赵新").exists()
    assert Pairing.objects.open_ended().get(area__name="荷塘里").team.number == 4
    assert verify() is None
