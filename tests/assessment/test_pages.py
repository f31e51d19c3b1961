"""The pages of surveys and scores: who reaches which, what they show, and at what cost."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessment import services
from assessment.codes import clean_code, hash_code
from assessment.models import Card, OfficeRating, RuleSet, ScoreRun, Survey
from assessment.transitions import publish_scores
from core.clock import today
from teams.models import Programme
from tests.factories.assessment import (
    AT,
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
from tests.factories.teams import AreaFactory, TeamFactory, UserFactory, pair, seat_person
from tests.factories.visits import placed_visit

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"assessment:{name}", args=args)


def client_of(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def words_of(response):
    text = re.sub(r"<[^>]*>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)


def person(district, who):
    return district[who] if who in district.people else district.own[who]


def scored(district, publish=True):
    """A scored year: the own team with visits, issues and answers; the foreign one with answers only."""
    ApprovedRuleSetFactory()
    survey = ClosedSurveyFactory()
    for side in (district.own, district.foreign):
        ballots(survey, side.area, 40)
        OfficeRatingFactory(team=side.team, points="13.5")
    placed_visit(team=district.own.team, area=district.own.area, status="closed")
    issue(district.own.team, district.own.area, ending="resolved", reaction="accepts")
    issue(district.own.team, district.own.area)
    issue(district.own.team, district.own.area, on=3)
    run = services.compute_scores(year=2026, by=district["coordinator"], at=AT)
    return publish_scores(run=run, by=district["coordinator"], at=AT) if publish else run


# -- Who reaches what ---------------------------------------------------------------------------------

EVERYBODY = [
    "coordinator",
    "official",
    "auditor",
    "lead",
    "party_delegate",
    "lawyer",
    "secretary",
    "street",
    "administrator",
]


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("factory", [SurveyFactory, OpenSurveyFactory])
def test_nobody_finds_results_before_the_close(district, who, factory):
    ballots(factory(), district.own.area, 40)
    assert client_of(person(district, who)).get(url("survey_results", 2026)).status_code in (403, 404)


@pytest.mark.parametrize("who", ["coordinator", "official", "auditor"])
def test_before_the_close_results_are_not_there_even_for_the_district(district, who):
    OpenSurveyFactory()
    assert client_of(district[who]).get(url("survey_results", 2026)).status_code == 404


def test_a_lead_cadre_and_a_secretary_read_the_results_of_their_own_area(district):
    survey = ClosedSurveyFactory()
    ballots(survey, district.own.area, 40)
    ballots(survey, district.foreign.area, 40)
    for who in ("lead", "secretary"):
        page = words_of(client_of(district.own[who]).get(url("survey_results", 2026)))
        assert ("春申坊" in page, "荷塘坊" in page, "40 answers received" in page) == (True, False, True)


@pytest.mark.parametrize(
    ("who", "status"),
    [("party_delegate", 200), ("lawyer", 200), ("street", 200), ("street_lead", 200), ("department", 403), ("pairing_unit", 403)],
)  # fmt: skip
def test_after_the_close_teams_and_streets_read_their_own_areas(district, who, status):
    survey = ClosedSurveyFactory()
    for side in (district.own, district.foreign):
        ballots(survey, side.area, 40)
    client = client_of(district.own[who])
    for name, years in (("surveys", ()), ("survey_results", (2026,))):
        assert client.get(url(name, *years)).status_code == status
    if status == 200:
        page = words_of(client.get(url("survey_results", 2026)))
        assert ("春申坊" in page, "荷塘坊" in page, "40 answers received" in page) == (True, False, True)


def test_where_an_area_is_too_few_the_street_stands_in_and_says_so(district):
    survey = ClosedSurveyFactory()
    ballots(survey, district.own.area, 6, satisfaction="1")
    ballots(survey, AreaFactory(street=district.own.street), 5, satisfaction="1")
    page = words_of(client_of(district.own["secretary"]).get(url("survey_results", 2026)))
    assert "Not shown: 6 received, fewer than 10, so nobody can be recognised. Counted in the street." in page
    assert "Instead: 春申街道" in page
    assert "11 100.0%" in page


def test_where_no_cards_were_made_it_says_that_and_not_that_nobody_answered(district):
    survey, quiet = ClosedSurveyFactory(), AreaFactory(street=district.own.street, name="静安坊")
    ballots(survey, district.own.area, 12)
    Card.objects.create(code_hash="0" * 64, survey=survey, area=quiet)
    page = words_of(client_of(district["coordinator"]).get(url("survey_results", 2026)))
    assert (page.count("No cards were made."), page.count("No answers came in.")) == (1, 0)
    street = f"{url('survey_results', 2026)}?street={district.own.street.slug}"
    page = words_of(client_of(district["coordinator"]).get(street))
    assert (page.count("No cards were made."), page.count("No answers came in.")) == (0, 1)
    page = words_of(client_of(district.foreign["secretary"]).get(url("survey_results", 2026)))
    assert "No cards were made." in page


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("coordinator", "survey_cards", 403),
        ("official", "survey_cards", 403),
        ("administrator", "survey_cards", 403),
        ("lead", "survey_cards", 403),
        ("auditor", "survey_cards", 200),
        ("auditor", "survey_cards_void", 200),
        ("coordinator", "survey_cards_void", 403),
        ("coordinator", "survey_edit", 200),
        ("auditor", "survey_edit", 403),
        ("coordinator", "survey_open", 200),
        ("auditor", "survey_open", 403),
        ("official", "survey_close", 403),
        ("coordinator", "survey", 200),
        ("official", "survey", 200),
        ("lead", "survey", 404),
        ("secretary", "survey", 404),
        ("administrator", "survey", 403),
    ],
)
def test_who_enters_the_pages_of_a_survey(district, who, name, status):
    SurveyFactory()
    assert client_of(person(district, who)).get(url(name, 2026)).status_code == status


@pytest.mark.parametrize(
    ("who", "own", "foreign"),
    [
        ("coordinator", 200, 200),
        ("official", 200, 200),
        ("auditor", 200, 200),
        ("lead", 200, 404),
        ("party_delegate", 200, 404),
        ("lawyer", 200, 404),
        ("secretary", 403, 403),
        ("street", 403, 403),
        ("administrator", 403, 403),
        ("nobody", 403, 403),
    ],
)
def test_who_reads_which_sheet_once_published(district, who, own, foreign):
    scored(district)
    client = client_of(person(district, who))
    statuses = [client.get(url("sheet", 2026, number)).status_code for number in (118, 262)]
    assert statuses == [own, foreign]


@pytest.mark.parametrize(("who", "status"), [("coordinator", 200), ("official", 200), ("auditor", 200), ("lead", 404)])
def test_before_publishing_a_team_sees_no_sheet(district, who, status):
    scored(district, publish=False)
    client = client_of(person(district, who))
    assert [client.get(address).status_code for address in (url("sheet", 2026, 118), url("scores", 2026))] == [
        status
    ] * 2


def test_after_a_new_computation_the_team_still_reads_the_published_sheet(district):
    scored(district)
    issue(district.own.team, district.own.area)
    services.compute_scores(year=2026, by=district["coordinator"], at=AT)
    assert "1 / 2 issues" in words_of(client_of(district.own["lead"]).get(url("sheet", 2026, 118)))
    assert "1 / 3 issues" in words_of(client_of(district["coordinator"]).get(url("sheet", 2026, 118)))


def test_a_programme_without_scores_has_none_of_their_pages(district):
    scored(district)
    Programme.objects.update(scores_enabled=False)
    client = client_of(district["coordinator"])
    addresses = [
        url("periods"),
        url("scores", 2026),
        url("sheet", 2026, 118),
        url("score_rules", 2026),
        url("score_ratings", 2026),
        url("score_rating", 2026, 118),
        url("score_publish", 2026),
    ]
    assert {client.get(address).status_code for address in addresses} == {404}
    assert client.post(url("score_compute", 2026)).status_code == 404
    assert client.get(url("surveys")).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "scores/2026/ratings/999/",
        "scores/1999/",
        "surveys/1999/",
        "scores/2026/rules/9/approve/",
        "scores/1999/rules/new/",
        "scores/3000/rules/new/",
        "scores/99999/rules/new/",
        f"scores/{10**20}/ratings/118/",
    ],
)
def test_what_does_not_exist_is_not_found(district, address):
    ApprovedRuleSetFactory()
    who = "official" if "approve" in address else "coordinator"
    assert client_of(district[who]).get(f"/{address}").status_code == 404


# -- The survey's way through its pages ---------------------------------------------------------------


def test_a_survey_is_prepared_on_a_form_and_opened_on_a_confirm_page(district):
    office, auditor = client_of(district["coordinator"]), client_of(district["auditor"])
    day = today(timezone.now())
    form = {"year": 2026, "title_zh": "2026年度群众测评", "title_en": "Survey 2026", "opens_on": day, "closes_on": day}
    assert office.post(url("survey_new"), form).url == url("survey", 2026)
    assert office.post(url("survey_open", 2026), {"version": 1}).status_code == 422
    made = auditor.post(url("survey_cards", 2026), {"per_area": 3, "output": "table", "version": 1})
    assert made.status_code == 200
    assert office.post(url("survey_open", 2026), {"version": 2}).url == url("survey", 2026)
    assert office.post(url("survey_close", 2026), {"version": 3}).url == url("survey_results", 2026)
    assert Survey.objects.get().status == "closed"
    assert "No results can be shown" in words_of(office.get(url("survey_results", 2026)))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"closes_on": "2026-11-01"}, "The last day cannot be before the first day."),
        ({"year": "1999"}, "2000"),
        ({"title_zh": " "}, "Please fill in: Chinese title"),
    ],
)
def test_a_survey_form_with_a_mistake_comes_back_with_what_was_typed(district, changes, sentence):
    form = {
        "year": 2026,
        "title_zh": "群众测评",
        "title_en": "A survey",
        "opens_on": "2026-11-20",
        "closes_on": "2026-12-05",
    }
    page = client_of(district["coordinator"]).post(url("survey_new"), form | changes)
    assert (page.status_code, sentence in words_of(page), "A survey" in page.content.decode()) == (422, True, True)


def test_a_survey_still_running_shows_one_number_for_the_district_and_none_by_area(district):
    survey = OpenSurveyFactory()
    for n in range(4):
        card(survey, district.own.area, "used" if n < 3 else "unused")
    page = words_of(client_of(district["coordinator"]).get(url("survey", 2026)))
    assert "Answers, whole district 3" in page
    assert "春申" not in page
    assert "3" not in words_of(client_of(district["auditor"]).get(url("survey_cards", 2026))).split("Made so far")[1]


# -- Cards ---------------------------------------------------------------------------------------------


def make(district, **form):
    survey = SurveyFactory()
    data = {"output": "table", "version": survey.version} | form
    return client_of(district["auditor"]).post(url("survey_cards", 2026), data)


def test_the_table_holds_every_code_once_with_its_qr_address(district, settings):
    settings.SITE_URL = "https://manyi.example"
    response = make(district, per_area=2)
    text = b"".join(response.streaming_content).decode().removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert [row[1] for row in rows] == ["春申坊", "春申坊", "荷塘坊", "荷塘坊"]
    assert all(row[3] == f"https://manyi.example/s/#{row[2]}" for row in rows)
    assert {hash_code(clean_code(row[2])) for row in rows} == {row.pk for row in Card.objects.all()}
    assert "no-store" in response.headers["Cache-Control"]


def test_the_sheets_hold_a_card_each_with_code_and_qr(district):
    page = make(district, per_area=3, output="sheets", street=district.own.street.pk)
    codes = re.findall(r'class="code">([0-9A-Z-]{14})<', page.content.decode())
    assert (len(codes), page.content.decode().count("<svg")) == (3, 3 + page.content.decode().count('<svg class="i'))
    assert {hash_code(clean_code(code)) for code in codes} == {row.pk for row in Card.objects.all()}


def test_a_list_of_areas_gives_each_its_number(district):
    b"".join(make(district, listed="春申坊，3\n\n荷塘坊\t1").streaming_content)
    counted = sorted(Card.objects.values_list("area__name", flat=True))
    assert counted == ["春申坊"] * 3 + ["荷塘坊"]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "how many cards each area gets"),
        ({"per_area": 0}, "greater than or equal to 1"),
        ({"per_area": 501}, "less than or equal to 500"),
        ({"listed": "没有坊,3"}, "Line 1: there is no area “没有坊”."),
        ({"listed": "春申坊,many"}, "Line 1: please give 1 to 500."),
        ({"listed": "春申坊,³"}, "Line 1: please give 1 to 500."),
        ({"listed": "春申坊,99999999999999999999"}, "Line 1: please give 1 to 500."),
        ({"per_area": 3, "output": "stone"}, "How you get them"),
    ],
)
def test_a_wish_for_cards_that_cannot_be_met_says_why(district, form, sentence):
    page = make(district, **form)
    assert (page.status_code, sentence in words_of(page), Card.objects.count()) == (422, True, 0)


def test_sending_the_wish_twice_makes_one_pile(district):
    first = make(district, per_area=2)
    b"".join(first.streaming_content)
    again = client_of(district["auditor"]).post(
        url("survey_cards", 2026), {"per_area": 2, "output": "table", "version": 1}
    )
    assert (again.status_code, Card.objects.count()) == (409, 4)


def test_cards_that_came_back_are_made_void(district):
    survey = OpenSurveyFactory()
    codes = [card(survey), card(survey), card(survey, status="used")]
    client = client_of(district["auditor"])
    page = client.post(url("survey_cards_void", 2026), {"codes": "nonsense", "version": 1})
    assert (page.status_code, "This is no code: nonsense" in words_of(page)) == (422, True)
    page = client.post(url("survey_cards_void", 2026), {"codes": "\n".join(codes), "version": 1}, follow=True)
    assert "2 cards are void now. 1 code was left as it was" in words_of(page)
    assert sorted(Card.objects.values_list("status", flat=True)) == ["used", "void", "void"]


# -- Scores ---------------------------------------------------------------------------------------------


def test_the_office_computes_and_publishes_from_the_page(district):
    scored(district, publish=False)
    client = client_of(district["coordinator"])
    assert client.post(url("score_compute", 2026)).url == url("scores", 2026)
    assert ScoreRun.objects.count() == 2
    assert "Publish the scores" in words_of(client.get(url("scores", 2026)))
    assert f"{url('score_publish', 2026)}?number=2" in client.get(url("scores", 2026)).content.decode()
    assert client.post(url("score_publish", 2026), {"number": 2}).url == url("scores", 2026)
    assert ScoreRun.objects.get(number=2).status == "published"


def test_what_is_published_is_the_computation_that_was_looked_at(district):
    scored(district, publish=False)
    client, address = client_of(district["coordinator"]), url("score_publish", 2026)
    form = client.get(f"{address}?number=1")
    assert 'name="number" value="1"' in form.content.decode()
    assert "Computation 1, data as of 15 December" in words_of(form)
    client.post(url("score_compute", 2026))
    refused = client.post(f"{address}?number=1", {"number": 1})
    assert (refused.status_code, "There is a newer computation." in words_of(refused)) == (422, True)
    assert 'name="number" value="1"' in refused.content.decode()
    for number in ({}, {"number": ""}, {"number": 9}, {"number": "1" * 40}):
        assert client.post(address, number).status_code == 404
    assert not ScoreRun.objects.published().exists()


def test_what_is_missing_stands_where_the_button_would_be(district):
    scored(district, publish=False)
    OfficeRating.objects.filter(team=district.foreign.team).delete()
    client = client_of(district["coordinator"])
    client.post(url("score_compute", 2026))
    page = words_of(client.get(url("scores", 2026)))
    assert "Teams the office has not rated yet: 1." in page
    assert "Publish the scores" not in page
    assert client.post(url("score_publish", 2026), {"number": 2}).status_code == 422


def test_computing_without_rules_gives_a_sentence(district):
    SurveyFactory()
    client = client_of(district["coordinator"])
    assert "The rules are not approved yet" in words_of(client.get(url("scores", 2026)))
    assert client.post(url("score_compute", 2026)).status_code == 422


def test_the_list_is_in_the_order_of_numbers_and_says_it_is_no_ranking(district):
    scored(district)
    page = words_of(client_of(district["official"]).get(url("scores", 2026)))
    assert page.index("Team 118") < page.index("Team 262")
    assert "Bands only, no ranking." in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [118, 262]),
        ("street=chunshen-street", [118]),
        ("number=262", [262]),
        ("band=pass", [118]),
        ("band=nonsense", [118, 262]),
        ("number=abc", [118, 262]),
        ("street=nowhere", [118, 262]),
    ],
)
def test_the_list_is_filtered_and_survives_nonsense(district, query, shown):
    scored(district)
    page = client_of(district["coordinator"]).get(f"{url('scores', 2026)}?{query}")
    assert [sheet.team.number for sheet in page.context["page"].rows] == shown


def test_a_sheet_opens_to_the_rows_behind_each_number(district):
    scored(district)
    page = client_of(district.own["lead"]).get(url("sheet", 2026, 118))
    groups = {line.indicator.code: line for group in page.context["groups"] for line in group.lines}
    line = groups["B1"]
    assert [box.value for box in line.boxes] == ["1 issue", "2 issues", "50.0%", "15 points", "7.5 points"]
    counted = {reason.words: [title for title, _url in reason.rows] for reason in line.counted}
    assert counted == {"Resolved": ["26Q4-0001 楼道灯不亮"], "Not closed yet": ["26Q4-0002 楼道灯不亮"]}
    assert {reason.words: reason.n for reason in line.not_counted} == {"Level of a district department": 1}
    assert groups["A1"].counted[0].rows[0][1] == "/visits/118-2026q4/"
    assert [box.value for box in groups["C1"].boxes] == [
        "40 answers",
        "40 answers",
        "100.0%",
        "20 points",
        "20.0 points",
    ]


def test_a_small_sample_shows_how_it_was_filled_up(district):
    ApprovedRuleSetFactory()
    survey = ClosedSurveyFactory()
    ballots(survey, district.own.area, 20)
    ballots(survey, AreaFactory(street=district.own.street), 80, satisfaction="1")
    services.compute_scores(year=2026, by=None, at=AT)
    page = client_of(district["coordinator"]).get(url("sheet", 2026, 118))
    line = next(line for group in page.context["groups"] for line in group.lines if line.indicator.code == "C1")
    assert [f"{box.sign}{box.value}" for box in line.boxes] == [
        "20 answers", "+10 × 20.0%", "÷30 answers", "=73.3%", "×20 points", "=14.7 points",
    ]  # fmt: skip
    assert line.note == "Only 20 answers: filled up to 30 with the average of the street."


def test_the_largest_losses_come_first_with_one_piece_of_advice(district):
    scored(district)
    losses = client_of(district.own["lead"]).get(url("sheet", 2026, 118)).context["losses"]
    assert [(line.indicator.code, str(line.lost)) for line, _large in losses.rows] == [
        ("B1", "7.5"), ("B2", "5.0"), ("B3", "5.0"), ("A2", "4.0"), ("D1", "1.5"),
    ]  # fmt: skip
    assert (str(losses.total), "pairing unit" in losses.advice) == ("23.0", True)


def test_last_years_total_is_shown_beside(district):
    scored(district)
    before = ScoreRun.objects.create(
        year=2025,
        number=1,
        rule_set=ApprovedRuleSetFactory(year=2025),
        as_of=AT.date() - timedelta(days=365),
        computed_at=AT,
        digest="0" * 64,
        status="published",
        published_by=district["coordinator"],
        published_at=AT,
    )
    before.sheets.create(team=district.own.team, total="86.2", band="good")
    assert "last year 86.2" in words_of(client_of(district.own["lead"]).get(url("sheet", 2026, 118)))


def test_a_team_finds_its_sheets_by_year(district):
    scored(district)
    page = words_of(client_of(district.own["lawyer"]).get(url("periods")))
    assert ("Team 118: 77.0 points" in page, "Team 262" in page) == (True, False)


# -- Rules and ratings ------------------------------------------------------------------------------------


def test_two_people_of_the_leading_group_approve_from_the_page(district):
    RuleSetFactory(created_by=district["coordinator"])
    first, second = client_of(district["official"]), client_of(district["official2"])
    approve = url("score_rule_set_approve", 2026, 1)
    assert "Approve this version" in words_of(first.get(url("score_rules", 2026)))
    assert first.post(approve).url == url("score_rules", 2026)
    assert "Approve this version" not in words_of(first.get(url("score_rules", 2026)))
    assert first.post(approve).status_code == 403
    assert second.post(approve).url == url("score_rules", 2026)
    assert RuleSet.objects.get().status == "approved"
    assert client_of(district["coordinator"]).post(approve).status_code == 403


def test_the_office_writes_a_new_version_by_changing_points(district):
    RuleSetFactory(created_by=district["coordinator"])
    client = client_of(district["coordinator"])
    points = {entry["code"]: entry["max"] for entry in rules_body()["indicators"]}
    page = client.post(url("score_rules_new", 2026), points | {"A1": "15"})
    assert (page.status_code, "add up to 99" in words_of(page)) == (422, True)
    assert client.post(url("score_rules_new", 2026), points | {"A1": "15.5", "A2": "4.5"}).status_code == 302
    newest = RuleSet.objects.get(number=2)
    assert {code: newest.rules.by_code[code].max_points for code in ("A1", "A2")} == {"A1": 15.5, "A2": 4.5}
    assert newest.body["indicators"][0]["max"] == "15.5"


@pytest.mark.parametrize(("d1", "total"), [(5, "90"), (25, "110")])
def test_a_total_that_is_wrong_is_told_in_figures_as_people_write_them(district, d1, total):
    RuleSetFactory()
    points = {entry["code"]: entry["max"] for entry in rules_body()["indicators"]}
    page = client_of(district["coordinator"]).post(url("score_rules_new", 2026), points | {"D1": d1})
    assert f"The points add up to {total}; they must add up to 100." in words_of(page)


def test_ten_points_at_most_are_told_as_ten(district):
    body = rules_body()
    body["indicators"][7]["max"], body["indicators"][0]["max"] = 10, 21
    ApprovedRuleSetFactory(body=body)
    client = client_of(district["coordinator"])
    assert "0 to 10, in steps" in words_of(client.get(url("score_rating", 2026, 118)))
    page = client.post(url("score_rating", 2026, 118), {"points": "11", "reason": "准备充分"})
    assert "Please give 0 to 10 points." in words_of(page)


def test_no_rules_are_written_for_a_year_nobody_means(district):
    RuleSetFactory()
    points = {entry["code"]: entry["max"] for entry in rules_body()["indicators"]}
    client = client_of(district["coordinator"])
    assert {client.post(url("score_rules_new", year), points).status_code for year in (1999, 2100, 99999)} == {404}


def test_points_left_as_they_are_make_no_version_and_it_says_so(district):
    RuleSetFactory(created_by=district["coordinator"])
    points = {entry["code"]: entry["max"] for entry in rules_body()["indicators"]}
    page = client_of(district["coordinator"]).post(url("score_rules_new", 2026), points)
    assert page.status_code == 422
    assert "Nothing was written: Appraisal rules 2026, version 1 has exactly these points." in words_of(page)
    assert RuleSet.objects.count() == 1


def test_points_of_an_earlier_version_may_be_taken_up_again(district):
    RuleSetFactory(created_by=district["coordinator"])
    points = {entry["code"]: entry["max"] for entry in rules_body()["indicators"]}
    first, second = list(points)[:2]
    moved = points | {first: points[first] + 1, second: points[second] - 1}
    client = client_of(district["coordinator"])
    assert [client.post(url("score_rules_new", 2026), each).status_code for each in (moved, points)] == [302, 302]
    seals = list(RuleSet.objects.order_by("number").values_list("number", "sha256"))
    assert [number for number, _seal in seals] == [1, 2, 3]
    assert seals[0][1] == seals[2][1] != seals[1][1]


def test_next_years_rules_begin_as_this_years(district):
    ApprovedRuleSetFactory()
    points = {entry["code"]: entry["max"] for entry in rules_body()["indicators"]}
    client_of(district["coordinator"]).post(url("score_rules_new", 2027), points)
    assert RuleSet.objects.get(year=2027).sha256 == RuleSet.objects.get(year=2026).sha256


def test_teams_read_approved_rules_only(district):
    RuleSetFactory(created_by=district["coordinator"])
    lead = client_of(district.own["lead"])
    assert lead.get(url("score_rules", 2026)).status_code == 404
    ApprovedRuleSetFactory(number=2, body=rules_body(small_sample={"shown_from": 10, "full_from": 40}))
    page = words_of(lead.get(url("score_rules", 2026)))
    assert ("Version 2" in page, "Version 1" in page) == (True, False)


def test_a_rating_is_given_and_changed_on_its_form(district):
    ApprovedRuleSetFactory()
    client, address = client_of(district["coordinator"]), url("score_rating", 2026, 118)
    page = client.post(address, {"points": "15.5", "reason": "准备充分"})
    assert (page.status_code, "Please give 0 to 15 points." in words_of(page)) == (422, True)
    assert client.post(address, {"points": "13.5", "reason": ""}).status_code == 422
    assert client.post(address, {"points": "13.5", "reason": "准备充分"}).url == url("score_ratings", 2026)
    assert client.post(address, {"points": "12", "reason": "准备充分", "version": 1}).status_code == 302
    assert client.post(address, {"points": "11", "reason": "准备充分", "version": 1}).status_code == 409
    page = client.get(f"{url('score_ratings', 2026)}?rated=missing")
    assert [team.number for team in page.context["page"].rows] == [262]
    assert "1 of 2 teams rated" in words_of(page)


# -- Cost ---------------------------------------------------------------------------------------------


def more_teams(district, n):
    for _ in range(n):
        team, area = TeamFactory(), AreaFactory(street=district.own.street)
        pair(team, area)
        seat_person(team, "lead", UserFactory())
        ballots(Survey.objects.get(year=2026), area, 12)
        OfficeRatingFactory(team=team)


@pytest.mark.parametrize(
    "address",
    ["/surveys/", "/surveys/2026/", "/surveys/2026/results/", "/surveys/2026/results/?street=chunshen-street", "/scores/", "/scores/2026/", "/scores/2026/118/", "/scores/2026/rules/", "/scores/2026/ratings/"],
)  # fmt: skip
def test_a_page_costs_the_same_queries_for_few_and_for_many(district, django_assert_max_num_queries, address):
    scored(district)
    client = client_of(district["coordinator"])
    client.get(address)
    with django_assert_max_num_queries(25) as few:
        assert client.get(address).status_code == 200
    more_teams(district, 4)
    for _ in range(5):
        issue(district.own.team, district.own.area)
    publish_scores(
        run=services.compute_scores(year=2026, by=district["coordinator"], at=AT), by=district["coordinator"], at=AT
    )
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert client.get(address).status_code == 200
