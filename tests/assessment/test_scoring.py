"""Points follow from facts and rules alone: worked examples, and properties that hold for any facts."""

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.rules import read_rules
from assessment.scoring import IssueFact, Share, SurveyFact, TeamFacts, VisitFact, rounded, score
from tests.factories.assessment import rules_body

RULES = read_rules(rules_body())
FULL = SurveyFact(Share(30, 30), Share(60, 60), Share(90, 90))


def line_of(facts, code):
    return next(line for line in score(facts, RULES).lines if line.code == code)


def visits(**outcomes):
    found, pk = [], 0
    for outcome, n in outcomes.items():
        for _ in range(n):
            pk += 1
            found.append(VisitFact(pk, outcome, recorded=True, came=5))
    return TeamFacts(118, visits=tuple(found))


def closed(pk, **fields):
    return IssueFact(pk, 1, ending="resolved", due=True, in_time=True, confirmed=True, **fields)


# -- Worked examples -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "points"),
    [
        ({"in_window": 4}, "16.0"),
        ({"in_window": 3, "makeup": 1}, "15.0"),
        ({"in_window": 3, "missed": 1}, "12.0"),
        ({"in_window": 3, "cancelled": 1}, "12.0"),
        ({"in_window": 3, "not_due": 1}, "16.0"),
        ({"in_window": 1, "other_kind": 9}, "16.0"),
        ({"in_window": 2, "missed": 1}, "10.7"),
        ({"missed": 4}, "0.0"),
        ({}, "16.0"),
    ],
)
def test_visits_count_by_their_window(outcomes, points):
    assert line_of(visits(**outcomes), "A1").points == Decimal(points)


@pytest.mark.parametrize(
    ("visit", "reason", "points"),
    [
        (VisitFact(1, "in_window", recorded=True, came=3), "complete", "4.0"),
        (VisitFact(1, "makeup", recorded=True, came=5), "complete", "4.0"),
        (VisitFact(1, "in_window", recorded=True, came=2), "few_came", "0.0"),
        (VisitFact(1, "in_window", recorded=False, came=5), "no_record", "0.0"),
        (VisitFact(1, "missed", recorded=False, came=0), "not_held", "0.0"),
    ],
)
def test_a_record_is_complete_when_handed_in_with_enough_members(visit, reason, points):
    line = line_of(TeamFacts(1, visits=(visit,)), "A2")
    assert (line.counted, line.points) == ({reason: (1,)}, Decimal(points))


def test_eight_of_nine_closed_gives_thirteen_point_three():
    issues = (*(closed(pk) for pk in range(1, 8)), closed(8), IssueFact(9, 1, due=True))
    line = line_of(TeamFacts(118, issues=issues), "B1")
    assert (line.numerator, line.denominator, line.points) == (8, 9, Decimal("13.3"))
    assert line.counted == {"resolved": tuple(range(1, 9)), "open": (9,)}


def test_issues_others_must_solve_never_count_for_the_team():
    others = tuple(IssueFact(pk, level, due=True) for pk, level in ((11, 2), (12, 2), (13, 3), (14, 4), (15, 0)))
    alone = score(TeamFacts(118, issues=(closed(1),)), RULES)
    beside = score(TeamFacts(118, issues=(closed(1), *others)), RULES)
    assert beside.total == alone.total
    assert line_of(TeamFacts(118, issues=others), "B1").not_counted == {
        "level_0": (15,),
        "level_2": (11, 12),
        "level_3": (13,),
        "level_4": (14,),
    }


def test_an_issue_whose_time_still_runs_waits_outside_the_base():
    line = line_of(TeamFacts(118, issues=(closed(1), IssueFact(2, 1))), "B1")
    assert (line.counted, line.not_counted, line.points) == ({"resolved": (1,)}, {"running": (2,)}, Decimal(15))


def test_what_a_ledger_does_not_tell_lowers_no_confirmation():
    from_ledger = dataclasses.replace(closed(3), confirmed=False, untold=True)
    line = line_of(TeamFacts(118, issues=(closed(1), closed(2), from_ledger)), "B3")
    assert (line.counted, line.not_counted, line.points) == ({"confirmed": (1, 2)}, {"untold": (3,)}, line.max_points)
    assert line_of(TeamFacts(118, issues=(from_ledger,)), "B1").counted == {"resolved": (3,)}


