"""Three issues on a phone in Chinese: the tab dies in between, the session runs out, the lead submits."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from core.clock import today
from issues import unfinished
from issues.models import Issue, IssueCounter
from issues.queries import last_quarters
from issues.slips import slip_for
from tests.factories.issues import CategoryFactory, four_levels
from tests.factories.photos import png
from tests.factories.visits import placed_visit
from tests.people import District
from visits.models import Visit

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WORDS = [
    "8号楼2到5楼楼道里堆了旧家具和纸箱，老人走路要侧着身子过。",
    "物业费从1.2元涨到1.9元，说是业委会同意的，可是没有开过业主大会。",
    "10号楼到14号楼之间晚上8点以后就没有车位，车子都停到消防通道上。",
]


@pytest.fixture
def visit(district: District) -> Visit:
    four_levels()
    CategoryFactory()
    CategoryFactory(code="other", name_zh="其他", name_en="Other", is_frequent=False)
    return placed_visit(team=district.own.team, area=district.own.area, status="held")


@pytest.fixture
def phone(district: District, visit: Visit, page_of: Callable[..., Any]) -> Iterator[Any]:
    page = page_of(district.own["lead"], **PHONE)
    page.set_default_timeout(10_000)
    broken: list[str] = []
    page.context.on("weberror", lambda error: broken.append(str(error.error)))
    yield page
    assert broken == []


def saved(page: Any) -> None:
    """Wait until the server has what was typed."""
    page.get_by_text(re.compile(r"已自动保存 \d")).wait_for()


def until(page: Any, true: Callable[[], bool]) -> None:
    for _tenth_of_a_second in range(100):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come true within ten seconds")


def write(page: Any, words: str, *, level: str, then: str = "保存") -> None:
    page.get_by_label("问题内容").fill(words)
    page.get_by_role("button", name="下一步").tap()
    page.get_by_text("停车难", exact=True).tap()
    page.locator("label.ro", has_text=level).tap()
    page.get_by_role("button", name=then).tap()


def test_three_issues_are_logged_on_a_phone_and_submitted(phone: Any, visit: Visit, district: District) -> None:
    phone.goto(f"/visits/{visit.code}/issues/")
    phone.get_by_role("link", name="记录一个问题").tap()
    write(phone, WORDS[0], level="结对单位", then="再记一个")

    phone.get_by_label("问题内容").fill(WORDS[1])
    phone.get_by_label("谁反映的").fill("陈阿姨")
    until(phone, lambda: unfinished.of_new(district.own["lead"], visit).get("reporter_name") == "陈阿姨")
    context = phone.context
    phone.close(run_before_unload=False)

    page = context.new_page()
    page.goto(f"/visits/{visit.code}/issues/")
    page.get_by_role("link", name="接着写").last.tap()
    assert page.get_by_label("问题内容").input_value() == WORDS[1]
    assert page.get_by_label("谁反映的").input_value() == "陈阿姨"
    write(page, WORDS[1], level="还说不准", then="再记一个")
    write(page, WORDS[2], level="街道")

    page.get_by_role("link", name="核对", exact=True).tap()
    page.get_by_role("heading", name="提交前请核对3个问题").wait_for()
    assert page.locator(".scard").count() == 3
    page.get_by_role("button", name="确认，提交3个问题").tap()
    page.get_by_role("heading", name="3个问题已提交").wait_for()
    issues = list(Issue.objects.order_by("code"))
    assert [issue.original_text for issue in issues] == WORDS
    assert [issue.status for issue in issues] == ["assigned", "awaiting_level", "assigned"]
    assert page.get_by_text(f"编号{issues[0].code}至{issues[2].code}").is_visible()

    page.get_by_role("link", name="打印3张回执").tap()
    page.get_by_text(slip_for(issues[0]).spaced_secret).wait_for()
    assert page.locator(".receipt svg").count() == 3


def test_the_device_keeps_no_name_and_no_phone(phone: Any, visit: Visit) -> None:
    phone.goto(f"/visits/{visit.code}/issues/new/")
    phone.get_by_label("问题内容").fill(WORDS[0])
    phone.get_by_label("谁反映的").fill("金丝雀")
    phone.get_by_label("他的电话").fill("13998765432")
    saved(phone)
    phone.wait_for_timeout(900)
    kept = phone.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")
    assert WORDS[0] in kept
    assert "金丝雀" not in kept
    assert "13998765432" not in kept


def test_a_session_that_runs_out_loses_nothing(phone: Any, visit: Visit, district: District, page_of: Any) -> None:
    phone.goto(f"/visits/{visit.code}/issues/new/")
    phone.get_by_label("问题内容").fill("刚开始写")
    saved(phone)
    Session.objects.all().delete()
    phone.get_by_label("问题内容").fill(WORDS[2])
    phone.get_by_label("地点").focus()
    phone.get_by_text("离开太久，需要重新登录").wait_for()

    again = page_of(district.own["lead"], **PHONE)
    again.goto("/me/")
    phone.context.clear_cookies()
    phone.context.add_cookies([{k: c[k] for k in ("name", "value", "domain", "path")} for c in again.context.cookies()])
    again.context.close()
    phone.evaluate("window.dispatchEvent(new Event('focus'))")
    phone.get_by_role("button", name="下一步").tap()
    phone.get_by_role("heading", name="这个问题由谁来解决？").wait_for()
    assert Issue.objects.get().original_text == WORDS[2]


def test_a_form_sent_after_the_session_ran_out_comes_back_after_signing_in(
    district: District, visit: Visit, page_of: Callable[..., Any]
) -> None:
    lead = district.own["lead"]
    lead.set_password("long-enough-to-sign-in")
    lead.save()
    phone = page_of(lead, **PHONE)
    phone.goto(f"/visits/{visit.code}/issues/new/")
    phone.route("**/autosave/**", lambda route: route.abort())
    phone.get_by_label("问题内容").fill(WORDS[2])
    phone.get_by_text("已自动保存在这台设备").wait_for()
    Session.objects.all().delete()
    phone.get_by_role("button", name="下一步").tap()
    phone.get_by_role("heading", name="登录").wait_for()
    phone.locator("[name=username]").fill(lead.phone)
    phone.locator("[name=password]").fill("long-enough-to-sign-in")
    phone.locator("main button[type=submit]").last.tap()
    phone.get_by_role("heading", name="居民说了什么？").wait_for()
    until(phone, lambda: phone.get_by_label("问题内容").input_value() == WORDS[2])


def test_what_was_sent_at_once_does_not_turn_up_in_the_next_issue(phone: Any, visit: Visit) -> None:
    phone.goto(f"/visits/{visit.code}/issues/new/")
    phone.route("**/issues/new/", lambda route: (phone.wait_for_timeout(1500), route.continue_()))
    phone.get_by_label("问题内容").fill(WORDS[0])
    phone.get_by_role("button", name="下一步").tap()
    phone.get_by_role("heading", name="这个问题由谁来解决？").wait_for()
    phone.unroute_all()
    phone.goto(f"/visits/{visit.code}/issues/new/")
    phone.wait_for_load_state("load")
    assert phone.get_by_label("问题内容").input_value() == ""


def test_the_suggestion_follows_the_category(phone: Any, visit: Visit) -> None:
    other = CategoryFactory(code="other")
    quarter = last_quarters(today(timezone.now()), 1)[0]
    IssueCounter.objects.create(quarter=quarter, facet="category_level", key=f"{other.pk}:2", status="resolved", n=9)
    phone.goto(f"/visits/{visit.code}/issues/new/")
    phone.get_by_label("问题内容").fill(WORDS[0])
    phone.get_by_role("button", name="下一步").tap()
    phone.get_by_role("heading", name="这个问题由谁来解决？").wait_for()
    phone.wait_for_load_state()
    phone.locator("label.ro", has_text="结对单位").tap()
    phone.get_by_text("其他类别").tap()
    phone.get_by_text("其他", exact=True).tap()
    street = phone.locator("label.ro", has_text="街道").filter(has_text="建议")
    street.wait_for()
    assert phone.locator("input[name=level]:checked").input_value() == "1"


def test_a_level_chosen_before_the_suggestion_arrives_stays_chosen(phone: Any, visit: Visit) -> None:
    phone.goto(f"/visits/{visit.code}/issues/new/")
    phone.get_by_label("问题内容").fill(WORDS[0])
    phone.get_by_role("button", name="下一步").tap()
    phone.get_by_role("heading", name="这个问题由谁来解决？").wait_for()
    phone.wait_for_load_state()
    held = []
    phone.route("**/levels/**", lambda route: held.append(route))
    phone.get_by_text("停车难", exact=True).tap()
    phone.locator("label.ro", has_text="还说不准").tap()
    until(phone, lambda: bool(held))
    phone.evaluate("document.getElementById('levels').firstElementChild.setAttribute('data-old', '')")
    held[0].continue_()
    phone.locator("#levels > [data-old]").wait_for(state="detached")
    assert phone.locator("input[name=level]:checked").input_value() == "unsure"


def test_everything_works_without_javascript(district: District, visit: Visit, page_of: Callable[..., Any]) -> None:
    page = page_of(district.own["lead"], **PHONE, java_script_enabled=False)
    page.goto(f"/visits/{visit.code}/issues/new/")
    write(page, WORDS[0], level="街道")
    page.get_by_role("link", name="核对", exact=True).tap()
    page.get_by_role("button", name="确认，提交1个问题").tap()
    page.get_by_role("heading", name="1个问题已提交").wait_for()
    token = slip_for(Issue.objects.get()).url.rsplit("/", 2)[1]
    page.goto(f"/t/{token}/")
    page.get_by_text("等春申街道确认").first.wait_for()


def test_photos_are_made_small_shown_and_taken_away_before_they_are_sent(
    visit: Visit, phone: Any, live_server: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    phone.goto(f"{live_server.url}/visits/{visit.code}/issues/new/")
    phone.get_by_label("问题内容").fill(WORDS[2])
    field = phone.locator("input[type=file]")
    large = {"name": "车位.png", "mimeType": "image/png", "buffer": png(2400, 1800, noise=True)}
    field.set_input_files([large])
    phone.get_by_role("button", name="删除 照片 1").wait_for()
    field.set_input_files([{**large, "name": "门口.png", "buffer": png(300, 200)}])
    phone.get_by_role("button", name="删除 照片 2").click()
    until(phone, lambda: phone.locator("ul.new li").count() == 1)
    phone.get_by_role("button", name="下一步").click()
    phone.wait_for_url("**/who/")
    (photo,) = Issue.objects.get().photos.all()
    assert (photo.kind, photo.width, photo.height) == ("jpeg", 2000, 1500)
    phone.goto(f"{live_server.url}/visits/{visit.code}/issues/{photo.issue_id}/edit/")
    shown = phone.locator(".photos img")
    assert shown.evaluate("image => image.complete && image.naturalWidth") == photo.width
    phone.get_by_label("删除 照片1").check()
    phone.get_by_role("button", name="下一步").click()
    phone.wait_for_url("**/who/")
    assert not Issue.objects.get().photos.exists()
