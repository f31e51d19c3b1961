"""On phones in Chinese: the secretary prepares a visit; the team marks last time's promises before it can close it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core.clock import today
from issues.models import Issue, PromiseMark
from tests.factories.issues import Journey
from tests.factories.visits import placed_visit, steps_of_preparation
from tests.people import District
from visits.models import PreparationTick, Visit

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SMALL = 44  # pixels a thumb needs


@pytest.fixture
def phone_of(page_of: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    broken: list[str] = []

    def open_phone(user: Any) -> Any:
        page = page_of(user, **PHONE)
        page.set_default_timeout(10_000)
        page.context.on("weberror", lambda error: broken.append(str(error.error)))
        return page

    yield open_phone
    assert broken == []


@pytest.fixture
def coming(district: District) -> Visit:
    steps_of_preparation()
    day = today(timezone.now()) + timedelta(days=2)
    return placed_visit(day=day, status="announced", team=district.own.team, area=district.own.area)


def test_the_secretary_prepares_a_visit(district: District, coming: Visit, phone_of: Callable[..., Any]) -> None:
    page = phone_of(district.own["secretary"])
    page.goto("/")
    page.get_by_role("link", name="走访的会前准备").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("后天走访，还有5件事要准备")
    page.get_by_role("button", name="做好了 确认时间和会场").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("还有4件事")
    page.get_by_role("button", name="撤销 确认时间和会场").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("还有5件事")
    page.get_by_role("button", name="做好了 确认时间和会场").tap()

    page.get_by_role("link", name="请居民代表参加").tap()
    page.get_by_label("楼组长").fill("12")
    page.get_by_label("社区志愿者").fill("6")
    page.get_by_role("button", name="保存").tap()
    expect(page.get_by_text("已请18人，一般25到35人")).to_be_visible()
    page.get_by_role("link", name="请居民代表参加").tap()
    expect(page.get_by_text("人数偏少")).to_be_visible()
    page.get_by_role("button", name="这一步做好了").tap()

    page.get_by_role("link", name="收集居民想说的问题").tap()
    page.get_by_label("居民想说什么？").fill("西门外晚上停车挡住公交车")
    page.get_by_role("button", name="加上这一条").tap()
    expect(page.get_by_role("listitem").filter(has_text="西门外晚上停车")).to_be_visible()
    page.get_by_role("button", name="这一步做好了").tap()

    page.get_by_role("link", name="张贴走访告示").tap()
    page.get_by_role("button", name="已张贴").tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("还有1件事")
    assert PreparationTick.objects.count() == 4

    team = phone_of(district.own["lawyer"])
    team.goto(coming.get_absolute_url())
    expect(team.get_by_text("西门外晚上停车挡住公交车")).to_be_visible()


@pytest.fixture
def issues(district: District) -> list[Issue]:
    journey = Journey(district, at=timezone.now() - timedelta(days=30))
    return [journey.to("in_progress", title="楼道堆物"), journey.to("resolved", title="路灯不亮")]


@pytest.fixture
def held(district: District) -> Visit:
    day = today(timezone.now())
    return placed_visit(day=day, status="recorded", team=district.own.team, area=district.own.area)


def test_an_unmarked_promise_keeps_the_visit_open_and_a_touch_marks_it(
    district: District, held: Visit, issues: list[Issue], phone_of: Callable[..., Any]
) -> None:
    page = phone_of(district.own["lead"])
    page.goto(f"/visits/{held.code}/close/")
    page.get_by_role("button", name="办结走访").tap()
    expect(page.get_by_role("alert")).to_contain_text("还有2个没有标记")
    page.get_by_role("link", name="去标记").first.tap()

    expect(page.get_by_text("共2个，还有2个没标记")).to_be_visible()
    for button in page.locator(".mk").all():
        assert button.bounding_box()["height"] >= SMALL
    corridor = page.get_by_role("listitem").filter(has_text="楼道堆物")
    corridor.get_by_role("button", name="不认可", exact=True).tap()
    corridor.get_by_label("居民不认可什么？").fill("清了又堆")
    corridor.get_by_role("button", name="保存这句话").tap()
    expect(corridor.get_by_text(f"已告诉{district.own.street.name}。")).to_be_visible()
    lamps = page.get_by_role("listitem").filter(has_text="路灯不亮")
    lamps.get_by_role("button", name="认可", exact=True).tap()
    expect(page.get_by_text("都标记好了，谢谢您。")).to_be_visible()
    assert dict(PromiseMark.objects.values_list("issue__title", "response")) == {
        "楼道堆物": "objected",
        "路灯不亮": "accepted",
    }

    page.goto(f"/visits/{held.code}/close/")
    page.get_by_role("button", name="办结走访").tap()
    expect(page.get_by_text("这场走访已办结，谢谢您。")).to_be_visible()
    page.goto(f"/issues/{issues[0].code}/")
    expect(page.get_by_text("居民不认可").first).to_be_visible()
    expect(page.get_by_text("清了又堆").first).to_be_visible()
