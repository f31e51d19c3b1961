"""Muting and “my reminders” on a phone; sending by hand with a way back on the office's screen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.clock import today
from notifications.models import Delivery, Preference, ReminderRule
from notifications.planner import plan
from tests.e2e.test_every_page import OVERFLOW, violations
from tests.factories.visits import OpenRoundFactory, VisitFactory, VisitKindFactory
from tests.people import District
from visits.models import VisitStatus

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def visits(district: District, settings: Any) -> None:
    """A round that begins today and one visit without a day; mail has been set up."""
    settings.EMAIL_HOST = "localhost"
    day = today(timezone.now())
    round_ = OpenRoundFactory(window_start=day, window_end=day + timedelta(days=9))
    VisitFactory(
        round=round_,
        kind=VisitKindFactory(),
        team=district.own.team,
        area=district.own.area,
        status=VisitStatus.UNSCHEDULED,
    )
    district.own["lead"].email = "lead@example.cn"
    district.own["lead"].save()
    ReminderRule.objects.create(
        code="visit-not-scheduled",
        kind="visit-to-schedule",
        source="visit-not-scheduled",
        channels=["mail"],
        late_hours=48,
        steps=[
            {"code": "T", "days": 0, "at": "00:00", "audience": ["team_lead"]},
            {"code": "T+2", "days": 2, "at": "09:00", "audience": ["team_lead"]},
        ],
    )


def is_well_made(page: Any) -> None:
    assert page.evaluate(OVERFLOW) == 0
    assert list(violations(page, page.url, page.viewport_size["width"])) == []


def test_on_a_phone_a_kind_is_muted_and_my_reminders_show_the_ledger(
    district: District, visits: None, page_of: Callable[..., Any]
) -> None:
    plan(at=timezone.now())
    page = page_of(district.own["lead"], locale="en", **PHONE)
    page.goto("/reminders/")
    page.get_by_text("will come").first.wait_for()
    assert page.locator("#list li").count() == Delivery.objects.filter(recipient=district.own["lead"]).count() == 2
    is_well_made(page)

    page.get_by_role("link", name="What I get").click()
    is_well_made(page)
    page.get_by_label("E-mail").uncheck()
    page.get_by_role("button", name="Keep my choice").click()
    page.get_by_text("Your choice is kept").wait_for()
    assert not page.get_by_label("E-mail").is_checked()
    assert Preference.objects.get(user=district.own["lead"]).muted == ["visit-not-scheduled"]


def test_the_office_reminds_from_the_board_and_takes_it_back(
    district: District, visits: None, page_of: Callable[..., Any]
) -> None:
    page = page_of(district["coordinator"], locale="en", **DESK)
    code = district.own.team.visits.get().round.code
    page.goto(f"/rounds/{code}/board/")
    page.locator("summary", has_text="More").click()
    page.get_by_role("link", name="Send reminders").click()
    page.get_by_text("It would go to 1 person.").wait_for()
    is_well_made(page)
    page.get_by_role("button", name="Remind 1 person").click()
    page.get_by_role("button", name="Take it back").wait_for()
    is_well_made(page)
    assert set(Delivery.objects.values_list("state", "channel")) == {("due", "in_app"), ("due", "mail")}
    page.get_by_role("button", name="Take it back").click()
    page.get_by_text("2 messages are not sent").wait_for()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"cancelled"}


def test_the_office_looks_whom_a_rule_would_tell_before_saving_it(
    district: District, visits: None, page_of: Callable[..., Any]
) -> None:
    page = page_of(district["coordinator"], locale="en", **DESK)
    page.goto("/reminders/rules/visit-not-scheduled/")
    page.locator("[name=step-0-days]").fill("3")
    page.locator("[name=step-0-side]").select_option("after")
    page.locator("fieldset", has=page.locator("[name=step-0-audience]")).get_by_text("the office").click()
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("this would go to").wait_for()
    assert page.locator("[name=step-0-days]").input_value() == "3"
    is_well_made(page)
    assert [step["days"] for step in ReminderRule.objects.get(code="visit-not-scheduled").steps] == [0, 2]
    page.get_by_role("button", name="Save the rule").click()
    page.wait_for_url("**/reminders/rules/")
    assert [step["days"] for step in ReminderRule.objects.get(code="visit-not-scheduled").steps] == [2, 3]