def test_late_and_unconfirmed_issues_are_named():
    late = IssueFact(1, 1, ending="explained", due=True)
    facts = TeamFacts(118, issues=(late, closed(2)))
    assert line_of(facts, "B1").counted == {"explained": (1,), "resolved": (2,)}
    assert (line_of(facts, "B2").counted, line_of(facts, "B2").points) == ({"in_time": (2,), "late": (1,)}, 5)
    assert line_of(facts, "B3").counted == {"confirmed": (2,), "unconfirmed": (1,)}


@pytest.mark.parametrize(
    ("own", "points", "basis"),
    [
        (Share(62, 68), "18.2", "own"),
        (Share(30, 30), "20.0", "own"),
        (Share(18, 20), "17.3", "shrunk"),  # (18 + 10 × 80%) ÷ 30
        (Share(10, 10), "17.3", "shrunk"),
        (Share(9, 9), "16.0", "street"),
        (None, "16.0", "street"),
    ],
)
def test_small_samples_lean_on_the_street(own, points, basis):
    facts = TeamFacts(118, survey={"C1": SurveyFact(own, Share(80, 100), None), "C2": FULL})
    line = line_of(facts, "C1")
    assert (line.points, line.working["basis"]) == (Decimal(points), basis)


def test_where_the_street_is_too_small_the_district_stands_in():
    facts = TeamFacts(118, survey={"C1": SurveyFact(None, None, Share(150, 200)), "C2": FULL})
    assert (line_of(facts, "C1").points, line_of(facts, "C1").working["basis"]) == (15, "district")


@pytest.mark.parametrize(
    ("facts", "code", "basis"),
    [
        (TeamFacts(1), "C1", "no_survey"),
        (TeamFacts(1, survey={"C1": SurveyFact(None, None, None), "C2": FULL}), "C1", "too_few"),
        (TeamFacts(1), "D1", "unrated"),
        (TeamFacts(1), "E1", "none"),
        (TeamFacts(1), "B1", "nothing"),
    ],
)
def test_a_line_without_data_says_so(facts, code, basis):
    assert line_of(facts, code).working["basis"] == basis


def test_the_total_adds_the_rounded_lines_and_finds_its_band():
    sheet = score(
        TeamFacts(
            118,
            visits=visits(in_window=3, makeup=1).visits,
            issues=(*(closed(pk) for pk in range(1, 9)), IssueFact(9, 1, due=True)),
            survey={
                "C1": SurveyFact(Share(62, 68), Share(1, 2), None),
                "C2": SurveyFact(Share(41, 52), Share(1, 2), None),
            },
            rating=Decimal("13.5"),
        ),
        RULES,
    )
    assert [str(line.points) for line in sheet.lines] == [
        "15.0",
        "4.0",
        "13.3",
        "8.9",
        "8.9",
        "18.2",
        "7.9",
        "13.5",
        "0.0",
    ]
    assert (sheet.total, sheet.band) == (Decimal("89.7"), "good")


@pytest.mark.parametrize(
    ("value", "result"), [("0.05", "0.1"), ("0.04", "0.0"), ("2.25", "2.3"), ("2.35", "2.4"), ("13.333", "13.3")]
)
def test_halves_are_rounded_up(value, result):
    assert rounded(Decimal(value)) == Decimal(result)


# -- Properties ----------------------------------------------------------------------------------

