"""Yesterday's database comes back: scenarios like those of faults.scenarios."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2

from faults.clock import FIND_OURS, MOVE, movable_clock
from faults.stand import Line, Stand, until
from notifications.database_time import database_now
from notifications.drain import drain
from notifications.models import Delivery, Message
from notifications.planner import plan
from notifications.pulse import tick
from notifications.restored import hold_after_restore, release_after_restore
from tools import ROOT
from tools.postgres import find_programs

HOUR = timedelta(hours=1)
DAY = 24 * HOUR


def restore(stand: Stand, n: int) -> Line:
    """The database of yesterday comes back: what it still wants to send was sent, and a person says so."""
    stand.people(n)
    at = database_now()
    stand.rule(anchor=at)
    plan(at=at)
    remembered = list(Delivery.objects.values())
    drain(seconds=120)
    Message.objects.filter(delivery__isnull=False).update(delivery=None)
    put_back(remembered)
    before = sum(stand.sink.ids.values())
    hold_after_restore(at=database_now())
    tick()
    tick()
    again = sum(stand.sink.ids.values()) - before
    held = Delivery.objects.filter(state="held").count()
    release_after_restore(by=None, at=database_now(), send=False)
    tick()
    line = stand.count("R10", n, f"{held} held after the restore, {again} sent again")
    line.messages = again
    return line


def put_back(remembered: list[Any]) -> None:
    """The rows of the ledger as the backup has them."""
    rows = [Delivery(**values) for values in remembered]
    fields = [field.name for field in Delivery._meta.concrete_fields if field.name != "id"]
    Delivery.objects.bulk_update(rows, fields, batch_size=200)


def restore_of_a_dump(stand: Stand, n: int) -> Line:
    """pg_dump, a day of sending, pg_restore, workers on what came back: silence until somebody says what to do, then what
    nobody has sent before.
    """
    with movable_clock() as move, tempfile.TemporaryDirectory() as folder:
        stand.people(n, spread=30 * 3600)
        stand.rule(late_hours=48)
        move(2 * HOUR)
        tick()
        move(3 * HOUR)
        plan(at=database_now())  # the copy knows some that wait, and nothing of those that come up later
        copy = dump(stand, Path(folder))
        move(3 * HOUR + DAY)
        tick()
        sent = stand.sink.taken
        with restored(stand, copy) as back:
            back.run(MOVE, 3 * HOUR + DAY)
            with Stand({**stand.env, "DATABASE_URL": back.url}, stand.sink).workers(2) as team:
                team.wait_for(2)
                until(lambda: back.run(WELL) == [(2,)])
                again = stand.sink.taken - sent
                ((held,),) = back.run(HELD)
                release = [sys.executable, "manage.py", "hold_reminders", "--write-off"]
                subprocess.run(release, cwd=ROOT, env={**stand.env, "DATABASE_URL": back.url}, check=True)
                back.run(MOVE, 31 * HOUR)
                until(lambda: stand.sink.taken >= n, seconds=60)
                until(lambda: back.run(WAITING) == [(0,)], seconds=20)
    told = sum(1 for names in stand.sink.people.values() if names)
    note = f"{sent} sent before, {held} held after pg_restore, {again} sent again, {n - sent} after the release"
    return Line(
        "R10", n, lost=n - told + (held == 0), messages=again + stand.sink.doubles, seconds=stand.seconds, note=note
    )


# Planned and drained since it came back: the copy's own marks are a day older.
WELL = """
SELECT count(*) FROM notifications_heartbeat WHERE name IN ('drain', 'reconcile')
    AND last_ok > clock_timestamp() - interval '1 hour'
"""
HELD = "SELECT count(*) FROM notifications_delivery WHERE state = 'held'"
WAITING = "SELECT count(*) FROM notifications_delivery WHERE state IN ('due', 'claimed', 'gathered')"


def dump(stand: Stand, folder: Path) -> Path:
    file = folder / "yesterday.dump"
    _program("pg_dump", "--format=custom", "--file", file, "--dbname", stand.env["DATABASE_URL"])
    return file


@dataclass(frozen=True)
class Copy:
    url: str

    def run(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with closing(psycopg2.connect(self.url)) as session, session, session.cursor() as cursor:
            cursor.execute(sql, params or None)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def restored(stand: Stand, file: Path) -> Iterator[Copy]:
    """Brought back beside the database it comes from, and gone at the end."""
    here = stand.env["DATABASE_URL"]
    server, _slash, name = here.rpartition("/")
    copy = Copy(f"{server}/{name}_restored")
    _program("createdb", "--maintenance-db", here, f"{name}_restored")
    try:
        _program("pg_restore", "--no-owner", "--dbname", copy.url, file)
        copy.run(FIND_OURS.format(name=f"{name}_restored"))
        yield copy
    finally:
        _program("dropdb", "--maintenance-db", here, "--force", f"{name}_restored")


def _program(name: str, *arguments: str | Path) -> None:
    subprocess.run([find_programs() / name, *arguments], check=True)
