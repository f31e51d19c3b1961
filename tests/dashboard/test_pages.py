"""The pages of the overview: who may see them, what they cost, what they say and what they hide."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.ballots import accept_ballot
from assessment.cards import make_cards
from assessment.services import create_survey
from assessment.transitions import close_survey, open_survey
from core.clock import today
from dashboard import satisfaction
from dashboard.figures import Slice
from dashboard.findings import stuck_streets
from dashboard.quarters import year_of
from dashboard.tallies import Tally
from dashboard.trend import trend_chart
from issues.models import IssueStatus
from tests.dashboard.conftest import NOW, SUBMITTED, Busy, SignIn
from tests.dashboard.pages import links_of
from tests.factories.assessment import ClosedSurveyFactory, answers, ballots
from tests.factories.issues import CategoryFactory, Journey
from tests.people import District, build_side

COUNTED_PAGES = ["", "streets/chunshen-street/", "streets/chunshen-street/?area=chunshen"]


@pytest.mark.parametrize("path", ["", "streets/chunshen-street/"])
@pytest.mark.parametrize("who", ["coordinator", "official", "auditor"])
def test_those_who_look_at_the_whole_district_see_its_figures(busy: Busy, sign_in: SignIn, who: str, path: str) -> None:
    assert sign_in(busy.district[who]).get(busy.address + path).status_code == 200


@pytest.mark.parametrize("who", ["lead", "secretary", "street", "department_lead"])
def test_others_see_no_figures_of_the_district(busy: Busy, sign_in: SignIn, who: str) -> None:
    assert sign_in(busy.district.own[who]).get(busy.address).status_code == 403


def test_the_short_address_leads_to_this_quarter(district: District, sign_in: SignIn) -> None:
    answer = sign_in(district["official"]).get("/dashboards/")
    assert answer.url == f"/dashboards/{today(NOW).year}q{(today(NOW).month - 1) // 3 + 1}/"


@pytest.mark.parametrize("path", ["2026q5/", "1999q1/", "2026q4/streets/nowhere/", "2026q4/streets/hetang-unit/", "x/"])
def test_an_address_that_names_nothing_is_not_found(district: District, sign_in: SignIn, path: str) -> None:
    assert sign_in(district["official"]).get(f"/dashboards/{path}").status_code == 404


@pytest.mark.parametrize("quarter", ["2000q1", "2099q4"])
def test_a_quarter_without_anything_says_so(district: District, sign_in: SignIn, quarter: str) -> None:
    page = sign_in(district["official"]).get(f"/dashboards/{quarter}/").content.decode()
    assert "There is nothing in this quarter yet" in page


@pytest.mark.parametrize("path", COUNTED_PAGES)
def test_a_page_costs_the_same_however_much_there_is(busy: Busy, sign_in: SignIn, path: str) -> None:
    official = sign_in(busy.district["official"])
    official.get("/indicators/")  # what is kept for a minute is kept now
    before = queries_of(lambda: official.get(busy.address + path))
    third = build_side("梧桐", 300, "wutong", "区教育局", "区水务局")
    busy.district.own, own = third, busy.district.own
    journey = Journey(busy.district, at=SUBMITTED)
    for code in ("noise", "dogs", "water"):
        journey.to(IssueStatus.IN_PROGRESS, category=CategoryFactory(code=code, name_zh=code, name_en=code))
    busy.district.own = own
    assert queries_of(lambda: official.get(busy.address + path)) == before
    assert before <= 24


def queries_of(ask: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert ask().status_code == 200
    return len(queries)


# -- What it says ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "streets/chunshen-street/", "streets/hetang-street/"])
def test_a_page_is_kept_until_something_changes_and_no_longer(busy: Busy, sign_in: SignIn, path: str) -> None:
    official = sign_in(busy.district["official"])

    def received() -> int:
        page = official.get(busy.address + path).content.decode()
        return next(link.count for link in links_of(page) if link.url.endswith("&view=all"))

    first = official.get(busy.address + path)
    assert queries_of(lambda: official.get(busy.address + path)) <= 6
    before = received()
    Journey(busy.district, "foreign" if "hetang" in path else "own", at=SUBMITTED).submitted()
    assert received() == before + 1
    assert first.status_code == 200


def test_what_is_kept_in_one_language_is_not_shown_in_another(busy: Busy, sign_in: SignIn) -> None:
    official = sign_in(busy.district["official"])
    assert "Streets and towns" in official.get(busy.address).content.decode()
    chinese = official.get(busy.address, headers={"accept-language": "zh-hans"}).content.decode()
    assert "Streets and towns" not in chinese


def test_the_findings_name_the_street_that_holds_most_of_what_is_overdue(busy: Busy, sign_in: SignIn) -> None:
    page = sign_in(busy.district["official"]).get(busy.address).content.decode()
    assert "1</b> of 2 visits were held." in page
    assert "of them in 春申街道." in page


def street(name: str, overdue: int) -> Slice:
    return Slice(name, name, Tally(open=9, overdue=overdue))


def test_one_street_is_named_when_it_holds_half_two_when_they_do_together_none_when_it_is_spread() -> None:
    assert [row.name for row in stuck_streets([street("a", 5), street("b", 3)], 10)] == ["a"]
    assert [row.name for row in stuck_streets([street("a", 4), street("b", 2), street("c", 2)], 10)] == ["a", "b"]
    assert stuck_streets([street("a", 2), street("b", 2)], 10) == []
    assert stuck_streets([street("a", 0)], 0) == []


def test_the_worst_street_is_open_in_place_and_another_can_be_asked_for(busy: Busy, sign_in: SignIn) -> None:
    official = sign_in(busy.district["official"])

    def opened(query: str) -> list[str]:
        page = official.get(busy.address + query).content.decode()
        return [name for name in ("chunshen", "hetang") if f'/streets/{name}-street/"' in page]

    assert opened("") == ["chunshen"]
    assert opened("?open=hetang-street") == ["hetang"]
    assert opened("?open=-") == []
    assert opened("?open=%27%22%3Cb%3E") == []


def test_opening_a_street_in_place_answers_the_table_alone(busy: Busy, sign_in: SignIn) -> None:
    headers = {"HX-Request": "true", "HX-Target": "streets"}
    answer = sign_in(busy.district["official"]).get(f"{busy.address}?open=hetang-street", headers=headers)
    page = answer.content.decode()
    assert page.lstrip().startswith('<section class="card" id="streets">')
    assert "<html" not in page


def test_the_longest_overdue_stand_first_with_who_has_them(busy: Busy, sign_in: SignIn) -> None:
    context = sign_in(busy.district["official"]).get(busy.address).context
    days = [delay.issue.due_on for delay in context["overdue"].first]
    assert days == sorted(days) and len(days) == 3
    assert context["overdue"].count == context["figures"].district.tally.overdue


# -- A street -------------------------------------------------------------------------------------


def test_an_area_says_why_it_stands_in_the_list(busy: Busy, sign_in: SignIn) -> None:
    context = sign_in(busy.district["official"]).get(f"{busy.address}streets/hetang-street/").context
    (row,) = context["rows"]
    assert row.why == "1 overdue; not visited in the window"
    assert row.team == busy.district.foreign.team
    assert row.secretary == busy.district.foreign["secretary"]


def test_only_areas_that_need_attention_are_shown_until_all_are_asked_for(busy: Busy, sign_in: SignIn) -> None:
    quiet = build_side("静安", 301, "jingan", "区统计局", "区税务局").area
    quiet.street = busy.district.own.street
    quiet.save()
    official = sign_in(busy.district["official"])
    address = f"{busy.address}streets/chunshen-street/"
    assert [row.slice.key for row in official.get(address).context["shown"]] == ["chunshen"]
    assert len(official.get(f"{address}?show=all").context["shown"]) == 2
    assert official.get(f"{address}?area=jingan").context["closely"].row.slice.key == "jingan"
    assert official.get(f"{address}?area=nowhere").context["closely"].row.slice.key == "chunshen"


def test_a_street_nobody_raised_anything_in_still_has_a_page(district: District, sign_in: SignIn) -> None:
    page = sign_in(district["official"]).get("/dashboards/2031q1/streets/chunshen-street/")
    assert page.status_code == 200
    assert len(page.context["shown"]) == 1


# -- Satisfaction ---------------------------------------------------------------------------------


def test_satisfaction_is_shown_once_the_survey_of_the_year_has_closed(busy: Busy, sign_in: SignIn) -> None:
    """By the services alone: cards are made and used, and only closing the survey lets its answers be read."""
    office, official = busy.district["coordinator"], sign_in(busy.district["official"])
    first, last = today(NOW), today(NOW) + timedelta(days=7)
    survey = create_survey(
        year=year_of(busy.quarter),
        title_zh="测评",
        title_en="Survey",
        opens_on=first,
        closes_on=last,
        by=office,
        at=NOW,
    )
    cards = make_cards(survey=survey, wanted={busy.district.own.area: 14}, by=busy.district["auditor"], at=NOW)
    survey = open_survey(survey=survey, by=office, at=NOW)
    for n, card in enumerate(cards[:12]):
        accept_ballot(code=card.code, answers=answers("5" if n < 9 else "2"), day=first)

    while_open = official.get(busy.address)
    assert while_open.context["satisfaction"] is None
    assert "residents are satisfied" not in while_open.content.decode()

    close_survey(survey=survey, by=office, at=NOW + timedelta(days=7))
    closed = official.get(busy.address)
    overall = closed.context["satisfaction"].overall
    assert (overall.good, overall.n) == (9, 12)
    assert "75.0% of 12 residents are satisfied" in closed.content.decode()


def test_fewer_than_ten_answers_are_never_shown(busy: Busy, sign_in: SignIn) -> None:
    ballots(ClosedSurveyFactory(year=year_of(busy.quarter)), busy.district.own.area, 9)
    assert sign_in(busy.district["official"]).get(busy.address).context["satisfaction"] is None


def test_the_shares_are_those_of_the_surveys_own_page(busy: Busy, sign_in: SignIn) -> None:
    year = year_of(busy.quarter)
    survey = ClosedSurveyFactory(year=year)
    ballots(survey, busy.district.own.area, 17)
    ballots(survey, busy.district.foreign.area, 14, satisfaction="3", aware="unknown")
    found = satisfaction.of_year(year)
    page = sign_in(busy.district["official"]).get(f"/surveys/{year}/results/").context
    by_street = {row.name: row.shares[0][1] for row in page["streets"] if row.shares}
    sides = (busy.district.own, busy.district.foreign)
    assert found is not None
    assert {side.street.name: found.streets[side.street.pk].rate for side in sides} == by_street
    shares = [part["options"][0]["share"] for part in page["parts"] if len(part["options"]) < 5]
    assert [aspect.share.rate for aspect in found.aspects[1:]] == shares


def test_a_closed_survey_is_counted_once(busy: Busy, django_assert_num_queries: Any) -> None:
    year = year_of(busy.quarter)
    ballots(ClosedSurveyFactory(year=year), busy.district.own.area, 12)
    satisfaction.of_year(year)
    with django_assert_num_queries(1):
        assert satisfaction.of_year(year).overall.n == 12  # type: ignore[union-attr]
    caches["default"].clear()
    with django_assert_num_queries(2):
        satisfaction.of_year(year)


# -- The line of two years ----------------------------------------------------------------------


def test_the_quarter_under_way_is_drawn_apart() -> None:
    trend = [
        ("26Q1", Tally(resolved=7, open=3)),
        ("26Q2", Tally(resolved=8, open=2)),
        ("26Q3", Tally(resolved=1, open=9)),
    ]
    chart, finished = trend_chart(trend, "26Q3"), trend_chart(trend, "26Q4")
    assert chart is not None and finished is not None
    assert [len(line.points.split()) for line in chart.lines] == [2, 2]
    assert all(line.unsure for line in chart.lines)
    assert [len(line.points.split()) for line in finished.lines] == [3, 3]
    assert finished.lines[0].last == "10.0%"


def test_one_quarter_makes_no_line() -> None:
    assert trend_chart([("26Q1", Tally(resolved=7)), ("26Q2", Tally())], "26Q2") is None


def test_values_at_the_ends_of_two_lines_do_not_cover_each_other() -> None:
    chart = trend_chart([("26Q1", Tally(resolved=7, open=3)), ("26Q2", Tally(resolved=70, explained=1, open=29))], "")
    assert chart is not None
    upper, lower = chart.lines
    assert lower.at[1] - upper.at[1] >= 13


def test_every_link_of_the_page_leads_somewhere(busy: Busy, sign_in: SignIn) -> None:
    official = sign_in(busy.district["official"])
    for page in (busy.address, f"{busy.address}streets/chunshen-street/", "/indicators/"):
        for url in {link.url for link in links_of(official.get(page).content.decode())}:
            address = url if url.startswith("/") else f"{page}{url}"
            assert official.get(address).status_code == 200, f"{url} on {page}"
