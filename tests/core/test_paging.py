"""Keyset pages: nothing twice, nothing left out, and a made-up cursor only starts at the beginning."""

import base64
import json

import pytest

from core.models import Event
from core.paging import page_of
from teams.models import Area
from tests.factories.teams import AreaFactory, StreetFactory

pytestmark = pytest.mark.django_db
ORDER = ["-households", "id"]


@pytest.fixture
def areas():
    street = StreetFactory()
    return [AreaFactory(street=street, households=households) for households in (5, 3, 3, 3, 2, 1, 1)]


def walk(order, direction="next", cursor=""):
    seen = []
    while True:
        page = page_of(Area.objects.all(), order=order, cursor=cursor, size=2)
        seen.append([area.pk for area in page.rows])
        cursor = getattr(page, direction)
        if not cursor:
            return seen, page


def test_pages_hold_every_row_once_in_order(areas):
    pages, last = walk(ORDER)
    assert [pk for page in pages for pk in page] == list(Area.objects.order_by(*ORDER).values_list("pk", flat=True))
    assert last.previous


def test_walking_back_from_the_end_shows_the_same_pages(areas):
    pages, last = walk(ORDER)
    back, first = walk(ORDER, "previous", last.previous)
    assert back == list(reversed(pages[:-1]))
    assert first.previous == "" and first.next


def test_the_first_page_has_no_previous_and_a_short_list_no_next(areas):
    page = page_of(Area.objects.all(), order=ORDER, size=50)
    assert (len(page.rows), page.previous, page.next) == (7, "", "")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "====",
        base64.urlsafe_b64encode(b"[]").decode(),
        base64.urlsafe_b64encode(json.dumps([">", "many", 1]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps([">", 10**30, 1]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps([">", 1]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps([">", 3, None]).encode()).decode(),
        base64.urlsafe_b64encode(b"[" * 50_000).decode(),
    ],
)
def test_a_made_up_cursor_starts_at_the_beginning(areas, cursor):
    page = page_of(Area.objects.all(), order=ORDER, cursor=cursor, size=2)
    assert [area.households for area in page.rows] == [5, 3]


def test_one_query_a_page(areas, django_assert_num_queries):
    with django_assert_num_queries(1):
        page_of(Area.objects.all(), order=ORDER, size=2)


@pytest.mark.parametrize(
    ("model", "order", "value"),
    [
        (Area, "name", "a\0b"),
        (Area, "name", "\ud800"),
        (Event, "recorded_at", "0001-01-01T00:00:00+08:00"),
        (Event, "recorded_at", "9999-12-31T23:59:59-12:00"),
        (Event, "recorded_at", "2026-01-01T00:00:00"),
    ],
)
def test_a_cursor_the_database_cannot_take_starts_at_the_beginning(areas, model, order, value):
    made_up = base64.urlsafe_b64encode(json.dumps([">", value, 1]).encode()).decode()
    page = page_of(model.objects.all(), order=[order, "pk"], cursor=made_up, size=2)
    assert page == page_of(model.objects.all(), order=[order, "pk"], size=2)
