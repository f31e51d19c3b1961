"""One card, one answer, and nothing that leads from one to the other."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models import ForeignKey

from assessment.ballots import CardRefused, accept_ballot, shuffle, verify
from assessment.codes import hash_code, new_code
from assessment.models import Ballot, Card, CardStatus
from assessment.transitions import close_survey
from core.models import Event, SubmittedForm
from tests.at_once import at_once, together
from tests.factories.assessment import (
    AT,
    CLOSES,
    OPENS,
    ClosedSurveyFactory,
    OpenSurveyFactory,
    SurveyFactory,
    answers,
    ballots,
    card,
)
from tests.factories.teams import AreaFactory, UserFactory

DAY = date(2026, 11, 25)
CARDS = 40


def field_names(model):
    return {field.name for field in model._meta.get_fields() if field.concrete}


def reason_of(code, day=DAY):
    with pytest.raises(CardRefused) as refused:
        accept_ballot(code=code, answers=answers(), day=day)
    return refused.value.reason


@pytest.mark.django_db
def test_an_answer_burns_its_card():
    survey, area = OpenSurveyFactory(), AreaFactory()
    code = card(survey, area)
    accept_ballot(code=code, answers=answers("2"), day=DAY)
    assert Card.objects.get().status == CardStatus.USED
    ballot = Ballot.objects.get()
    assert (ballot.survey, ballot.area, ballot.answers["satisfaction"]) == (survey, area, "2")
    assert reason_of(code) == "used"
    assert Ballot.objects.count() == 1


@pytest.mark.django_db
def test_wrong_void_early_and_late_cards_are_told_apart():
    survey = OpenSurveyFactory()
    assert reason_of(new_code()) == "unknown"
    assert reason_of(card(survey, status="void")) == "unknown"
    assert reason_of(card(survey), OPENS - timedelta(days=1)) == "early"
    assert reason_of(card(survey), CLOSES + timedelta(days=1)) == "closed"
    assert reason_of(card(SurveyFactory(year=2027))) == "early"
    assert reason_of(card(ClosedSurveyFactory(year=2025))) == "closed"
    assert not Ballot.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("day", [OPENS, CLOSES])
def test_the_first_and_the_last_day_count(day):
    accept_ballot(code=card(OpenSurveyFactory()), answers=answers(), day=day)
    assert Ballot.objects.count() == 1


# -- Unlinkable ------------------------------------------------------------------------------------


def test_card_and_answer_share_survey_and_area_and_nothing_else():
    assert field_names(Card) & field_names(Ballot) == {"survey", "area"}
    assert field_names(Card) == {"code_hash", "survey", "area", "status"}
    assert field_names(Ballot) == {"id", "survey", "area", "answers"}


def test_neither_points_at_the_other_nor_at_a_person():
    for model in (Card, Ballot):
        targets = {field.related_model.__name__ for field in model._meta.get_fields() if isinstance(field, ForeignKey)}
        assert targets == {"Survey", "Area"}


@pytest.mark.django_db
def test_an_answer_leaves_no_row_with_a_time():
    code = card(OpenSurveyFactory())
    before = Event.objects.count()
    accept_ballot(code=code, answers=answers(), day=DAY)
    assert Event.objects.count() == before
    assert not SubmittedForm.objects.exists()


@pytest.mark.django_db
def test_closing_puts_the_answers_into_another_order():
    survey, area = OpenSurveyFactory(), AreaFactory()
    arrived = [Ballot.objects.create(survey=survey, area=area, answers=answers(remarks=str(n))).pk for n in range(60)]
    assert shuffle(survey) == 60
    lying = [row.pk for row in Ballot.objects.raw("SELECT * FROM assessment_ballot")]
    assert lying != arrived
    assert sorted(lying) == sorted(arrived)
    assert {row.answers["remarks"] for row in Ballot.objects.all()} == {str(n) for n in range(60)}


@pytest.mark.django_db
def test_guessing_the_answer_by_order_is_no_better_than_chance():
    """Somebody with the whole database who saw in which order the cards were used."""
    survey, area = OpenSurveyFactory(), AreaFactory()
    used = []
    for n in range(200):
        code = card(survey, area)
        accept_ballot(code=code, answers=answers(remarks=code), day=DAY)
        used.append((hash_code(code), code, n))
    shuffle(survey)
    lying = [row.answers["remarks"] for row in Ballot.objects.raw("SELECT * FROM assessment_ballot")]
    hits = sum(code == lying[n] for _hash, code, n in used)
    assert hits <= 6  # expected 1; more than 6 by chance once in 10,000 runs


# -- Races --------------------------------------------------------------------------------------------


def read_then_write(code, both_have_read):
    """What the burn must not be: look whether the card is unused, then save it as used."""
    found = Card.objects.get(pk=hash_code(code))
    both_have_read.wait()
    if found.status == CardStatus.UNUSED:
        with transaction.atomic():
            found.status = CardStatus.USED
            found.save()
            Ballot.objects.create(survey_id=found.survey_id, area_id=found.area_id, answers=answers())


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_with_one_card_leave_one_answer():
    code = card(OpenSurveyFactory())
    outcomes = at_once(50, lambda n: accept_ballot(code=code, answers=answers(), day=DAY))
    assert Ballot.objects.count() == 1
    assert outcomes.count(None) == 1
    assert {refused.reason for refused in outcomes if refused} == {"used"}


@pytest.mark.django_db(transaction=True)
def test_reading_before_writing_lets_more_than_one_through():
    code = card(OpenSurveyFactory())
    gate = together(10)
    at_once(10, lambda n: read_then_write(code, gate))
    assert Ballot.objects.count() > 1


@pytest.mark.django_db(transaction=True)
def test_many_cards_at_once_all_count():
    survey = OpenSurveyFactory()
    codes = [card(survey) for _ in range(CARDS)]
    outcomes = at_once(CARDS, lambda n: accept_ballot(code=codes[n], answers=answers(), day=DAY))
    assert outcomes == [None] * CARDS
    assert verify(survey).counts.used == verify(survey).ballots == CARDS


@pytest.mark.django_db(transaction=True)
def test_answers_that_come_while_the_survey_closes_are_in_or_refused_but_never_lost(monkeypatch):
    survey = OpenSurveyFactory()
    codes = [card(survey) for _ in range(20)]
    monkeypatch.setattr("assessment.transitions.policies.may", lambda *args: True)
    closer = UserFactory()
    closing = AT.replace(day=5)

    def act(n):
        if n == 10:
            close_survey(survey=survey, by=closer, at=closing)
        else:
            accept_ballot(code=codes[n], answers=answers(), day=CLOSES)

    outcomes = at_once(20, act)
    stored, accepted = Ballot.objects.count(), outcomes.count(None) - 1
    assert stored == accepted == Card.objects.filter(status=CardStatus.USED).count()
    closed = Event.objects.get(verb="closed")
    assert closed.payload["answers"] == stored


@pytest.mark.django_db
def test_results_that_the_answers_do_not_give_are_found():
    survey, area = ClosedSurveyFactory(), AreaFactory()
    ballots(survey, area, 12)
    told = "the answers give other results than those published"
    assert told not in verify(survey).faults
    Ballot.objects.filter(pk=Ballot.objects.first().pk).update(answers=answers("1"))
    assert told in verify(survey).faults


@pytest.mark.django_db
def test_books_that_do_not_balance_are_reported():
    survey, area = OpenSurveyFactory(), AreaFactory()
    accept_ballot(code=card(survey, area), answers=answers(), day=DAY)
    ballots(survey, area, 1)
    assert verify(survey).faults[1:] == [
        "1 cards are used, 2 answers are stored",
        "used cards and answers differ in 1 areas",
    ]
