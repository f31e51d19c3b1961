"""The order in which the demonstration comes about."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db import transaction

from core.clock import SHANGHAI, quarter_of, today
from programmes.demo import appraisal, desks, meetings, old_ledger, planning, preparing
from programmes.demo.cast import Cast, arrive
from programmes.imports.run import File, run
from programmes.load import load
from programmes.preset_files import Preset
from teams.models import Programme
from visits import services as visits
from visits.models import Round

STAGES = ("planned", "visited", "handled", "assessed")
WORKBOOKS = Path(__file__).parents[1] / "demo_data" / "huining"
PROGRAMME = "xuhui"
SEED = 307
PREPARATION = timedelta(days=21)
WINDOW_DAYS = 10
DAYS_BEFORE = 3


Part = tuple[str, Callable[["Stage"], object]]


class NotPossible(Exception):
    """The demonstration cannot be made here; the message says why."""


@dataclass
class Stage:
    """What every part of the story knows: the moment it is told, chance, and who is who."""

    now: datetime
    chance: random.Random
    cast: Cast
    round: Round

    @property
    def day(self) -> date:
        return today(self.now)

    @property
    def preparation(self) -> datetime:
        """When the office began with the round."""
        return at(min(self.round.window_start, self.day) - PREPARATION, 9)

    def later(self, moment: datetime, least: float, most: float) -> datetime | None:
        """Some hours after the moment; None when that is still to come."""
        found = moment + timedelta(hours=self.chance.uniform(least, most))
        return found.replace(second=0, microsecond=0) if found <= self.now else None

    def happens(self, share: float) -> bool:
        return self.chance.random() < share


def build(*, now: datetime, stage: str = "handled", tell: Callable[[str], None] = lambda words: None) -> Stage:
    """Fill an empty database. `tell` hears each step."""
    window = window_around(today(now))
    begins = at(min(window[0], today(now)) - PREPARATION, 8)
    with transaction.atomic():
        tell("programme and workbooks")
        if not Programme.objects.exists():
            load(PROGRAMME, at=at(window[0], 8))
        _import_workbooks(begins)
        cast = arrive(begins)
        tell("round")
        told = Stage(now, random.Random(SEED), cast, _open_round(window, cast, begins))
        for words, part in _parts(stage):
            tell(words)
            part(told)
    return told


def _parts(stage: str) -> list[Part]:
    """What is told up to this stage. The survey is still open unless the whole year is told."""
    parts: dict[str, list[Part]] = {
        "planned": [
            ("schedule", planning.schedule),
            ("old ledger", old_ledger.settle),
            ("preparation", preparing.prepare),
        ],
        "visited": [("meetings", meetings.hold)],
        "handled": [("desks", desks.handle), ("rules", appraisal.approve_rules)],
        "assessed": [("survey and scores", appraisal.assess)],
    }
    told = [part for name in STAGES[: STAGES.index(stage) + 1] for part in parts[name]]
    return [*told, ("survey", appraisal.ask_residents)] if stage == "handled" else told


def window_around(day: date) -> tuple[date, date]:
    """The round's window is a wish with dates, so the demonstration may choose it.

    Days 1 to 10 of the quarter's first month while they are still to come or running, as the programme has it; later
    in the quarter ten days that began three days ago, so that there is always something done and something ahead.
    """
    wish = Preset(PROGRAMME).file("visits").table("window")
    year, quarter = quarter_of(day)
    first = date(year, quarter * 3 - 2, wish.number("first_day", 1))
    last = first.replace(day=wish.number("last_day", WINDOW_DAYS))
    if day <= last:
        return first, last
    start = day - timedelta(days=DAYS_BEFORE)
    return start, start + timedelta(days=WINDOW_DAYS - 1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def _import_workbooks(begins: datetime) -> None:
    report = run([File(path.name, path.read_bytes()) for path in sorted(WORKBOOKS.iterdir())], by=None, at=begins)
    if not report.is_fine:
        raise NotPossible("\n".join(str(error) for error in report.errors))


def _open_round(window: tuple[date, date], cast: Cast, begins: datetime) -> Round:
    year, quarter = quarter_of(window[0])
    made = visits.create_round(
        year=year,
        quarter=quarter,
        window_start=window[0],
        window_end=window[1],
        by=cast.coordinator,
        at=begins,
        rules={"record_days": 2},  # the meetings are three days old at most, and one record should be late
    )
    return visits.open_round(round=made, by=cast.coordinator, at=begins)
