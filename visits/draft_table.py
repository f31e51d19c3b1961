"""The timetable as it would be if a draft were released."""

from collections.abc import Sequence
from datetime import date

from visits.models import PlanLine, PlanRun
from visits.scheduling import Clash
from visits.timetable import Timetable, rules_of


def draft_table(run: PlanRun, *, also_days: Sequence[date] = (), without: PlanLine | None = None) -> Timetable:
    """Six queries. `without`: a line that is looking for another place; its visit stands nowhere."""
    movable = run.lines.filter(fixed=False).select_related("visit__area").order_by("pk")
    lines = [line for line in movable if line != without]
    also = [without.visit] if without else []
    window = [run.round.window_start, run.round.window_end]
    days = [*(line.day for line in lines if line.day), *also_days, *window]
    visits = [*(line.visit for line in lines), *also]
    table = Timetable.load(min(days), max(days), rules=rules_of(run.round), also=visits)
    table.lift([*(line.visit_id for line in lines if line.day), *(visit.pk for visit in also)])
    for line in lines:
        if line.day and line.starts_at:
            _stand_in(table, line)
            table.hold(line.visit, line.day, line.starts_at, _venue(line), accepted=bool(line.clash_reason))
    return table


def put_line(table: Timetable, line: PlanLine) -> list[Clash]:
    """What speaks against the place this line has now."""
    assert line.day and line.starts_at
    _stand_in(table, line)
    return table.put(line.visit, line.day, line.starts_at, _venue(line), accepted=bool(line.clash_reason))


def _stand_in(table: Timetable, line: PlanLine) -> None:
    if line.instead_of_id and line.stand_in_id:
        table.stand_ins[line.visit_id] = line.instead_of_id, line.stand_in_id


def _venue(line: PlanLine) -> str:
    return line.venue or line.visit.venue or line.visit.area.venue
