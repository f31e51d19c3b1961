"""Runs the reader in a process of its own and takes only half-days from it."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

from visits.busy import HalfDay
from visits.dayparts import DayPart
from visits.outside import reader
from visits.outside.trouble import NotRead, Trouble

READER = str(Path(reader.__file__))
SECONDS = 10


def half_days_in(content: bytes, first: date, last: date) -> frozenset[HalfDay]:
    """The busy half-days of these days. The process gets nothing of our environment, so it knows no secret."""
    command = [sys.executable, "-I", READER, first.isoformat(), last.isoformat()]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, env={}, check=False)
    except subprocess.TimeoutExpired:
        raise NotRead(Trouble.ENDLESS) from None
    if done.returncode == reader.NO_CALENDAR:
        raise NotRead(Trouble.NO_CALENDAR)
    if done.returncode != 0:
        raise NotRead(Trouble.ENDLESS)
    return frozenset(HalfDay(date.fromisoformat(day), DayPart(part)) for day, part in json.loads(done.stdout))
