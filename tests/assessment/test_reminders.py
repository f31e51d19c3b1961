"""The survey is called to mind while residents can still answer."""

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse

from assessment.reminders import taking_answers
from core.clock import SHANGHAI
from notifications.sources import Ask
from tests.factories.assessment import CLOSES, ClosedSurveyFactory, OpenSurveyFactory, SurveyFactory

pytestmark = pytest.mark.django_db


def called_to_mind(day):
    return list(taking_answers(Ask(datetime.combine(day, time(9), tzinfo=SHANGHAI))))


def test_a_survey_is_called_to_mind_until_its_last_day_even_when_it_is_closed_late():
    OpenSurveyFactory()
    assert [len(called_to_mind(CLOSES + timedelta(days=n))) for n in (0, 1)] == [1, 0]


def test_only_a_survey_that_takes_answers_is_called_to_mind():
    SurveyFactory(year=2026)
    ClosedSurveyFactory(year=2025)
    assert called_to_mind(CLOSES) == []


def test_it_leads_to_the_page_on_which_residents_answer():
    OpenSurveyFactory()
    assert called_to_mind(CLOSES)[0].url == reverse("assessment:card")
