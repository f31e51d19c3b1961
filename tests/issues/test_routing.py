"""Until when an issue is to be answered: no database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.routing import (
    Entry,
    Limits,
    accept_days,
    answer_days,
    deadlines,
    next_level,
)
from visits.workdays import Workdays

LIMITS = {1: Limits(3, 10, 5), 2: Limits(3, 15, 10), 3: Limits(4, 30, 15), 4: Limits(5, 60, 20)}
HOUSING = Entry(ordinary=20, complex=40)
OCTOBER = Workdays(off=frozenset(date(2026, 10, day) for day in range(1, 8)), worked=frozenset({date(2026, 10, 10)}))
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(("level", "days"), [(1, 10), (2, 15), (4, 60)])
def test_days_follow_the_level(level: int, days: int) -> None:
    assert answer_days(level, LIMITS, HOUSING) == days


def test_department_works_to_the_responsibility_list() -> None:
    assert answer_days(3, LIMITS, HOUSING) == 20
    assert answer_days(3, LIMITS, HOUSING, is_complex=True) == 40


def test_department_without_an_entry_has_the_level_s_days() -> None:
    assert answer_days(3, LIMITS, None, is_complex=True) == 30


def test_not_knowing_the_level_gains_no_time() -> None:
    assert answer_days(0, LIMITS) == 10
    assert accept_days(0, LIMITS) == 3


def test_holidays_do_not_count() -> None:
    # Submitted on Wednesday before the holiday week; Saturday the 10th is worked.
    due = deadlines(submitted_on=date(2026, 9, 30), assigned_on=date(2026, 9, 30), days=10, accept=3, workdays=OCTOBER)
    assert (due.accept_by, due.due_on) == (date(2026, 10, 10), date(2026, 10, 20))


def test_an_extension_counts_from_submission_too() -> None:
    plain = deadlines(
        submitted_on=date(2026, 11, 2), assigned_on=date(2026, 11, 2), days=15, accept=3, workdays=Workdays()
    )
    longer = deadlines(
        submitted_on=date(2026, 11, 2),
        assigned_on=date(2026, 11, 20),
        days=15,
        accept=3,
        workdays=Workdays(),
        extension=10,
    )
    assert (plain.due_on, longer.due_on) == (date(2026, 11, 23), date(2026, 12, 7))


@given(submitted=DAYS, later=st.integers(0, 90), days=st.integers(1, 60), accept=st.integers(1, 5))
def test_whenever_a_desk_gets_it_the_answer_is_due_on_the_same_day(
    submitted: date, later: int, days: int, accept: int
) -> None:
    at_once = deadlines(submitted_on=submitted, assigned_on=submitted, days=days, accept=accept, workdays=OCTOBER)
    passed_on = deadlines(
        submitted_on=submitted,
        assigned_on=submitted + timedelta(days=later),
        days=days,
        accept=accept,
        workdays=OCTOBER,
    )
    assert passed_on.due_on == at_once.due_on
    assert passed_on.accept_by <= passed_on.due_on


def test_escalation_goes_one_level_up_and_ends_at_the_district() -> None:
    assert [next_level(level) for level in (0, 1, 2, 3, 4)] == [None, 2, 3, 4, None]
