"""The board by keyboard alone, by dragging, on a phone, without scripts, and with a colleague at the same time."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.clock import today
from teams.permissions import Role
from tests.e2e.test_every_page import AXE_WIDTHS, OVERFLOW, WIDTHS, violations
from tests.factories.teams import AreaFactory, GrantFactory, TeamFactory, pair, seat_person
from tests.factories.visits import RoundFactory, VisitKindFactory
from tests.people import District
from visits import services
from visits.models import Round, Visit

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
BOARD = "/rounds/2026q4/board/"


@pytest.fixture
def days() -> list[str]:
    """The days of the window: it begins today, so that everything on it is still to come."""
    return [(today(timezone.now()) + timedelta(days=n)).isoformat() for n in range(6)]


@pytest.fixture
def visit(district: District, days: list[str]) -> Visit:
    """One visit of the street 春申 on the second morning, another one without a day."""
    VisitKindFactory()
    other = TeamFactory(number=119, unit=district.own.unit, template=district.own.team.template)
    seat_person(other, "lead", name="宋立群")
    pair(other, AreaFactory(street=district.own.street, name="望江新村", slug="wangjiang"))
    office, at = district["coordinator"], timezone.now()
    round_ = RoundFactory(window_start=days[0], window_end=days[-1])
    Round.objects.filter(pk=round_.pk).update(code="2026q4")
    round_.refresh_from_db()
    services.open_round(round=round_, by=office, at=at)
    visit = Visit.objects.get(team=district.own.team)
    services.schedule_visit(visit=visit, day=round_.window_start + timedelta(days=1), part="morning", by=office, at=at)
    visit.refresh_from_db()
    return visit


@pytest.fixture
def desk(district: District, visit: Visit, page_of: Callable[..., Any]) -> Iterator[Any]:
    page = page_of(district["coordinator"], viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(10_000)
    broken: list[str] = []
    page.context.on("weberror", lambda error: broken.append(str(error.error)))
    yield page
    assert broken == []


def at_place(visit: Visit, day: str, part: str) -> bool:
    visit.refresh_from_db()
    return str(visit.day) == day and visit.part == part


def focused(page: Any) -> str:
    return page.evaluate("document.activeElement.id")


def tab_to(page: Any, id_: str) -> None:
    for _step in range(120):
        if focused(page) == id_:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {id_}")


def test_by_keyboard_alone_a_street_is_opened_a_visit_moved_and_the_move_taken_back(
    desk: Any, visit: Visit, days: list[str]
) -> None:
    desk.goto(BOARD)
    tab_to(desk, "x-chunshen-street")
    desk.keyboard.press("Enter")
    chip = desk.locator(f"#v-{visit.code}")
    chip.wait_for()
    assert focused(desk) == "x-chunshen-street"
    assert desk.url.endswith("?open=chunshen-street#s-chunshen-street")

    tab_to(desk, chip.get_attribute("id"))
    desk.keyboard.press("Enter")
    desk.locator("dialog#place[open]").wait_for()
    chosen = desk.locator("dialog#place input[name=slot]:checked")
    assert chosen.get_attribute("value") == f"{days[1]}/morning"
    for _step in range(30):
        if desk.evaluate("document.activeElement.name") == "slot":
            break
        desk.keyboard.press("Tab")
    desk.keyboard.press("ArrowDown")
    wished = desk.evaluate("document.activeElement.value")
    assert wished != f"{days[1]}/morning"
    desk.keyboard.press("Enter")
    desk.locator("#moved .toast0").wait_for()
    desk.locator(f'td[data-slot="{wished}"] #v-{visit.code}').wait_for()
    assert at_place(visit, *wished.split("/"))
    desk.wait_for_function("id => document.activeElement.id === id", arg=f"v-{visit.code}")

    desk.keyboard.press("u")
    desk.locator(f'td[data-slot="{days[1]}/morning"] #v-{visit.code}').wait_for()
    assert at_place(visit, days[1], "morning")


def test_a_chip_is_dragged_to_another_half_day_and_the_tray_s_visit_to_a_day(
    desk: Any, visit: Visit, days: list[str]
) -> None:
    desk.goto(f"{BOARD}?open=chunshen-street")
    desk.drag_and_drop(f"#v-{visit.code}", f'td[data-slot="{days[2]}/afternoon"]')
    desk.locator(f'td[data-slot="{days[2]}/afternoon"] #v-{visit.code}').wait_for()
    assert at_place(visit, days[2], "afternoon")

    waiting = Visit.objects.get(team__number=119)
    desk.drag_and_drop(f"#v-{waiting.code}", f'td[data-slot="{days[3]}/evening"]')
    desk.locator(f'td[data-slot="{days[3]}/evening"] #v-{waiting.code}').wait_for()
    assert at_place(waiting, days[3], "evening")
    desk.get_by_role("button", name="撤销").click()
    desk.locator(f".un#v-{waiting.code}").wait_for()

    desk.drag_and_drop(f"#v-{waiting.code}", "#s-chunshen-street > td:nth-of-type(5)")
    desk.locator("dialog#place[open]").wait_for()
    assert desk.locator("dialog#place input[name=slot]:checked").get_attribute("value").startswith(days[4])


def test_another_street_s_row_takes_no_visit(desk: Any, visit: Visit, days: list[str]) -> None:
    desk.goto(f"{BOARD}?open=hetang-street")
    waiting = Visit.objects.get(team__number=119)
    sent: list[str] = []
    desk.on("request", lambda request: sent.append(request.method))
    desk.drag_and_drop(f"#v-{waiting.code}", f'td[data-slot="{days[3]}/evening"]')
    desk.drag_and_drop(f"#v-{waiting.code}", "#s-chunshen-street > td:nth-of-type(5)")
    desk.locator("dialog#place[open]").wait_for()  # its own street takes it: whatever the first one did is done
    assert desk.locator("dialog#place input[name=slot]:checked").get_attribute("value").startswith(days[4])
    assert "POST" not in sent
    waiting.refresh_from_db()
    assert waiting.day is None


def test_what_a_colleague_did_is_said_and_a_late_move_is_not_lost(
    desk: Any, visit: Visit, days: list[str], page_of: Callable[..., Any]
) -> None:
    colleague = GrantFactory(user__name="周敏", role=Role.COORDINATOR).user
    desk.goto(f"{BOARD}?open=chunshen-street")
    other = page_of(colleague, viewport={"width": 1440, "height": 1000})
    other.goto(f"{BOARD}?open=chunshen-street")
    other.drag_and_drop(f"#v-{visit.code}", f'td[data-slot="{days[3]}/morning"]')
    other.locator("#moved .toast0").wait_for()

    for _try in range(20):
        desk.evaluate("document.dispatchEvent(new Event('board-listen'))")
        desk.wait_for_timeout(500)
        if desk.get_by_text("别人改了1处").count():
            break
    assert desk.get_by_text("周敏").count() == 1
    assert desk.locator(f'td[data-slot="{days[1]}/morning"] #v-{visit.code}').count() == 1  # nothing moves by itself

    desk.drag_and_drop(f"#v-{visit.code}", f'td[data-slot="{days[4]}/afternoon"]')
    desk.get_by_role("heading", name="春申坊刚被别人改过").wait_for()
    assert desk.locator("#place").get_by_text("周敏").is_visible()
    desk.locator(f'td[data-slot="{days[3]}/morning"] #v-{visit.code}').wait_for()
    assert at_place(visit, days[3], "morning")
    desk.get_by_role("button", name="仍然改期").click()
    desk.locator(f'td[data-slot="{days[4]}/afternoon"] #v-{visit.code}').wait_for()
    assert at_place(visit, days[4], "afternoon")


def test_on_a_phone_a_visit_is_moved_by_touch(
    visit: Visit, district: District, days: list[str], page_of: Callable[..., Any]
) -> None:
    phone = page_of(district["coordinator"], **PHONE)
    phone.goto(f"{BOARD}?open=chunshen-street")
    chip = phone.locator(f"#v-{visit.code}")
    assert chip.bounding_box()["height"] >= 44
    chip.tap()
    phone.locator("dialog#place[open]").wait_for()
    phone.locator(f'label.ro:has(input[value="{days[2]}/afternoon"])').tap()
    phone.get_by_role("button", name="改期").tap()
    phone.locator("#moved .toast0").wait_for()
    assert at_place(visit, days[2], "afternoon")
    assert phone.evaluate(OVERFLOW) == 0


def test_on_a_phone_the_street_s_name_stays_and_the_menu_fits(
    district: District, visit: Visit, page_of: Callable[..., Any]
) -> None:
    page = page_of(district["coordinator"], **PHONE)
    page.goto(BOARD)
    page.locator("#board .scroll-x").evaluate("frame => { frame.scrollLeft = 300; }")
    assert page.locator("#x-chunshen-street").bounding_box()["x"] >= 0
    page.locator(".act summary").tap()
    menu = page.locator(".act .menu-b").bounding_box()
    assert menu["x"] >= 0
    assert menu["x"] + menu["width"] <= 390


def test_without_scripts_streets_open_filters_work_and_the_visit_s_page_moves_it(
    visit: Visit, district: District, days: list[str], page_of: Callable[..., Any]
) -> None:
    page = page_of(district["coordinator"], java_script_enabled=False)
    page.goto(BOARD)
    page.locator("#x-chunshen-street").click()
    page.locator(f"#v-{visit.code}").click()
    page.get_by_role("link", name=re.compile("改期")).first.click()
    page.locator(f'label.ro:has(input[value="{days[2]}/afternoon"])').click()
    page.locator("main form").get_by_role("button", name="改期").click()
    assert at_place(visit, days[2], "afternoon")
    page.goto(BOARD)
    page.locator("#f-street").select_option("hetang-street")
    page.locator("noscript button, main form button").first.click()
    assert page.locator("tbody tr[id]").count() == 1


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_opened_board_and_its_dialog_fit_every_window_and_are_accessible(
    visit: Visit, district: District, page_of: Callable[..., Any], language: str
) -> None:
    page = page_of(district["coordinator"], locale=language)
    problems: list[str] = []
    for query in ("?open=chunshen-street", f"?by=day&open={visit.day}", "?by=team&open=chunshen-unit"):
        page.goto(BOARD + query)
        for dialog in (False, True):
            if dialog:
                page.locator(f"#v-{visit.code}").click()
                page.locator("dialog#place[open]").wait_for()
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                for large in (False, True):
                    page.evaluate("large => document.documentElement.classList.toggle('large', large)", large)
                    if wide := page.evaluate(OVERFLOW) or _dialog_overflow(page, dialog):
                        problems.append(f"{query} {dialog}: {wide} px too wide at {width}, large: {large}")
                page.evaluate("document.documentElement.classList.remove('large')")
                if width in AXE_WIDTHS:
                    problems += violations(page, f"{query} {dialog}", width)
            page.set_viewport_size({"width": 1280, "height": 900})
    assert problems == []


def _dialog_overflow(page: Any, dialog: bool) -> int:
    return (
        page.evaluate("() => { const d = document.getElementById('place'); return d.scrollWidth - d.clientWidth }")
        if dialog
        else 0
    )
