"""The calendar as the database holds it."""

from datetime import date

import pytest
from django.utils import translation

from tests.factories.visits import holidays
from visits.calendar import Calendar, add_working_days, working_days, working_days_between
from visits.models import CalendarDay, DayKind

pytestmark = pytest.mark.django_db


def test_one_query_serves_a_whole_page(django_assert_num_queries) -> None:
    holidays()
    with django_assert_num_queries(1):
        calendar = Calendar.load(date(2026, 10, 1), date(2026, 10, 10))
    with django_assert_num_queries(0):
        assert calendar.add(date(2026, 9, 30), 2) == date(2026, 10, 9)


def test_rows_of_the_neighbouring_years_are_known_too() -> None:
    holidays(off=[date(2027, 1, 1)], worked=[])
    calendar = Calendar.load(date(2026, 12, 31), date(2026, 12, 31))
    assert calendar.add(date(2026, 12, 31), 1) == date(2027, 1, 4)


def test_a_year_without_rows_falls_back_to_the_week_and_says_so() -> None:
    holidays()
    calendar = Calendar.load(date(2030, 10, 1), date(2030, 10, 10))
    assert calendar.is_working(date(2030, 10, 1))
    assert calendar.unknown_years(date(2030, 10, 1), date(2030, 10, 10)) == [2030]


def test_the_edges_of_time_do_not_fail() -> None:
    assert Calendar.load(date.min, date.max).unknown_years(date(1, 1, 1), date(1, 1, 2)) == [1]


def test_days_carry_their_name_in_the_reader_s_language() -> None:
    day = date(2026, 10, 1)
    CalendarDay.objects.create(day=day, kind=DayKind.OFF, note_zh="国庆节", note_en="National Day")
    assert Calendar.load(day, day).notes == {day: "国庆节"}
    with translation.override("en"):
        assert Calendar.load(day, day).notes == {day: "National Day"}


def test_a_name_nobody_wrote_in_english_is_not_shown_in_chinese() -> None:
    day = date(2026, 10, 1)
    CalendarDay.objects.create(day=day, kind=DayKind.OFF, note_zh="国庆节")
    with translation.override("en"):
        assert Calendar.load(day, day).words(day) == "Day off"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 10, 1), "放假"),
        (date(2026, 10, 9), ""),
        (date(2026, 10, 10), "上班"),
        (date(2026, 10, 11), "周末"),
    ],
)
def test_a_weekend_is_not_called_a_public_holiday(day: date, words: str) -> None:
    holidays()
    assert Calendar.load(day, day).words(day) == words


def test_the_short_forms_agree_with_the_calendar() -> None:
    holidays()
    assert working_days(date(2026, 10, 1), date(2026, 10, 9)) == [date(2026, 10, 8), date(2026, 10, 9)]
    assert add_working_days(date(2026, 10, 1), 1) == date(2026, 10, 8)
    assert working_days_between(date(2026, 9, 30), date(2026, 10, 9)) == 2
