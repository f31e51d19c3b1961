"""Half-days in words become rows: ranges, half days, every week, the turn of the year."""

from datetime import date

import pytest

from core.refusals import RuleBroken
from visits.busy import WHOLE_DAY, HalfDay, half_days
from visits.dayparts import DayPart
from visits.forms import BusyForm

MORNING = [DayPart.MORNING]


def days(found):
    return [half.day for half in found]


def test_a_whole_day_is_three_half_days():
    day = date(2026, 10, 9)
    assert half_days(day, day, WHOLE_DAY) == [HalfDay(day, part) for part in WHOLE_DAY]


def test_a_range_goes_over_the_turn_of_the_year():
    assert days(half_days(date(2026, 12, 31), date(2027, 1, 1), MORNING)) == [date(2026, 12, 31), date(2027, 1, 1)]


def test_every_week_ends_with_the_quarter():
    found = days(half_days(date(2026, 12, 10), date(2026, 12, 10), MORNING, weekly=True))
    assert found == [date(2026, 12, 10), date(2026, 12, 17), date(2026, 12, 24), date(2026, 12, 31)]


def test_every_week_cuts_the_last_week_where_the_quarter_ends():
    found = days(half_days(date(2026, 12, 24), date(2026, 12, 26), MORNING, weekly=True))
    assert found[-1] == date(2026, 12, 31)
    assert len(found) == 4


@pytest.mark.parametrize(
    ("first", "last", "weekly"),
    [
        (date(2026, 10, 9), date(2026, 10, 8), False),
        (date(2026, 10, 1), date(2027, 10, 1), False),
        (date(2026, 10, 1), date(2026, 10, 8), True),
    ],
)
def test_what_cannot_be_meant_is_refused(first, last, weekly):
    with pytest.raises(RuleBroken):
        half_days(first, last, MORNING, weekly=weekly)


def test_a_quarter_at_once_is_not_too_long():
    assert len(days(half_days(date(2026, 10, 1), date(2026, 12, 31), MORNING))) == 92


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_beyond_the_calendar_is_asked_again(day: str) -> None:
    assert list(BusyForm({"first": day, "part": "day"}).errors) == ["first"]
    assert list(BusyForm({"first": "2026-10-09", "last": day, "part": "day"}).errors) == ["last"]
