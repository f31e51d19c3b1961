"""Residents answer with a card: the code never in an address, the same thanks for everybody, wrong codes slowed down."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessment.codes import ALPHABET, hash_code, new_code
from assessment.limits import WRONG_PER_DEVICE
from assessment.models import Ballot, Card
from core.clock import today
from core.limits import count
from tests.factories.assessment import ClosedSurveyFactory, OpenSurveyFactory, SurveyFactory, answers, card
from tests.factories.teams import AreaFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
CARD, ANSWER, SEND, THANKS = (reverse(f"assessment:{name}") for name in ("card", "answer", "send", "thanks"))


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()
    ProgrammeFactory()


@pytest.fixture
def survey(now_day):
    return OpenSurveyFactory(opens_on=now_day, closes_on=now_day)


@pytest.fixture
def now_day():
    return today(timezone.now())


@pytest.fixture
def resident():
    """A phone that has opened the first page."""
    client = Client(headers={"accept-language": "en"})
    client.get(CARD)
    return client


def words_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_code_leads_to_the_questions_and_the_answers_to_thanks(resident, survey):
    area = AreaFactory(name="春申坊")
    code = card(survey, area)
    page = resident.post(ANSWER, {"code": code.lower()})
    assert (page.status_code, "春申坊" in words_of(page)) == (200, True)
    response = resident.post(SEND, {"code": code} | answers("2", "no", "unknown", remarks="楼道灯不亮"))
    assert (response.status_code, response.url) == (302, THANKS)
    ballot = Ballot.objects.get()
    assert (ballot.area, ballot.answers) == (area, answers("2", "no", "unknown", remarks="楼道灯不亮"))


def test_nothing_is_chosen_beforehand_and_every_option_looks_alike(resident, survey):
    page = words_of(resident.post(ANSWER, {"code": card(survey)}))
    assert page.count('type="radio"') == 12
    assert "checked" not in page


def test_no_address_ever_holds_the_code(resident, survey):
    code = card(survey)
    page = resident.post(ANSWER, {"code": code})
    response = resident.post(SEND, {"code": code} | answers())
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', page.content.decode()) + [response.url]
    assert not [address for address in addresses if code in address.upper()]


@pytest.mark.parametrize("path", [ANSWER, SEND])
def test_opening_a_later_step_directly_leads_to_the_first(resident, path):
    assert resident.get(path).url == CARD


def test_a_missing_answer_is_asked_for_and_the_others_stay(resident, survey):
    code = card(survey)
    page = resident.post(SEND, {"code": code, "satisfaction": "4", "remarks": "谢谢"})
    assert page.status_code == 422
    assert "Please choose an answer to question 2." in words_of(page)
    assert (words_of(page).count("checked"), "谢谢" in words_of(page)) == (1, True)
    assert not Ballot.objects.exists()
    assert Card.objects.get().status == "unused"


@pytest.mark.parametrize("value", ["6", "", "5.0", "<script>"])
def test_an_answer_that_is_no_option_is_refused(resident, survey, value):
    page = resident.post(SEND, {"code": card(survey)} | answers(value))
    assert (page.status_code, Ballot.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (lambda survey: "", "Please type the code"),
        (lambda survey: "7K3Q", "The code has 12 letters and digits"),
        (lambda survey: new_code(), "We do not know this code"),
        (lambda survey: card(survey, status="void"), "We do not know this code"),
        (lambda survey: card(survey, status="used"), "This card has been used already"),
        (
            lambda survey: card(SurveyFactory(year=2030, opens_on="2030-11-20", closes_on="2030-12-05")),
            "has not begun yet",
        ),
        (lambda survey: card(ClosedSurveyFactory(year=2020)), "This survey is over"),
    ],
)
@pytest.mark.parametrize("path", [ANSWER, SEND])
def test_a_card_that_cannot_be_used_gets_a_plain_sentence(resident, survey, code, sentence, path):
    page = resident.post(path, {"code": code(survey)} | answers())
    assert (page.status_code, sentence in words_of(page)) == (422, True)
    assert not Ballot.objects.exists()


def test_without_an_open_survey_the_page_says_when_the_last_one_ended(resident):
    assert "There is no survey at the moment" in words_of(resident.get(CARD))
    ClosedSurveyFactory(year=2025, opens_on="2025-11-20", closes_on="2025-12-05")
    page = words_of(resident.get(CARD))
    assert "It ended on 5 December 2025" in page
    assert "id_code" not in page


# -- The same thanks for everybody ------------------------------------------------------------------


def sent(survey, area, **values):
    """Everything a phone receives after sending: the redirect and the page it leads to."""
    client = Client(headers={"accept-language": "en"})
    client.get(CARD)
    response = client.post(SEND, {"code": card(survey, area)} | answers(**values))
    page = client.get(response.url)
    return response.status_code, response.url, response.content, page.content, dict(page.headers)


def test_the_thanks_are_the_same_bytes_whatever_was_answered(survey):
    first, second = AreaFactory(), AreaFactory()
    received = [
        sent(survey, area, satisfaction=str(step), listened=listened, aware=aware)
        for area in (first, second)
        for step in range(1, 6)
        for listened, aware in (("yes", "known"), ("no", "unknown"), ("silent", "absent"))
    ]
    assert len({str(one) for one in received}) == 1
    assert Ballot.objects.count() == 30


def test_the_thanks_are_the_same_bytes_for_a_passer_by(survey):
    *_, page, headers = sent(survey, AreaFactory())
    visitor = Client(headers={"accept-language": "en"}).get(THANKS)
    assert (visitor.content, dict(visitor.headers)) == (page, headers)
    assert not visitor.cookies


def test_what_was_answered_is_not_shown_again(resident, survey):
    code = card(survey)
    resident.post(SEND, {"code": code} | answers(remarks="楼道灯不亮"))
    again = resident.post(SEND, {"code": code} | answers())
    assert "楼道灯不亮" not in words_of(again) + words_of(resident.get(THANKS))


@pytest.mark.parametrize("path", [CARD, ANSWER])
def test_pages_with_a_code_are_not_kept_by_the_browser(resident, survey, path):
    response = resident.get(path) if path == CARD else resident.post(path, {"code": card(survey)})
    assert "no-store" in response.headers["Cache-Control"]


def test_no_session_is_made_for_a_resident(resident, survey):
    resident.post(SEND, {"code": card(survey)} | answers())
    assert not Session.objects.exists()
    assert set(resident.cookies) == {"csrftoken", "device"}


# -- Wrong codes ------------------------------------------------------------------------------------


def guess(client, times, **extra):
    return [client.post(ANSWER, {"code": new_code()}, **extra).status_code for _ in range(times)]


def test_ten_wrong_codes_stop_a_device_and_no_other(resident, survey):
    assert guess(resident, WRONG_PER_DEVICE + 1) == [422] * WRONG_PER_DEVICE + [429]
    assert resident.post(ANSWER, {"code": card(survey)}).status_code == 429
    neighbour = Client()
    neighbour.get(CARD)
    assert neighbour.post(ANSWER, {"code": card(survey)}).status_code == 200


def test_a_device_goes_on_after_a_quarter_of_an_hour(resident, survey, monkeypatch):
    counted = {}

    def noted(key, seconds):
        counted[key] = seconds
        return count(key, seconds)

    monkeypatch.setattr("assessment.limits.count", noted)
    guess(resident, WRONG_PER_DEVICE)
    assert resident.post(ANSWER, {"code": card(survey)}).status_code == 429
    (key,) = (key for key, seconds in counted.items() if seconds == 15 * 60)
    cache.delete(key)  # what the end of its time does
    assert resident.post(ANSWER, {"code": card(survey)}).status_code == 200


def test_mistyped_codes_do_not_count_as_guesses(resident):
    codes = [resident.post(ANSWER, {"code": "7K3Q"}).status_code for _ in range(WRONG_PER_DEVICE + 5)]
    assert set(codes) == {422}


def test_visitors_without_cookies_share_one_count_per_address(survey):
    assert guess(Client(), 5) + guess(Client(), 6) == [422] * 10 + [429]
    assert Client().post(ANSWER, {"code": card(survey)}, REMOTE_ADDR="10.0.0.9").status_code == 200


def test_a_forged_device_name_counts_as_none(survey):
    forged = Client()
    forged.cookies["device"] = "somebody:else:signature"
    assert guess(forged, 10) == [422] * 10
    assert Client().post(ANSWER, {"code": card(survey)}).status_code == 429


def test_a_code_with_one_wrong_letter_is_no_card(survey):
    code = card(survey)
    wrong = {code[:at] + letter + code[at + 1 :] for at in range(len(code)) for letter in ALPHABET} - {code}
    assert len(wrong) == 12 * 31
    assert not Card.objects.filter(pk__in=[hash_code(guessed) for guessed in wrong]).exists()
    assert Card.objects.filter(pk=hash_code(code)).exists()
