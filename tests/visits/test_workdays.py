"""Working days without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visits.workdays import Workdays

NATIONAL_DAY = frozenset(date(2026, 10, day) for day in range(1, 8))
OCTOBER = Workdays(off=NATIONAL_DAY, worked=frozenset({date(2026, 10, 10)}), years=frozenset({2026}))

days = st.dates(date(2025, 12, 1), date(2027, 2, 1))


def test_october_2026_leaves_three_working_days_in_its_window() -> None:
    assert OCTOBER.within(date(2026, 10, 1), date(2026, 10, 10)) == [
        date(2026, 10, 8),
        date(2026, 10, 9),
        date(2026, 10, 10),
    ]


def test_a_window_with_two_working_days() -> None:
    without_saturday = Workdays(off=NATIONAL_DAY)
    assert without_saturday.within(date(2026, 10, 1), date(2026, 10, 10)) == [date(2026, 10, 8), date(2026, 10, 9)]


def test_a_window_that_ends_before_it_begins_has_no_days() -> None:
    assert OCTOBER.within(date(2026, 10, 10), date(2026, 10, 1)) == []


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 10, 9), 1, date(2026, 10, 10)),
        (date(2026, 10, 10), 1, date(2026, 10, 12)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
        (date(2026, 10, 3), 0, date(2026, 10, 8)),
        (date(2026, 10, 8), 0, date(2026, 10, 8)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
    ],
)
def test_adding_steps_over_holidays_and_counts_worked_saturdays(day: date, n: int, expected: date) -> None:
    assert OCTOBER.add(day, n) == expected


def test_between_is_zero_on_the_day_and_negative_after_it() -> None:
    due = date(2026, 10, 8)
    assert [OCTOBER.between(day, due) for day in (date(2026, 9, 30), due, date(2026, 10, 9))] == [1, 0, -1]


def test_a_new_year_holiday_splits_31_december_from_1_january() -> None:
    calendar = Workdays(off=frozenset({date(2027, 1, 1)}), years=frozenset({2027}))
    assert calendar.between(date(2026, 12, 31), date(2027, 1, 1)) == 0
    assert calendar.add(date(2026, 12, 31), 1) == date(2027, 1, 4)


def test_years_without_holidays_are_named() -> None:
    assert OCTOBER.unknown_years(date(2026, 12, 28), date(2027, 1, 4)) == [2027]
    assert OCTOBER.unknown_years(date(2026, 10, 1), date(2026, 10, 10)) == []


@given(start=days, end=days)
def test_between_counts_what_a_walk_from_day_to_day_counts(start: date, end: date) -> None:
    low, high = min(start, end), max(start, end)
    walked = sum(OCTOBER.is_working(low + timedelta(days=n)) for n in range(1, (high - low).days + 1))
    assert OCTOBER.between(start, end) == (walked if start <= end else -walked)


@given(day=days, n=st.integers(-40, 40))
def test_between_undoes_adding_to_a_working_day(day: date, n: int) -> None:
    start = OCTOBER.add(day, 0)
    assert OCTOBER.between(start, OCTOBER.add(start, n)) == n