OUTCOMES = ["in_window", "makeup", "missed", "cancelled", "not_due", "other_kind"]
visit_facts = st.builds(VisitFact, st.integers(1, 10**6), st.sampled_from(OUTCOMES), st.booleans(), st.integers(0, 5))
issue_facts = st.builds(
    IssueFact,
    st.integers(1, 10**6),
    st.integers(0, 4),
    st.sampled_from(["", "resolved", "explained"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


def unique(facts):
    return tuple({fact.pk: fact for fact in facts}.values())


@st.composite
def shares(draw, most=400):
    valid = draw(st.integers(0, most))
    return Share(draw(st.integers(0, valid)), valid)


survey_facts = st.builds(SurveyFact, st.none() | shares(60), st.none() | shares(), st.none() | shares())
team_facts = st.builds(
    TeamFacts,
    st.just(1),
    st.lists(visit_facts, max_size=8).map(unique),
    st.lists(issue_facts, max_size=20).map(unique),
    st.none() | st.fixed_dictionaries({"C1": survey_facts, "C2": survey_facts}),
    st.none() | st.decimals(0, 15, places=1),
)


@given(team_facts)
def test_every_line_stays_between_nothing_and_its_maximum(facts):
    sheet = score(facts, RULES)
    for line in sheet.lines:
        assert 0 <= line.points <= line.max_points
        assert line.points == rounded(line.points)
    assert sheet.total == sum(line.points for line in sheet.lines)
    assert 0 <= sheet.total <= 100


@given(team_facts, st.randoms())
def test_the_order_of_the_facts_does_not_matter(facts, random):
    shuffled = dataclasses.replace(
        facts,
        visits=tuple(random.sample(facts.visits, len(facts.visits))),
        issues=tuple(random.sample(facts.issues, len(facts.issues))),
    )
    assert score(shuffled, RULES) == score(facts, RULES)


@given(team_facts)
def test_every_fact_is_either_counted_or_named_as_not_counted(facts):
    sheet = score(facts, RULES)
    for line in sheet.lines:
        if line.code[0] in "AB":
            expected = facts.visits if line.code[0] == "A" else facts.issues
            ids = [pk for part in (line.counted, line.not_counted) for ids in part.values() for pk in ids]
            assert sorted(ids) == sorted(fact.pk for fact in expected)


def better_visit(visit):
    """The next better thing that can become of a visit that is due."""
    if visit.outcome in ("missed", "cancelled"):
        return dataclasses.replace(visit, outcome="makeup")
    if visit.outcome == "makeup":
        return dataclasses.replace(visit, outcome="in_window")
    return dataclasses.replace(visit, recorded=True, came=5)


def better_issues(issue):
    """The ways an open issue can end: late and unconfirmed is still better than never."""
    return [
        dataclasses.replace(issue, ending=ending, in_time=issue.in_time or in_time, confirmed=confirmed)
        for ending in ("resolved", "explained")
        for in_time in (False, True)
        for confirmed in (False, True)
    ]


@given(team_facts, st.data())
def test_a_visit_that_goes_better_never_costs_points(facts, data):
    due = [visit for visit in facts.visits if visit.outcome in ("in_window", "makeup", "missed", "cancelled")]
    if not due:
        return
    chosen = data.draw(st.sampled_from(due))
    improved = tuple(better_visit(visit) if visit == chosen else visit for visit in facts.visits)
    assert score(dataclasses.replace(facts, visits=improved), RULES).total >= score(facts, RULES).total


@given(team_facts, st.data())
def test_ending_an_issue_that_is_due_never_costs_points(facts, data):
    waiting = [issue for issue in facts.issues if issue.due and not issue.ending and not issue.confirmed]
    if not waiting:
        return
    chosen = data.draw(st.sampled_from(waiting))
    ended = data.draw(st.sampled_from(better_issues(chosen)))
    improved = tuple(ended if issue == chosen else issue for issue in facts.issues)
    assert score(dataclasses.replace(facts, issues=improved), RULES).total >= score(facts, RULES).total


@given(team_facts, st.sampled_from(["C1", "C2"]))
def test_one_more_positive_answer_never_costs_points(facts, code):
    own = facts.survey and facts.survey[code].own
    if not own or own.positive == own.valid:
        return
    happier = dataclasses.replace(facts.survey[code], own=Share(own.positive + 1, own.valid))
    improved = dataclasses.replace(facts, survey=facts.survey | {code: happier})
    assert score(improved, RULES).total >= score(facts, RULES).total


@given(team_facts, st.decimals(0, 15, places=1))
def test_a_better_rating_never_costs_points(facts, rating):
    improved = dataclasses.replace(facts, rating=max(rating, facts.rating or Decimal(0)))
    assert score(improved, RULES).total >= score(facts, RULES).total
