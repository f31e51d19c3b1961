"""Two clerks of the office at one form: nobody's work is written over, and nobody sees a page of errors."""

import pytest
from django.test import Client
from django.urls import reverse

from assessment import services
from assessment.models import OfficeRating, RuleSet, Survey
from core.events import history_of, verify
from core.refusals import RuleBroken
from tests.at_once import at_once
from tests.factories.assessment import AT, CLOSES, OPENS, ApprovedRuleSetFactory, RuleSetFactory, rules_body
from tests.people import build_district

pytestmark = pytest.mark.django_db(transaction=True)
CLERKS = 6


@pytest.fixture
def district():
    """The district, committed, so that other connections see it."""
    return build_district()


def types_of(act):
    return sorted(type(outcome).__name__ for outcome in at_once(CLERKS, act))


def test_of_several_first_ratings_of_a_team_at_once_one_stays(district):
    ApprovedRuleSetFactory()
    team, office = district.own.team, district["coordinator"]

    def rate(n):
        return services.rate_team(year=2026, team=team, points=n, reason=f"第{n}人", by=office, at=AT, version=None)

    assert types_of(rate) == ["Conflict"] * (CLERKS - 1) + ["OfficeRating"]
    rating = OfficeRating.objects.get()
    assert (rating.version, history_of(rating).count()) == (1, 1)
    assert verify() is None


def test_of_several_surveys_of_a_year_at_once_one_is_prepared(district):
    words = {"title_zh": "群众测评", "title_en": "A survey", "opens_on": OPENS, "closes_on": CLOSES}

    def prepare(_n):
        return services.create_survey(year=2026, **words, by=district["coordinator"], at=AT)

    assert types_of(prepare) == ["RuleBroken"] * (CLERKS - 1) + ["Survey"]
    assert history_of(Survey.objects.get()).count() == 1
    assert verify() is None


def test_versions_of_the_rules_written_at_once_have_a_number_each_or_are_refused(district):
    RuleSetFactory()

    def write(n):
        body = rules_body(small_sample={"shown_from": 10, "full_from": 40 + n})
        return services.write_rule_set(year=2026, body=body, by=district["coordinator"], at=AT)

    outcomes = at_once(CLERKS, write)
    written = [outcome.number for outcome in outcomes if isinstance(outcome, RuleSet)]
    assert sorted(written) == list(range(2, 2 + len(written)))
    assert written
    assert len(written) + sum(isinstance(outcome, RuleBroken) for outcome in outcomes) == CLERKS
    assert verify() is None


def test_a_form_opened_before_the_first_rating_does_not_write_over_it(district):
    """Both clerks opened the form of a team nobody had rated: it carries no version."""
    ApprovedRuleSetFactory()
    office = Client(headers={"accept-language": "en"})
    office.force_login(district["coordinator"])
    address = reverse("assessment:score_rating", args=[2026, 118])
    sent = [office.post(address, {"points": n, "reason": f"第{n}人", "version": ""}).status_code for n in (1, 2)]
    assert sent == [302, 409]
    assert OfficeRating.objects.get().reason == "第1人"
