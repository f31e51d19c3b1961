"""Figures of a quarter: what is counted, what is compared, and that every number is the length of its list."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.clock import today
from dashboard import charts, figures
from dashboard.figures import at_the_same_point
from dashboard.quarters import first_day, in_short, in_words, quarter_before, quarters_up_to
from dashboard.tallies import Progress, Tally, median
from issues.models import Issue
from tests.dashboard.conftest import NOW, SUBMITTED, Busy, SignIn
from tests.dashboard.pages import length_of_list, links_of
from tests.factories.issues import CategoryFactory

DAY = today(NOW)


# -- Pure -----------------------------------------------------------------------------------------


def test_a_tally_keeps_the_two_endings_apart() -> None:
    tally = Tally.of({"resolved": 6, "explained": 2, "in_progress": 1, "assigned": 1}, overdue=1)
    assert (tally.received, tally.closed, tally.open, tally.in_time) == (10, 8, 2, 1)
    assert (tally.resolved_rate, tally.closed_rate) == (Decimal("0.6"), Decimal("0.8"))


def test_a_rate_of_nothing_is_no_zero() -> None:
    assert Tally().resolved_rate is None


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ({}, (None, 0)),
        ({7: 1}, (7, 1)),
        ({1: 1, 9: 1}, (1, 2)),
        ({1: 2, 5: 1, 9: 3}, (5, 6)),
        ({1: 1, 5: 1, 9: 1}, (5, 3)),
    ],
)
def test_the_median_of_a_histogram_is_its_lower_middle(days: dict[int, int], found: tuple[int | None, int]) -> None:
    assert median(days) == found


def test_residents_at_a_visit_are_the_mean_of_visits_that_were_held() -> None:
    progress = Progress()
    progress.add("closed", 2, 55)
    progress.add("scheduled", 3, 0)
    assert (progress.visits, progress.done, progress.placed, progress.mean_residents) == (5, 2, 3, 28)
    assert Progress().mean_residents is None


def test_quarters_go_back_over_the_year() -> None:
    assert quarters_up_to("26Q2", 4) == ["25Q3", "25Q4", "26Q1", "26Q2"]
    assert quarter_before("26Q1") == "25Q4"
    assert first_day("26Q4").isoformat() == "2026-10-01"


def test_quarters_are_written_out(settings: object) -> None:
    assert in_words("26Q4") != "26Q4"
    assert "26" in in_short("26Q4")


# -- Counted --------------------------------------------------------------------------------------


def test_the_district_is_the_sum_of_its_parts(busy: Busy) -> None:
    found = figures.of_quarter(busy.quarter, DAY)
    total = found.district.tally
    assert total.received == len(busy.issues)
    for rows in (found.levels, found.categories, found.streets):
        assert sum(row.tally.received for row in rows) == total.received
        assert sum(row.tally.overdue for row in rows) == total.overdue
    assert total.overdue == Issue.objects.overdue(DAY).count() > 0
    assert total.in_time > 0


def test_issues_without_a_level_are_a_row_of_their_own(busy: Busy) -> None:
    rows = {row.key: row.tally.received for row in figures.of_quarter(busy.quarter, DAY).levels}
    waiting = Issue.objects.submitted().filter(level__isnull=True).count()
    assert rows["-"] == waiting > 0


def test_visits_of_the_round_are_counted_by_street(busy: Busy) -> None:
    found = figures.of_quarter(busy.quarter, DAY)
    by_street = {row.key: (row.progress.done, row.progress.visits) for row in found.streets}
    assert by_street == {"chunshen-street": (1, 1), "hetang-street": (0, 1)}
    assert found.district.progress.residents == 27


def test_streets_that_need_attention_come_first(busy: Busy) -> None:
    streets = figures.of_quarter(busy.quarter, DAY).streets
    assert [row.tally.overdue for row in streets] == sorted((row.tally.overdue for row in streets), reverse=True)
    assert streets[0].key == "chunshen-street"


def test_a_street_without_issues_needs_no_attention(busy: Busy) -> None:
    quiet = figures.Slice("a", "a", Tally(), busy.district.own.street)
    solved = figures.Slice("b", "b", Tally(resolved=3), busy.district.own.street)
    stuck = figures.Slice("c", "c", Tally(open=3), busy.district.own.street)
    late = figures.Slice("d", "d", Tally(resolved=9, open=1, overdue=1), busy.district.own.street)
    assert figures.by_attention([quiet, solved, stuck, late]) == [late, stuck, solved, quiet]


def test_another_quarter_is_empty(busy: Busy) -> None:
    found = figures.of_quarter(quarter_before(busy.quarter), DAY)
    assert (found.district.tally.received, found.district.progress.visits, found.trend) == (0, 0, [])


# -- At the same point of the quarter before ----------------------------------------------------


def test_the_quarter_before_is_taken_at_the_same_point(busy: Busy) -> None:
    since = today(SUBMITTED) - first_day(busy.quarter)
    before_anything = at_the_same_point(busy.quarter, since - timedelta(days=1))
    that_day = at_the_same_point(busy.quarter, since)
    long_after = at_the_same_point(busy.quarter, DAY - first_day(busy.quarter))
    now = figures.of_quarter(busy.quarter, DAY).district.tally
    assert before_anything is None
    assert that_day is not None and (that_day.received, that_day.overdue) == (now.received, 0)
    assert long_after == now


# -- Every number is the length of its list ------------------------------------------------------


def test_every_number_of_every_slice_is_the_length_of_its_list(busy: Busy, sign_in: SignIn) -> None:
    official = sign_in(busy.district["official"])
    found = figures.of_quarter(busy.quarter, DAY)
    of_street = figures.of_street(busy.quarter, busy.district.own.street, DAY)
    rows = [
        *charts.rows(busy.quarter, found.levels, "level"),
        *charts.rows(busy.quarter, found.categories, "category"),
        *charts.rows(busy.quarter, found.streets, "street"),
        *charts.rows(busy.quarter, [found.district], "street"),
        *charts.rows(busy.quarter, of_street.areas, "area", street="chunshen-street"),
        *charts.rows(busy.quarter, of_street.categories, "category", street="chunshen-street"),
    ]
    for row in rows:
        for what in ("received", "resolved", "explained", "closed", "open", "in_time", "overdue"):
            url = getattr(row.links, what)
            assert length_of_list(official, url) == getattr(row.slice.tally, what), f"{row.slice.name}: {url}"


def test_visits_held_are_the_length_of_their_list(busy: Busy, sign_in: SignIn) -> None:
    official = sign_in(busy.district["official"])
    for row in charts.rows(busy.quarter, figures.of_quarter(busy.quarter, DAY).streets, "street"):
        assert length_of_list(official, row.links.held) == row.slice.progress.done


@pytest.mark.parametrize("path", ["", "streets/chunshen-street/", "streets/chunshen-street/?show=all"])
def test_every_number_on_the_page_is_the_length_of_the_list_it_opens(busy: Busy, sign_in: SignIn, path: str) -> None:
    """Whole numbers are counts of what their link opens, in the text of a link as in the name of a bar's part."""
    official = sign_in(busy.district["official"])
    answer = official.get(busy.address + path)
    assert answer.status_code == 200
    followed = 0
    for link in links_of(answer.content.decode()):
        if link.count is not None and link.url.startswith(("/issues/?", "/visits/?")):
            assert length_of_list(official, link.url) == link.count, f"{link.text} at {link.url}"
            followed += 1
    assert followed > 3


def test_a_category_that_is_no_longer_offered_still_opens_its_list(busy: Busy, sign_in: SignIn) -> None:
    gone = CategoryFactory(code="trees")
    gone.is_active = False
    gone.save()
    row = next(row for row in figures.of_quarter(busy.quarter, DAY).categories if row.key == "trees")
    url = charts.rows(busy.quarter, [row], "category")[0].links.received
    assert length_of_list(sign_in(busy.district["official"]), url) == row.tally.received > 0
