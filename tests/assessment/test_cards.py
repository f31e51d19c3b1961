"""Cards are made by the auditor alone, seen once, kept as hashes, and their number is fixed by the opening."""

import pytest
from django.core.exceptions import PermissionDenied

from assessment.ballots import verify
from assessment.cards import Counts, counts_of, issued_by_area, make_cards, void_area, void_cards
from assessment.codes import hash_code
from assessment.models import Card, CardStatus
from assessment.transitions import open_survey
from core.events import history_of
from core.models import Event
from core.refusals import Conflict, RuleBroken
from tests.factories.assessment import AT, ClosedSurveyFactory, OpenSurveyFactory, SurveyFactory, card

pytestmark = pytest.mark.django_db
BEFORE = AT.replace(month=11, day=10)


def make(district, survey, n=3, area=None, **fields):
    wanted = {area or district.own.area: n}
    return make_cards(survey=survey, wanted=wanted, by=district["auditor"], at=BEFORE, **fields)


def test_each_area_gets_its_number_of_different_codes(district):
    survey = SurveyFactory()
    wanted = {district.own.area: 3, district.foreign.area: 2}
    printed = make_cards(survey=survey, wanted=wanted, by=district["auditor"], at=BEFORE)
    assert [one.area for one in printed] == [district.own.area] * 3 + [district.foreign.area] * 2
    assert len({one.code for one in printed}) == 5
    assert issued_by_area(survey) == {district.own.area.pk: 3, district.foreign.area.pk: 2}


def test_the_database_keeps_hashes_only(district):
    survey = SurveyFactory()
    printed = make(district, survey)
    assert {row.pk for row in Card.objects.all()} == {hash_code(one.code) for one in printed}
    stored = str(list(Card.objects.values_list())) + str(list(Event.objects.values_list("payload")))
    assert not [one.code for one in printed if one.code in stored]


def test_rows_lie_in_the_order_of_their_hashes_not_of_the_print(district):
    make(district, SurveyFactory(), 40)
    stored = [row.pk for row in Card.objects.raw("SELECT * FROM assessment_card")]
    assert stored == sorted(stored)


@pytest.mark.parametrize("who", ["coordinator", "official", "administrator"])
def test_only_the_auditor_makes_cards(district, who):
    survey = SurveyFactory()
    with pytest.raises(PermissionDenied):
        make_cards(survey=survey, wanted={district.own.area: 1}, by=district[who], at=BEFORE)
    assert not Card.objects.exists()


@pytest.mark.parametrize("factory", [OpenSurveyFactory, ClosedSurveyFactory])
def test_no_card_is_added_after_the_opening(district, factory):
    with pytest.raises(RuleBroken, match="no longer grow"):
        make(district, factory())


@pytest.mark.parametrize("n", [0, -1, 501])
def test_a_number_that_makes_no_sense_is_refused(district, n):
    with pytest.raises(RuleBroken):
        make(district, SurveyFactory(), n)


def test_a_form_sent_twice_does_not_make_a_second_pile(district):
    survey = SurveyFactory()
    make(district, survey, version=1)
    with pytest.raises(Conflict):
        make(district, survey, version=1)
    assert Card.objects.count() == 3


def test_the_event_says_how_many_for_whom_and_nothing_else(district):
    survey = SurveyFactory()
    make(district, survey)
    event = history_of(survey).first()
    assert (event.verb, event.actor_name) == ("cards_made", "审计员")
    assert event.payload == {"cards": 3, "by_area": {"chunshen": 3}}


def test_returned_cards_become_void_by_their_codes(district):
    survey = OpenSurveyFactory()
    fresh, used = card(survey, district.own.area), card(survey, district.own.area, CardStatus.USED)
    codes = [fresh, used, "000000000000"]
    assert void_cards(survey=survey, codes=codes, by=district["auditor"], at=AT) == (1, 2)
    assert counts_of(survey) == Counts(issued=2, used=1, unused=0, void=1)


def test_a_spoiled_print_is_given_up_before_the_opening_and_not_after(district):
    survey = SurveyFactory()
    make(district, survey)
    assert void_area(survey=survey, area=district.own.area, by=district["auditor"], at=BEFORE) == 3
    make(district, survey)
    assert counts_of(survey) == Counts(issued=6, used=0, unused=3, void=3)
    open_survey(survey=survey, by=district["coordinator"], at=BEFORE)
    with pytest.raises(RuleBroken, match="only be made void by their codes"):
        void_area(survey=survey, area=district.own.area, by=district["auditor"], at=AT)


def test_a_card_added_behind_the_back_is_found(district):
    survey = SurveyFactory()
    make(district, survey)
    survey = open_survey(survey=survey, by=district["coordinator"], at=BEFORE)
    assert verify(survey).faults == []
    card(survey, district.own.area)
    assert verify(survey).faults == [
        "3 cards were made, 4 are stored",
        "the list of cards is not the one the survey was opened with",
    ]


def test_a_card_swapped_for_another_is_found(district):
    survey = SurveyFactory()
    make(district, survey)
    survey = open_survey(survey=survey, by=district["coordinator"], at=BEFORE)
    Card.objects.first().delete()
    card(survey, district.own.area)
    assert verify(survey).faults == ["the list of cards is not the one the survey was opened with"]
