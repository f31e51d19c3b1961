"""When a step is due: the arithmetic alone."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from core.clock import SHANGHAI
from notifications.rules import BadStep, Step, read_steps

DIGEST = {"code": "T", "days": 0, "hours": ["16:00", "09:00"], "audience": ["reader"]}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 7, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("came_up", "goes_out"),
    [
        (at(6, 0), at(6, 9)),
        (at(6, 9), at(6, 9)),
        (at(6, 9, 1), at(6, 16)),
        (at(6, 16, 1), at(7, 9)),
        (at(31, 23, 59), datetime(2026, 8, 1, 9, tzinfo=SHANGHAI)),
    ],
)
def test_a_digest_goes_out_at_the_first_of_its_hours(came_up: datetime, goes_out: datetime) -> None:
    (step,) = read_steps([DIGEST])
    assert step.due(came_up, None) == goes_out  # type: ignore[arg-type]


def test_whatever_is_due_on_a_day_has_its_anchor_where_it_is_looked_for() -> None:
    step, day = Step("T", 0, hours=(time(9), time(16))), date(2026, 7, 6)
    first, last = step.anchors(day, day)
    came_up = [at(5, 0) + timedelta(minutes=30 * n) for n in range(96)]
    found = [moment for moment in came_up if step.due(moment, None).date() == day]  # type: ignore[arg-type]
    assert found and all(first <= moment.date() <= last for moment in found)


@pytest.mark.parametrize("more", [{"hours": ["nine"]}, {"at": "09:00"}, {"working": True}, {"hours": [9]}])
def test_hours_that_nobody_can_follow_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(BadStep):
        read_steps([DIGEST | more])
