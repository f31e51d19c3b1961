"""The facts of a score are what visits, issues and the closed survey say on that day."""

from datetime import date, timedelta

import pytest

from assessment.facts import facts_of
from assessment.rules import read_rules
from assessment.scoring import IssueFact, Share, SurveyFact, VisitFact
from tests.factories.assessment import (
    ClosedSurveyFactory,
    OfficeRatingFactory,
    OpenSurveyFactory,
    ballots,
    issue,
    rules_body,
)
from tests.factories.teams import AreaFactory, StreetFactory, TeamFactory, UserFactory, pair
from tests.factories.visits import (
    OpenRoundFactory,
    RoundFactory,
    VisitFactory,
    VisitKindFactory,
    placed_visit,
    shanghai,
)
from visits.models import Attendance, Visit

pytestmark = pytest.mark.django_db
RULES = read_rules(rules_body())
AS_OF = date(2026, 12, 15)
IN_WINDOW, OUTSIDE = date(2026, 10, 9), date(2026, 10, 14)


@pytest.fixture
def team():
    team = TeamFactory(number=118)
    pair(team, AreaFactory())
    return team


def area_of(team):
    return team.pairings.earliest("pk").area


def facts(team, as_of=AS_OF):
    return next(found for found in facts_of(2026, as_of, RULES) if found.team == team.pk)


# -- Visits ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "day", "as_of", "outcome"),
    [
        ("closed", IN_WINDOW, AS_OF, "in_window"),
        ("held", date(2026, 10, 1), AS_OF, "in_window"),
        ("recorded", date(2026, 10, 10), AS_OF, "in_window"),
        ("closed", OUTSIDE, AS_OF, "makeup"),
        ("announced", OUTSIDE, AS_OF, "missed"),
        ("announced", OUTSIDE, OUTSIDE, "not_due"),
        ("announced", IN_WINDOW, IN_WINDOW, "not_due"),
        ("announced", IN_WINDOW, date(2026, 10, 11), "missed"),
        ("unscheduled", None, date(2026, 10, 10), "not_due"),
        ("unscheduled", None, date(2026, 10, 11), "missed"),
        ("cancelled", None, date(2026, 10, 10), "not_due"),
        ("cancelled", IN_WINDOW, AS_OF, "cancelled"),
        ("closed", OUTSIDE, date(2026, 10, 10), "not_due"),
    ],
)
def test_what_has_become_of_a_visit(team, status, day, as_of, outcome):
    fields = {"team": team, "area": area_of(team)}
    visit = placed_visit(day=day, status=status, **fields) if day else VisitFactory(status=status, **fields)
    assert [(found.pk, found.outcome) for found in facts(team, as_of).visits] == [(visit.pk, outcome)]


def test_a_round_that_is_still_prepared_asks_for_nothing(team):
    VisitFactory(team=team, area=area_of(team), round=RoundFactory())
    assert facts(team).visits[0].outcome == "not_due"


def test_visits_outside_the_rounds_are_another_kind(team):
    topical = VisitKindFactory(code="topical", name_zh="专题走访", name_en="Topical visit", in_round=False)
    placed_visit(team=team, area=area_of(team), status="closed", round=None, kind=topical, code="118-topical-1")
    assert facts(team).visits[0].outcome == "other_kind"


def test_record_and_members_are_read_from_the_visit(team):
    visit = placed_visit(team=team, area=area_of(team), status="recorded")
    Visit.objects.filter(pk=visit.pk).update(
        recorded_at=shanghai(2026, 10, 10), recorded_by=visit_member(visit, team, 3)
    )
    assert facts(team).visits == (VisitFact(visit.pk, "in_window", recorded=True, came=3),)
    assert facts(team, IN_WINDOW).visits[0].recorded is False


def visit_member(visit, team, came):
    person = UserFactory()
    for position, seat in enumerate(team.seats.all()):
        Attendance.objects.create(visit=visit, seat=seat, user=person, came=position < came)
    return person


def test_another_years_visits_and_issues_stay_there(team):
    last_year = OpenRoundFactory(year=2025, quarter=4, window_start=date(2025, 10, 1), window_end=date(2025, 10, 10))
    placed_visit(team=team, area=area_of(team), status="closed", day=date(2025, 10, 9), round=last_year)
    found = issue(team, area_of(team), ending="resolved")
    type(found).objects.filter(pk=found.pk).update(quarter="25Q4")
    assert (facts(team).visits, facts(team).issues) == ((), ())


