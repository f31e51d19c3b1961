"""Bulk doors for an import: public holidays and the times at which people are busy."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import bulk
from core.events import Happened, append
from teams.models import User
from visits.models import BusyTime, CalendarDay


def add_calendar_days(days: Sequence[CalendarDay], *, by: User | None, at: datetime) -> list[Happened]:
    return bulk.create_all(days, by=by, at=at, payload=_written)


def change_calendar_day(
    row: CalendarDay, *, kind: str, note_zh: str, note_en: str, by: User | None, at: datetime
) -> None:
    row.kind, row.note_zh, row.note_en = kind, note_zh, note_en
    row.save(update_fields=["kind", "note_zh", "note_en"])
    append(row, "import", by=by, at=at, payload=_written(row))


def _written(row: CalendarDay) -> dict[str, Any]:
    return {"day": row.day, "kind": row.kind, "note_zh": row.note_zh, "note_en": row.note_en}


def add_busy_times(rows: Sequence[BusyTime], *, by: User | None, at: datetime) -> list[Happened]:
    return bulk.create_all(
        rows, by=by, at=at, payload=lambda row: {"user": row.user_id, "day": row.day, "part": row.part}
    )


def change_busy_reason(row: BusyTime, *, reason: str, by: User | None, at: datetime) -> None:
    """The reason belongs to the person and is not in the log. What a calendar said is the office's word from now on."""
    row.reason, row.calendar = reason, None
    row.save(update_fields=["reason", "calendar"])
    append(row, "import", by=by, at=at, payload={"user": row.user_id, "day": row.day, "part": row.part})
