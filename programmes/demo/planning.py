"""Scheduling the round: quickly, and as an office would leave it: most visits placed, some open, a few in conflict."""

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from core.events import append_many
from programmes.demo.cast import AREA
from visits import services
from visits.calendar import Calendar
from visits.dayparts import DayPart
from visits.importing import add_busy_times
from visits.models import BusyTime, Visit
from visits.scheduling import Slot, Trouble
from visits.services import Placement
from visits.timetable import Timetable, rules_of

if TYPE_CHECKING:
    from programmes.demo.build import Stage

LEFT_OPEN = 9
AWAY = 5
ANNOUNCED_AHEAD = timedelta(days=4)
PARTS = {DayPart.MORNING: 45, DayPart.AFTERNOON: 48, DayPart.EVENING: 7}
REASONS = ("出差", "外出培训", "人大视察", "开庭", "区政府常务会议")


def schedule(stage: "Stage") -> None:
    placements = place_all(stage)
    begins, coordinator = stage.preparation, stage.cast.coordinator
    services.schedule_many(placements=placements, by=coordinator, at=begins + timedelta(days=2))
    soon = min(stage.round.window_end, stage.day + ANNOUNCED_AHEAD)
    known = Visit.objects.filter(round=stage.round, day__lte=soon).select_related("area", "team")
    services.announce_many(visits=known, by=coordinator, at=begins + timedelta(days=7))
    _call_people_away(stage)


def place_all(stage: "Stage") -> list[Placement]:
    """A greedy plan: each visit takes the half-day that suits most of its people on the emptiest day."""
    round_ = stage.round
    visits = list(Visit.objects.filter(round=round_).select_related("area__street", "team").order_by("pk"))
    days = Calendar.load(round_.window_start, round_.window_end).within(round_.window_start, round_.window_end)
    timetable = Timetable.load(round_.window_start, round_.window_end, rules=rules_of(round_), also=visits)
    stage.chance.shuffle(visits)
    visits.sort(key=lambda visit: visit.area.name != AREA)
    load: Counter[tuple[date, str]] = Counter()
    placements = []
    for visit in visits[: len(visits) - LEFT_OPEN]:
        wanted, part = days, stage.chance.choices(list(PARTS), list(PARTS.values()))[0]
        if visit.area.name == AREA:
            wanted, part = days[:1], DayPart.AFTERNOON
        slot = _best(timetable.slots(visit, wanted, visit.area.venue), load, part)
        if slot is not None:
            load.update([(slot.day, ""), (slot.day, slot.part)])
            timetable.put(visit, slot.day, slot.starts_at, visit.area.venue)
            placements.append(Placement(visit, slot.day, slot.starts_at, visit.area.venue))
    return placements


def _best(slots: list[Slot], load: Counter[tuple[date, str]], part: str) -> Slot | None:
    """Nobody twice, nobody away if possible, on the emptiest day, at the wished-for part of it."""
    free = [slot for slot in slots if not slot.blocked]
    return min(free, key=lambda slot: (_troubles(slot), load[slot.day, ""], slot.part != part, slot.rank), default=None)


def _troubles(slot: Slot) -> int:
    return sum(clash.trouble != Trouble.EVENING for clash in slot.clashes)


def _call_people_away(stage: "Stage") -> None:
    """After the plan stood, some leads got other appointments: conflicts for the office to settle."""
    ahead = Visit.objects.filter(round=stage.round, day__gt=stage.day).exclude(area__name=AREA).order_by("pk")
    taken = set(BusyTime.objects.values_list("user_id", "day", "part"))
    rows = []
    for visit in stage.chance.sample(list(ahead), k=min(AWAY, len(ahead))):
        lead, reason = stage.cast.lead(visit.team_id), stage.chance.choice(REASONS)
        if visit.day and (lead.pk, visit.day, visit.part) not in taken:
            rows.append(BusyTime(user=lead, day=visit.day, part=visit.part, reason=reason))
    append_many(add_busy_times(rows, by=stage.cast.coordinator, at=stage.preparation + timedelta(days=9)))