# -- Issues ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"ending": "resolved", "answered_on": date(2026, 10, 20), "reaction": "accepts"},
            {"ending": "resolved", "due": True, "in_time": True, "confirmed": True},
        ),
        (
            {"ending": "explained", "answered_on": date(2026, 11, 1), "reaction": "understands"},
            {"ending": "explained", "due": True, "in_time": True, "confirmed": True},
        ),
        (
            {"ending": "resolved", "answered_on": date(2026, 11, 2), "reaction": "unreachable"},
            {"ending": "resolved", "due": True, "in_time": False},
        ),
        (  # as a ledger brings it in: closed, and no word of the resident's
            {"ending": "resolved", "answered_on": date(2026, 10, 20)},
            {"ending": "resolved", "due": True, "in_time": True, "untold": True},
        ),
        ({}, {"due": True}),
        ({"due_on": AS_OF}, {"due": False}),
        ({"due_on": AS_OF - timedelta(days=1)}, {"due": True}),
        ({"ending": "resolved", "answered_on": AS_OF + timedelta(days=1)}, {"due": True}),
        ({"answered_on": date(2026, 10, 20)}, {"due": True, "in_time": True}),
    ],
)
def test_what_has_become_of_an_issue(team, fields, expected):
    found = issue(team, area_of(team), **fields)
    assert facts(team).issues == (IssueFact(found.pk, 1, **expected),)


def test_the_level_decides_and_none_is_zero(team):
    for on in (1, 2, 3, 4, None):
        issue(team, area_of(team), on=on)
    assert [found.level for found in facts(team).issues] == [1, 2, 3, 4, 0]


def test_the_residents_last_word_counts(team):
    found = issue(team, area_of(team), ending="resolved", reaction="objects")
    found.feedback.create(told="反映人", channel="电话", told_on=AS_OF, reaction="accepts", at=shanghai(2026, 12, 1))
    assert facts(team).issues[0].confirmed is True


def test_an_issue_submitted_later_is_not_known_yet(team):
    issue(team, area_of(team), raised_on=AS_OF)
    assert facts(team).issues == ()


# -- The survey, the office ------------------------------------------------------------------------------


def test_an_open_survey_gives_no_facts(team):
    ballots(OpenSurveyFactory(), area_of(team), 40)
    assert facts(team).survey is None


def test_shares_come_from_published_results_only(team):
    street = StreetFactory()
    small, cover = AreaFactory(street=street), AreaFactory(street=street)
    pair(team, small)
    survey = ClosedSurveyFactory()
    ballots(survey, area_of(team), 20, satisfaction="4")
    ballots(survey, area_of(team), 10, satisfaction="2", aware="absent")
    ballots(survey, small, 9, satisfaction="1")
    ballots(survey, cover, 11)
    found = facts(team).survey
    assert found["C1"].own == Share(20, 30)
    assert found["C1"].street == Share(20 + 11, 30 + 11)  # both streets; the nine are in no number
    assert found["C1"].district == Share(31, 41)
    assert found["C2"].own == Share(20, 20)


def test_a_team_without_published_area_has_no_share_of_its_own(team):
    survey = ClosedSurveyFactory()
    ballots(survey, area_of(team), 6)
    ballots(survey, AreaFactory(), 40)
    assert facts(team).survey["C1"] == SurveyFact(None, None, Share(40, 40))


def test_the_offices_points_are_read(team):
    OfficeRatingFactory(team=team, points="13.5")
    OfficeRatingFactory(team=team, points="2", year=2025)
    assert str(facts(team).rating) == "13.5"


def test_all_teams_cost_the_same_queries(django_assert_num_queries):
    def build(n):
        for _ in range(n):
            team = TeamFactory()
            pair(team, AreaFactory())
            placed_visit(team=team, area=area_of(team), status="closed")
            issue(team, area_of(team), ending="resolved", reaction="accepts")
            ballots(survey, area_of(team), 12)

    survey = ClosedSurveyFactory()
    build(1)
    with django_assert_num_queries(7):
        assert len(facts_of(2026, AS_OF, RULES)) == 1
    build(3)
    with django_assert_num_queries(7):
        assert len(facts_of(2026, AS_OF, RULES)) == 4


def test_inactive_teams_are_not_scored(team):
    TeamFactory(number=7, is_active=False)
    assert [found.team for found in facts_of(2026, AS_OF, RULES)] == [team.pk]
