"""The record of a visit on a phone: what is typed comes back on another device and after signing in again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils import timezone

from core import drafts
from core.clock import today
from tests.e2e.test_every_page import OVERFLOW
from tests.e2e.test_log_issue import PHONE, until
from tests.factories.visits import OpenRoundFactory, placed_visit
from tests.people import District
from visits.models import Visit, VisitStatus

SAID = "居民说8号楼的电梯一个月坏三次。"


@pytest.fixture
def visit(district: District) -> Visit:
    now = today(timezone.now())
    round_ = OpenRoundFactory(window_start=now - timedelta(days=8), window_end=now + timedelta(days=1))
    day = now - timedelta(days=1)
    return placed_visit(day, status="announced", round=round_, team=district.own.team, area=district.own.area)


def kept(visit: Visit, district: District) -> str:
    return str(drafts.load(district.own["lead"], f"visit-record-{visit.pk}").get("summary", ""))


def test_the_record_is_written_on_a_phone_with_the_day_of_the_meeting(
    visit: Visit, district: District, page_of: Callable[..., Any]
) -> None:
    page = page_of(district.own["lead"], **PHONE)
    page.goto(f"/visits/{visit.code}/")
    page.get_by_role("link", name="不是原定那天开的").tap()
    day = today(timezone.now()) - timedelta(days=2)
    page.get_by_label("座谈会是哪天开的？").fill(day.isoformat())
    assert page.evaluate(OVERFLOW) == 0
    page.get_by_role("button", name="座谈会结束了").tap()
    page.get_by_role("link", name="核对参会人员").tap()
    assert page.get_by_label("座谈会是哪天开的？").input_value() == day.isoformat()
    page.get_by_label("到了多少位居民？").fill("31")
    assert page.evaluate(OVERFLOW) == 0
    page.get_by_role("button", name="提交记录").tap()
    page.get_by_text("记录已提交。").wait_for()
    visit.refresh_from_db()
    assert (visit.day, visit.residents_count, visit.status) == (day, 31, VisitStatus.RECORDED)


def test_what_is_typed_is_there_on_another_device(
    visit: Visit, district: District, page_of: Callable[..., Any]
) -> None:
    phone = page_of(district.own["lead"], **PHONE)
    phone.goto(f"/visits/{visit.code}/record/")
    phone.get_by_label("会上说了什么？").press_sequentially(SAID)
    until(phone, lambda: kept(visit, district) == SAID)
    other = page_of(district.own["lead"])
    other.goto(f"/visits/{visit.code}/record/")
    assert other.get_by_label("会上说了什么？").input_value() == SAID


def test_a_record_sent_after_the_session_ran_out_comes_back_after_signing_in(
    visit: Visit, district: District, page_of: Callable[..., Any]
) -> None:
    lead = district.own["lead"]
    lead.set_password("long-enough-to-sign-in")
    lead.save()
    phone = page_of(lead, **PHONE)
    phone.goto(f"/visits/{visit.code}/record/")
    phone.route("**/record/draft/", lambda route: route.abort())
    phone.get_by_label("会上说了什么？").fill(SAID)
    phone.get_by_text("已自动保存在这台设备").wait_for()
    Session.objects.all().delete()
    phone.get_by_role("button", name="提交记录").tap()
    phone.get_by_role("heading", name="登录").wait_for()
    phone.locator("[name=username]").fill(lead.phone)
    phone.locator("[name=password]").fill("long-enough-to-sign-in")
    phone.locator("main button[type=submit]").last.tap()
    until(phone, lambda: phone.get_by_label("会上说了什么？").input_value() == SAID)


def test_what_is_kept_on_the_device_does_not_overwrite_a_record_handed_in_meanwhile(
    visit: Visit, district: District, page_of: Callable[..., Any]
) -> None:
    phone = page_of(district.own["lead"], **PHONE)
    phone.route("**/record/draft/", lambda route: route.abort())
    phone.goto(f"/visits/{visit.code}/record/")
    phone.get_by_label("到了多少位居民？").fill("31")
    phone.get_by_label("会上说了什么？").fill(SAID)
    phone.get_by_text("已自动保存在这台设备").wait_for()
    Visit.objects.filter(pk=visit.pk).update(version=F("version") + 1)
    phone.reload()
    phone.get_by_role("button", name="提交记录").tap()
    phone.get_by_text("您写的内容都还在").wait_for()
    assert phone.get_by_label("会上说了什么？").input_value() == SAID
    phone.get_by_role("button", name="提交记录").tap()
    phone.get_by_text("记录已提交。").wait_for()
