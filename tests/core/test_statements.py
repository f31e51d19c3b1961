"""Statements answer as their queryset does, for every asking."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import Q

from core import statements
from core.statements import Statement, written
from teams.models import Area
from tests.factories.teams import AreaFactory
from visits.models import CalendarDay, DayKind

pytestmark = pytest.mark.django_db


def days(*found: date) -> None:
    CalendarDay.objects.bulk_create(CalendarDay(day=day, kind=DayKind.OFF, note_zh="50% 休") for day in found)


def test_a_statement_gives_what_the_queryset_gives() -> None:
    rows = CalendarDay.objects.filter(note_zh="50% 休", day__gte=date(2026, 1, 1)).order_by("day").values("day", "kind")
    statement = Statement(rows)
    for n in (1, 2, 3):
        days(date(2026, n, 1))
        assert statement.rows() == list(rows.all()) != []


def test_a_statement_makes_objects_with_what_belongs_to_them(django_assert_num_queries) -> None:
    area = AreaFactory()
    statement = Statement(Area.objects.filter(pk=-1).select_related("street"), blanks={-1: "area"})
    with django_assert_num_queries(1):
        (found,) = statement.rows(area=area.pk)
        assert (found, found.street) == (area, area.street)
    assert statement.rows(area=area.pk)[0] is not found


def test_tuples_and_unions_stay_what_they_are() -> None:
    days(date(2026, 1, 1))
    one, other = (CalendarDay.objects.filter(kind=kind).order_by() for kind in (DayKind.OFF, DayKind.WORK))
    assert Statement(one.values_list("day").union(other.values_list("day"))).rows() == [(date(2026, 1, 1),)]
    assert Statement(one.values_list("day", flat=True)).rows() == [date(2026, 1, 1)]


def test_blanks_are_filled_at_each_asking() -> None:
    first, second = AreaFactory(), AreaFactory()
    statement = Statement(Area.objects.filter(pk__in=[-1]).values("pk", "name"), blanks={-1: "keys"})
    for area in (first, second, first):
        assert statement.rows(keys=area.pk) == [{"pk": area.pk, "name": area.name}]
    assert {row["pk"] for row in statement.rows(keys=[first.pk, second.pk])} == {first.pk, second.pk}


def test_a_day_can_be_a_blank() -> None:
    days(*(date(2026, 1, n) for n in (1, 2, 3)))
    rows = CalendarDay.objects.filter(day__range=(date.min, date.max)).order_by("day").values_list("day", flat=True)
    statement = Statement(rows, blanks={date.min: "first", date.max: "last"})
    for n in (2, 3):
        assert statement.rows(first=date(2026, 1, n), last=date(2026, 1, 3)) == [date(2026, 1, d) for d in range(n, 4)]


def test_what_nothing_fits_asks_nothing(django_assert_num_queries) -> None:
    statement = Statement(Area.objects.filter(Q(pk__in=[])).values("pk"))
    with django_assert_num_queries(0):
        assert statement.rows() == []


def test_every_asking_is_one_query(django_assert_num_queries) -> None:
    statement = Statement(CalendarDay.objects.values("day"))
    for _time in range(3):
        with django_assert_num_queries(1):
            statement.rows()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL keeps plans")
def test_a_connection_keeps_a_limited_number_of_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST_PREPARED", 2)
    made = [Statement(CalendarDay.objects.filter(day__year=year).values("day")) for year in range(2020, 2026)]
    for _time in range(2):
        for statement in made:
            assert statement.rows() == []
    assert len(statements._prepared[connection.connection]) <= 2


def test_a_statement_is_written_once_for_its_key() -> None:
    made = [written("test", 7, make=lambda: Statement(Area.objects.values("pk"))) for _time in range(2)]
    assert made[0] is made[1]
    assert written("test", 8, make=lambda: Statement(Area.objects.values("pk"))) is not made[0]
