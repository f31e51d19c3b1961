"""Bulk doors for an import: public holidays and the times at which people are busy."""

from collections.abc import Sequence
from datetime import datetime

from core import bulk
from core.events import Happened, append
from teams.models import User
from visits.models import BusyTime, CalendarDay


def add_calendar_days(days: Sequence[CalendarDay], *, by: User | None, at: datetime) -> list[Happened]:
    return bulk.create_all(days, by=by, at=at, payload=lambda row: {"day": row.day, "kind": row.kind, "note": row.note})


def change_calendar_day(row: CalendarDay, *, kind: str, note: str, by: User | None, at: datetime) -> None:
    row.kind, row.note = kind, note
    row.save(update_fields=["kind", "note"])
    append(row, "import", by=by, at=at, payload={"day": row.day, "kind": kind, "note": note})


def add_busy_times(rows: Sequence[BusyTime], *, by: User | None, at: datetime) -> list[Happened]:
    return bulk.create_all(
        rows, by=by, at=at, payload=lambda row: {"user": row.user_id, "day": row.day, "part": row.part}
    )


def change_busy_reason(row: BusyTime, *, reason: str, by: User | None, at: datetime) -> None:
    row.reason = reason
    row.save(update_fields=["reason"])
    append(row, "import", by=by, at=at, payload={"reason": reason})
