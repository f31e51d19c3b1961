"""What an auditor and an operator run from the terminal."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from assessment.models import ScoreLine, ScoreRun
from core.events import append
from core.models import Event
from tests.factories.assessment import AT, ApprovedRuleSetFactory, OpenSurveyFactory, ballots, card
from tests.factories.teams import AreaFactory, TeamFactory

pytestmark = pytest.mark.django_db


def run(*words):
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def survey_with(used, unused, void, answers):
    survey, area = OpenSurveyFactory(), AreaFactory()
    for status, n in (("used", used), ("unused", unused), ("void", void)):
        for _ in range(n):
            card(survey, area, status)
    ballots(survey, area, answers)
    append(survey, "cards_made", by=None, at=AT, payload={"cards": used + unused + void, "by_area": {}})
    return survey


def test_a_survey_whose_books_balance():
    survey_with(3, 2, 1, 3)
    assert run("verify_survey", "2026").splitlines()[1:] == [
        "cards   6 = 3 used + 2 unused + 1 void",
        "answers 3",
        "The books balance.",
    ]


def test_an_answer_without_a_card_is_reported():
    survey_with(3, 2, 1, 4)
    with pytest.raises(CommandError, match="3 cards are used, 4 answers are stored"):
        run("verify_survey", "2026")


def test_a_year_without_survey_is_said():
    with pytest.raises(CommandError, match="no survey for 1999"):
        run("verify_survey", "1999")


def test_scores_are_computed_by_the_operator_without_a_person():
    ApprovedRuleSetFactory()
    TeamFactory()
    assert ": 1 teams, digest" in run("compute_scores", "2026")
    assert ScoreRun.objects.get().computed_by is None
    assert Event.objects.get(verb="computed").actor_name == ""
    with pytest.raises(CommandError, match="not approved"):
        run("compute_scores", "2030")


def test_a_touched_score_is_found():
    ApprovedRuleSetFactory()
    TeamFactory()
    run("compute_scores", "2026")
    assert "unchanged" in run("verify_scores", "2026")
    ScoreLine.objects.filter(indicator="A1").update(points="0.0")
    with pytest.raises(CommandError, match="changed since it was computed: 1"):
        run("verify_scores", "2026")
