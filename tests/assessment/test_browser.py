"""A resident's phone: the scanned code comes from behind the #, and everything works without script."""

from typing import Any

import pytest
from django.utils import timezone

from assessment.codes import grouped
from assessment.models import Ballot
from core.clock import today
from tests.factories.assessment import OpenSurveyFactory, card
from tests.factories.teams import AreaFactory, ProgrammeFactory

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def code(transactional_db: None) -> str:
    ProgrammeFactory()
    day = today(timezone.now())
    return card(OpenSurveyFactory(opens_on=day, closes_on=day), AreaFactory(name="春申坊"))


def answer_all(page: Any) -> None:
    for question, option in (("satisfaction", 3), ("listened", 0), ("aware", 1)):
        page.locator(f"label[for=id_{question}_{option}]").click()
    page.locator("form.form button[type=submit]").click()
    page.wait_for_url("**/s/thanks/")


def test_a_scanned_card_fills_the_field_and_leaves_no_trace_in_the_address(new_context: Any, code: str) -> None:
    page = new_context(**PHONE).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/s/#{grouped(code)}")
    assert page.locator("#id_code").input_value() == grouped(code)
    assert page.url.endswith("/s/")
    page.locator("form.form button[type=submit]").click()
    answer_all(page)
    assert Ballot.objects.get().answers == {"satisfaction": "2", "listened": "yes", "aware": "unknown"}
    assert not [address for address in asked if code[:4] in address.split("#")[0]]


def test_a_typed_code_works_without_script(new_context: Any, code: str) -> None:
    page = new_context(**PHONE, java_script_enabled=False).new_page()
    page.goto("/s/")
    page.locator("#id_code").fill(grouped(code).lower())
    page.locator("form.form button[type=submit]").click()
    answer_all(page)
    assert Ballot.objects.count() == 1


def test_answers_do_not_come_back_with_the_back_button(new_context: Any, code: str) -> None:
    page = new_context(**PHONE).new_page()
    page.goto(f"/s/#{grouped(code)}")
    page.locator("form.form button[type=submit]").click()
    answer_all(page)
    with pytest.raises(Exception, match="ERR_CACHE_MISS"):
        page.go_back()
