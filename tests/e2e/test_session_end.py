"""Five minutes before somebody is signed out the page says so, and one press keeps them in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from teams import session_time
from tests.e2e.test_every_page import AXE, RUN_AXE
from tests.people import District

HOUR = 3600


def end_in(page: Any, seconds: int) -> SessionStore:
    """Let the session of this window end soon."""
    key = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    store = SessionStore(key)
    store[session_time.KEY] = timezone.now().timestamp() + seconds
    store.save()
    return store


@pytest.mark.parametrize(
    ("locale", "stay"), [("zh-CN", "继续使用"), ("en-GB", "Stay signed in")], ids=["Chinese", "English"]
)
def test_who_presses_the_button_stays_signed_in(
    district: District, page_of: Callable[..., Any], locale: str, stay: str
) -> None:
    page = page_of(district.own["lead"], locale=locale, viewport={"width": 320, "height": 700})
    store = end_in(page, 280)
    page.goto("/me/")
    button = page.get_by_role("alert").get_by_role("button", name=stay)
    button.wait_for()
    page.evaluate(AXE.read_text())
    assert page.evaluate(RUN_AXE) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    button.press("Enter")
    button.wait_for(state="hidden")
    ends = SessionStore(store.session_key)[session_time.KEY]
    assert ends - timezone.now().timestamp() > 11 * HOUR
    page.reload()
    assert button.is_hidden()


def test_nothing_is_said_while_there_is_time(district: District, page_of: Callable[..., Any]) -> None:
    page = page_of(district.own["lead"])
    end_in(page, 2 * HOUR)
    page.goto("/me/")
    page.wait_for_function("document.getElementById('session-bar').querySelector('span')")
    assert page.locator("#session-bar").is_hidden()


def test_another_window_that_stays_keeps_this_one_too(district: District, page_of: Callable[..., Any]) -> None:
    page = page_of(district.own["lead"])
    end_in(page, 250)
    page.goto("/me/")
    other = page.context.new_page()
    other.goto("/inbox/")
    other.get_by_role("button", name="继续使用").click()
    page.locator("#session-bar").wait_for(state="hidden")


def test_who_was_signed_out_is_told_so_and_shown_where_to_sign_in(
    district: District, page_of: Callable[..., Any]
) -> None:
    page = page_of(district.own["lead"])
    end_in(page, 200)
    page.goto("/me/")
    page.get_by_role("button", name="继续使用").wait_for()
    Session.objects.all().delete()
    page.get_by_role("button", name="继续使用").click()
    page.get_by_role("alert").get_by_role("link", name="重新登录").wait_for()
    assert "离开太久" in page.locator("#session-bar").inner_text()
