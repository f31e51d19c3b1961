"""Days and quarters are Shanghai's, whatever the server's zone."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from core.clock import quarter_code, quarter_of, today


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC), date(2026, 3, 31)),
        (datetime(2026, 3, 31, 16, 0, tzinfo=UTC), date(2026, 4, 1)),
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2026, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=14))), date(2026, 6, 30)),
    ],
)
def test_the_day_changes_at_midnight_in_shanghai(moment, day):
    assert today(moment) == day


@pytest.mark.parametrize(
    ("day", "quarter", "code"),
    [
        (date(2026, 1, 1), (2026, 1), "26Q1"),
        (date(2026, 3, 31), (2026, 1), "26Q1"),
        (date(2026, 10, 1), (2026, 4), "26Q4"),
        (date(2100, 12, 31), (2100, 4), "00Q4"),
    ],
)
def test_quarters_and_their_codes(day, quarter, code):
    assert quarter_of(day) == quarter
    assert quarter_code(day) == code
