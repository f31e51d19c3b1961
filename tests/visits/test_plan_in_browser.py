"""The coordinator proposes a plan, looks, applies a repair, releases, and the board shows it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.clock import today
from tests.e2e.test_every_page import AXE_WIDTHS, OVERFLOW, WIDTHS, violations
from tests.factories.visits import RoundFactory, VisitKindFactory
from tests.people import District
from visits import services
from visits.computing import compute
from visits.models import BusyTime, DayPart, PlanRun, Round, Visit
from visits.planning import Wish
from visits.workdays import days_from

PLAN = "/rounds/2026q4/plan/"


@pytest.fixture
def round_(district: District) -> Round:
    """A window of a week from tomorrow, without public holidays; one lawyer has time in the evening only."""
    VisitKindFactory()
    office, at = district["coordinator"], timezone.now()
    first = today(at) + timedelta(days=1)
    made = RoundFactory(window_start=first, window_end=first + timedelta(days=6))
    Round.objects.filter(pk=made.pk).update(code="2026q4")
    made.refresh_from_db()
    for day in days_from(made.window_start, made.window_end + timedelta(days=9)):
        for part in (DayPart.MORNING, DayPart.AFTERNOON):
            for who in ("lawyer", "lead"):
                BusyTime.objects.create(user=district.own[who], day=day, part=part)
    return services.open_round(round=made, by=office, at=at)


def test_from_the_board_to_the_board(round_: Round, district: District, page_of: Callable[..., Any]) -> None:
    page = page_of(district["coordinator"], viewport={"width": 1280, "height": 900})
    page.set_default_timeout(15_000)
    page.goto("/rounds/2026q4/board/")
    page.get_by_role("link", name="自动排方案").click()
    page.get_by_role("button", name="自动排方案").click()
    page.get_by_role("button", name="在这里算").click()  # no worker runs beside a test
    page.get_by_role("heading", name="2场走访排上了1场").wait_for()
    assert page.get_by_text("这是最好的方案").is_visible()
    assert page.get_by_text("天都没空").count() == 2

    repairs = page.locator(".repairs .slot")
    assert "晚间" in repairs.first.inner_text()
    repairs.first.get_by_role("button").click()
    page.get_by_role("heading", name="2场走访排上了2场").wait_for()
    page.get_by_role("link", name="发布2场").click()
    page.get_by_label("同时通知所有人").check()
    page.get_by_role("button", name="发布2场").click()
    page.get_by_text("方案已发布：新排2场").wait_for()
    assert page.url.endswith("/rounds/2026q4/board/")
    own = Visit.objects.get(team=district.own.team)
    assert own.part == DayPart.EVENING
    page.locator("#x-chunshen-street").click()
    page.locator(f'td[data-slot="{own.day}/evening"] #v-{own.code}').wait_for()


def test_without_scripts_the_draft_is_reached_by_asking_again(
    round_: Round, district: District, page_of: Callable[..., Any]
) -> None:
    page = page_of(district["coordinator"], java_script_enabled=False)
    page.goto(PLAN)
    page.get_by_role("button", name="自动排方案").click()
    compute(PlanRun.objects.get())
    page.get_by_role("link", name="看看算到哪了").click()
    assert page.get_by_role("heading", name="2场走访排上了1场").is_visible()


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_every_state_fits_every_window_and_is_accessible(
    round_: Round, district: District, page_of: Callable[..., Any], language: str
) -> None:
    page = page_of(district["coordinator"], locale=language)
    problems = found_on(page, [PLAN])
    run = services.ask_for_plan(round=round_, wish=Wish(), by=district["coordinator"], at=timezone.now())
    problems += found_on(page, [PLAN])
    page.goto("about:blank")  # the page would open itself anew
    compute(run)
    line = run.lines.unplaced().get()
    problems += found_on(page, [PLAN, f"{PLAN}lines/?show=new", f"{PLAN}lines/{line.pk}/", f"{PLAN}release/"])
    assert problems == []


def found_on(page: Any, paths: list[str]) -> list[str]:
    problems = []
    for path in paths:
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for large in (False, True):
                page.evaluate("large => document.documentElement.classList.toggle('large', large)", large)
                if wide := page.evaluate(OVERFLOW):
                    problems.append(f"{path}: {wide} px too wide at {width}, large: {large}")
            page.evaluate("document.documentElement.classList.remove('large')")
            if width in AXE_WIDTHS:
                problems += violations(page, path, width)
    return problems
