"""Rules approved by two, surveys opened and closed in their time, scores computed, sealed and published."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from assessment import services
from assessment.models import RuleSet, RuleSetStatus, RunStatus, ScoreLine, ScoreRun, ScoreSheet, Survey, SurveyStatus
from assessment.rules import seal_of
from assessment.transitions import RULE_SET, RUN, SURVEY, approve_rule_set, close_survey, open_survey, publish_scores
from core.events import history_of
from core.refusals import Conflict, RuleBroken
from notifications.models import Message
from tests.factories.assessment import (
    AT,
    CLOSES,
    OPENS,
    ApprovedRuleSetFactory,
    ClosedSurveyFactory,
    OfficeRatingFactory,
    OpenSurveyFactory,
    RuleSetFactory,
    SurveyFactory,
    ballots,
    card,
    issue,
    rules_body,
)
from tests.factories.teams import TeamFactory
from tests.factories.visits import placed_visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_2026")]
LAST_YEAR = datetime(2025, 12, 10, 2, 0, tzinfo=UTC)
WORDS = {"title_zh": "2026年度群众测评", "title_en": "Survey 2026", "opens_on": OPENS, "closes_on": CLOSES}


def at_noon(day):
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


# -- Rules ---------------------------------------------------------------------------------------------


def load(district, **changes):
    return services.load_rule_set(year=2026, body=rules_body(**changes), by=district["coordinator"], at=LAST_YEAR)


def test_a_rule_set_is_loaded_once_however_often(district):
    first = load(district)
    assert (first.number, first.status, first.sha256) == (1, RuleSetStatus.DRAFT, load(district).sha256)
    assert RuleSet.objects.count() == 1
    second = load(district, small_sample={"shown_from": 10, "full_from": 40})
    assert (second.number, second.sha256 != first.sha256) == (2, True)


def test_the_operators_command_loads_without_a_person():
    assert services.load_rule_set(year=2026, body=rules_body(), at=LAST_YEAR).created_by is None


def test_bad_rules_are_refused_with_the_place(district):
    with pytest.raises(RuleBroken, match="small_sample"):
        load(district, small_sample={})


def test_two_others_approve_before_rules_are_in_force(district):
    rules = load(district)
    with pytest.raises(RuleBroken):
        approve_rule_set(rule_set=rules, by=district["coordinator"], at=LAST_YEAR)
    rules = approve_rule_set(rule_set=rules, by=district["official"], at=LAST_YEAR)
    assert rules.status == RuleSetStatus.DRAFT
    with pytest.raises(RuleBroken, match="second person"):
        approve_rule_set(rule_set=rules, by=district["official"], at=LAST_YEAR)
    rules = approve_rule_set(rule_set=rules, by=district["official2"], at=LAST_YEAR)
    assert (rules.status, rules.first_by, rules.second_by) == ("approved", district["official"], district["official2"])
    assert [event.verb for event in history_of(rules)] == ["approved", "approved_first", "created"]


@pytest.mark.parametrize("who", ["auditor", "administrator", "organ"])
def test_others_cannot_approve(district, who):
    with pytest.raises(PermissionDenied):
        approve_rule_set(rule_set=load(district), by=district[who], at=LAST_YEAR)


@pytest.mark.parametrize(
    "fields",
    [
        lambda author, other: {"first_by": author, "first_at": LAST_YEAR},
        lambda author, other: {"first_by": other, "first_at": LAST_YEAR, "second_by": author, "second_at": LAST_YEAR},
        lambda author, other: {"first_by": other, "first_at": LAST_YEAR, "second_by": other, "second_at": LAST_YEAR},
        lambda author, other: {"second_by": other, "second_at": LAST_YEAR},
        lambda author, other: {"status": "approved"},
    ],
)
def test_the_database_too_wants_two_others(district, fields):
    rules = load(district)
    wrong = fields(district["coordinator"], district["official"])
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSet.objects.filter(pk=rules.pk).update(**wrong)


@pytest.mark.parametrize("changes", [{"body": {"x": 1}}, {"sha256": "0" * 64}, {"year": 2027}, {"number": 9}])
def test_the_text_of_a_rule_set_never_changes(changes):
    rules = RuleSetFactory()
    with pytest.raises(DatabaseError, match="write a new version"), transaction.atomic():
        RuleSet.objects.filter(pk=rules.pk).update(**changes)


def test_nothing_of_approved_rules_changes():
    rules = ApprovedRuleSetFactory()
    with pytest.raises(DatabaseError, match="write a new version"), transaction.atomic():
        RuleSet.objects.filter(pk=rules.pk).update(status="draft")


@pytest.mark.parametrize("known", [lambda: ClosedSurveyFactory(), lambda: run_of_2026()])
def test_no_new_rules_once_results_are_known(district, known):
    waiting = RuleSetFactory(number=7, body=rules_body(small_sample={"shown_from": 12, "full_from": 30}))
    known()
    with pytest.raises(RuleBroken, match="later year"):
        load(district, small_sample={"shown_from": 10, "full_from": 40})
    with pytest.raises(RuleBroken, match="later year"):
        approve_rule_set(rule_set=waiting, by=district["official"], at=AT)


def run_of_2026(**fields):
    return ScoreRun.objects.create(
        year=2026,
        number=1,
        rule_set=ApprovedRuleSetFactory(),
        as_of=AT.date(),
        computed_at=AT,
        digest="0" * 64,
        **fields,
    )


# -- The survey -----------------------------------------------------------------------------------------


def test_a_survey_is_made_once_a_year_with_its_own_questions(district):
    survey = services.create_survey(year=2026, by=district["coordinator"], at=AT, **WORDS)
    assert [question["code"] for question in survey.questions] == ["satisfaction", "listened", "aware", "remarks"]
    with pytest.raises(RuleBroken, match="this year already"):
        services.create_survey(year=2026, by=district["coordinator"], at=AT, **WORDS)


@pytest.mark.parametrize("who", ["official", "auditor", "administrator"])
def test_only_the_coordinator_prepares_a_survey(district, who):
    with pytest.raises(PermissionDenied):
        services.create_survey(year=2026, by=district[who], at=AT, **WORDS)


def test_days_may_change_until_the_opening(district):
    survey, coordinator = SurveyFactory(), district["coordinator"]
    changed = WORDS | {"closes_on": CLOSES + timedelta(days=3)}
    survey = services.edit_survey(survey=survey, by=coordinator, at=AT, version=1, **changed)
    assert (survey.closes_on, survey.version) == (CLOSES + timedelta(days=3), 2)
    with pytest.raises(Conflict):
        services.edit_survey(survey=survey, by=coordinator, at=AT, version=1, **changed)
    with pytest.raises(RuleBroken, match="before the first"):
        services.edit_survey(
            survey=survey, by=coordinator, at=AT, version=2, **(WORDS | {"closes_on": date(2026, 1, 1)})
        )
    Survey.objects.update(status="open")
    with pytest.raises(RuleBroken, match="no longer be changed"):
        services.edit_survey(survey=survey, by=coordinator, at=AT, version=2, **changed)


def test_opening_needs_cards_and_seals_their_list(district):
    survey = SurveyFactory()
    with pytest.raises(RuleBroken, match="no cards"):
        open_survey(survey=survey, by=district["coordinator"], at=at_noon(OPENS))
    card(survey, district.own.area)
    survey = open_survey(survey=survey, by=district["coordinator"], at=at_noon(OPENS))
    opened = history_of(survey).get(verb="opened").payload
    assert (survey.status, opened["issued"], opened["areas"], len(opened["cards"])) == ("open", 1, 1, 64)


def test_a_survey_whose_days_are_over_is_not_opened(district):
    survey = SurveyFactory()
    card(survey)
    with pytest.raises(RuleBroken, match="over"):
        open_survey(survey=survey, by=district["coordinator"], at=at_noon(CLOSES + timedelta(days=1)))


def test_closing_waits_for_the_day_residents_were_told(district):
    survey = OpenSurveyFactory()
    with pytest.raises(RuleBroken, match="until Sat 5 December\\. "):
        close_survey(survey=survey, by=district["coordinator"], at=at_noon(CLOSES - timedelta(days=1)))
    ballots(survey, district.own.area, 12, remarks="楼道灯不亮")
    survey = close_survey(survey=survey, by=district["coordinator"], at=at_noon(CLOSES))
    assert (survey.status, survey.closed_by) == (SurveyStatus.CLOSED, district["coordinator"])
    options = {"satisfaction": {"5": 12}, "listened": {"yes": 12}, "aware": {"known": 12}}
    assert survey.tallies == {str(district.own.area.pk): {"n": 12, "options": options}}
    assert history_of(survey).get(verb="closed").payload == {"answers": 12, "results": seal_of(survey.tallies)}


MOVES = {"open": open_survey, "close": close_survey}


@pytest.mark.parametrize("status", SurveyStatus.values)
@pytest.mark.parametrize("move", [transition.name for transition in SURVEY])
def test_every_other_move_of_a_survey_is_refused(district, status, move):
    survey = SurveyFactory()
    Survey.objects.filter(pk=survey.pk).update(status=status)
    card(survey)
    if status in SURVEY.find(move).sources:
        MOVES[move](survey=survey, by=district["coordinator"], at=at_noon(CLOSES))
    else:
        with pytest.raises(RuleBroken, match="is not possible"):
            MOVES[move](survey=survey, by=district["coordinator"], at=at_noon(CLOSES))


@pytest.mark.parametrize("who", ["official", "auditor", "administrator"])
def test_only_the_coordinator_moves_a_survey(district, who):
    with pytest.raises(PermissionDenied):
        close_survey(survey=OpenSurveyFactory(), by=district[who], at=at_noon(CLOSES))


def test_each_status_has_one_table():
    moves = [(move.name, sorted(move.sources), move.target) for machine in (SURVEY, RULE_SET, RUN) for move in machine]
    assert moves == [
        ("open", ["draft"], "open"),
        ("close", ["open"], "closed"),
        ("approve", ["draft"], "approved"),
        ("publish", ["computed"], "published"),
    ]


# -- The office's rating --------------------------------------------------------------------------------


def rate(district, points="13.5", reason="准备充分", **fields):
    return services.rate_team(
        year=2026,
        team=district.own.team,
        points=Decimal(points),
        reason=reason,
        by=district["coordinator"],
        at=AT,
        **fields,
    )


def test_the_office_gives_points_with_a_reason_and_may_change_them(district):
    ApprovedRuleSetFactory()
    rating = rate(district)
    assert (rating.points, rating.reason, rating.by) == (Decimal("13.5"), "准备充分", district["coordinator"])
    changed = rate(district, "12", "两次交办偏慢", version=1)
    assert (changed.pk, changed.points, changed.version) == (rating.pk, 12, 2)
    assert [event.payload["points"] for event in history_of(rating)] == ["12", "13.5"]
    with pytest.raises(Conflict):
        rate(district, version=1)


@pytest.mark.parametrize(("points", "reason"), [("15.1", "x"), ("-0.1", "x"), ("15", " ")])
def test_points_out_of_range_or_without_reason_are_refused(district, points, reason):
    ApprovedRuleSetFactory()
    with pytest.raises(RuleBroken):
        rate(district, points, reason)


def test_without_rules_there_is_nothing_to_rate(district):
    with pytest.raises(RuleBroken, match="no rating"):
        rate(district)


def test_only_the_office_rates(district):
    ApprovedRuleSetFactory()
    with pytest.raises(PermissionDenied):
        services.rate_team(
            year=2026, team=district.own.team, points=Decimal(15), reason="x", by=district.own["lead"], at=AT
        )


# -- Computing and publishing ------------------------------------------------------------------------------


def a_year(district, rated=True):
    """Something of everything for the own team; the foreign one only has its survey and rating."""
    ApprovedRuleSetFactory()
    survey = ClosedSurveyFactory()
    for side in (district.own, district.foreign):
        ballots(survey, side.area, 40)
        if rated:
            OfficeRatingFactory(team=side.team, points="13.5")
    placed_visit(team=district.own.team, area=district.own.area, status="closed")
    issue(district.own.team, district.own.area, ending="resolved", reaction="accepts")
    issue(district.own.team, district.own.area)
    return survey


def compute(district, at=AT):
    return services.compute_scores(year=2026, by=district["coordinator"], at=at)


def test_computing_needs_approved_rules(district):
    RuleSetFactory()
    with pytest.raises(RuleBroken, match="not approved"):
        compute(district)


def test_a_run_holds_a_sheet_a_team_and_a_line_an_indicator(district):
    a_year(district)
    run = compute(district)
    assert (run.number, run.status, run.as_of) == (1, RunStatus.COMPUTED, date(2026, 12, 15))
    assert ScoreSheet.objects.filter(run=run).count() == 2
    sheet = run.sheets.get(team=district.own.team)
    points = {line.indicator: str(line.points) for line in sheet.lines.all()}
    assert points == {
        "A1": "16.0", "A2": "0.0", "B1": "7.5", "B2": "5.0", "B3": "5.0", "C1": "20.0", "C2": "10.0", "D1": "13.5", "E1": "0.0",
    }  # fmt: skip
    assert (sheet.total, sheet.band) == (Decimal("77.0"), "pass")


def test_the_same_facts_give_the_same_digest(district):
    a_year(district)
    first, second = compute(district), compute(district)
    assert (second.number, second.digest) == (2, first.digest)
    assert services.stored_digest(first) == first.digest
    issue(district.own.team, district.own.area)
    assert compute(district).digest != first.digest


@pytest.mark.parametrize(
    "touch",
    [
        lambda run: ScoreSheet.objects.filter(run=run).update(total=Decimal("99.9")),
        lambda run: ScoreSheet.objects.filter(run=run).update(band="excellent"),
        lambda run: ScoreLine.objects.filter(sheet__run=run, indicator="B1").update(points=Decimal(15)),
        lambda run: ScoreLine.objects.filter(sheet__run=run, indicator="B1").update(counted={}),
        lambda run: ScoreLine.objects.filter(sheet__run=run, indicator="E1").delete(),
        lambda run: ScoreRun.objects.filter(pk=run.pk).update(as_of=date(2026, 12, 1)),
    ],
)
def test_a_touched_row_breaks_the_seal(district, touch):
    a_year(district)
    run = compute(district)
    touch(run)
    run.refresh_from_db()
    assert services.stored_digest(run) != run.digest


@pytest.mark.parametrize("who", ["official", "auditor", "administrator"])
def test_only_the_office_computes_and_publishes(district, who):
    a_year(district)
    run = compute(district)
    with pytest.raises(PermissionDenied):
        services.compute_scores(year=2026, by=district[who], at=AT)
    with pytest.raises(PermissionDenied):
        publish_scores(run=run, by=district[who], at=AT)


def test_publishing_tells_each_lead_cadre_about_the_own_sheet(district):
    a_year(district)
    run = publish_scores(run=compute(district), by=district["coordinator"], at=AT)
    assert (run.status, run.published_by) == (RunStatus.PUBLISHED, district["coordinator"])
    told = {message.recipient: message.url for message in Message.objects.filter(kind="score-published")}
    assert told == {district.own["lead"]: "/scores/2026/118/", district.foreign["lead"]: "/scores/2026/262/"}
    with pytest.raises(RuleBroken, match="is not possible"):
        publish_scores(run=run, by=district["coordinator"], at=AT)


def test_a_run_that_lacks_something_is_not_published(district):
    a_year(district, rated=False)
    OfficeRatingFactory(team=district.own.team)
    run = compute(district)
    with pytest.raises(RuleBroken, match="not rated yet: 1"):
        publish_scores(run=run, by=district["coordinator"], at=AT)
    OfficeRatingFactory(team=district.foreign.team)
    with pytest.raises(RuleBroken, match="compute the scores again"):
        publish_scores(run=run, by=district["coordinator"], at=AT)
    newer = compute(district)
    with pytest.raises(RuleBroken, match="newer computation"):
        publish_scores(run=run, by=district["coordinator"], at=AT)
    publish_scores(run=newer, by=district["coordinator"], at=AT)


def test_without_a_closed_survey_nothing_is_published(district):
    survey = a_year(district)
    Survey.objects.filter(pk=survey.pk).update(status="open")
    with pytest.raises(RuleBroken, match="survey was not closed"):
        publish_scores(run=compute(district), by=district["coordinator"], at=AT)


def test_scoring_all_teams_costs_the_same_queries_for_two_and_for_six(district, django_assert_max_num_queries):
    a_year(district)
    with django_assert_max_num_queries(40) as first:
        compute(district)
    for _ in range(4):
        TeamFactory()
    with django_assert_max_num_queries(len(first.captured_queries)):
        compute(district)
