"""The gallery of parts in a real browser: what the shared script and styles promise every page."""

from typing import Any

import pytest
from django.conf import settings as django_settings

AXE = django_settings.BASE_DIR / "var" / "test-assets" / "axe.min.js"


@pytest.fixture
def gallery(page: Any, settings: Any, live_server: Any) -> Any:
    """The gallery opened by a visitor; errors in its script fail the test."""
    settings.DEBUG = True
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
    page.goto("/styleguide/")
    yield page
    # The browser asks for the page's icon when it likes, also while a test has taken the network away.
    assert [words for words in broken if "ERR_INTERNET_DISCONNECTED" not in words] == []


def focused(page: Any, what: str = "id") -> str:
    return page.evaluate(f"document.activeElement.{what}")


def leave_fields(page: Any) -> None:
    page.evaluate("document.activeElement.blur()")


def test_error_summary_has_the_focus(gallery: Any) -> None:
    assert focused(gallery) == "errors"


def test_rows_are_walked_with_single_keys(gallery: Any) -> None:
    leave_fields(gallery)
    gallery.keyboard.press("k")
    assert focused(gallery, "textContent").startswith("2号门禁")
    gallery.keyboard.press("j")
    assert focused(gallery, "textContent").startswith("10–14号楼")


def test_single_keys_are_letters_while_typing_and_can_be_switched_off(gallery: Any) -> None:
    gallery.fill("#id_place", "")
    gallery.type("#id_place", "j?k")
    assert gallery.input_value("#id_place") == "j?k"
    leave_fields(gallery)
    gallery.keyboard.press("?")
    assert gallery.is_visible("#keys")
    gallery.uncheck("#keys-on")
    gallery.keyboard.press("Escape")
    leave_fields(gallery)
    gallery.keyboard.press("?")
    assert not gallery.is_visible("#keys")


def test_dialog_opens_and_closes(gallery: Any) -> None:
    gallery.click("[data-open=sample-dialog]")
    assert gallery.is_visible("#sample-dialog")
    gallery.click("#sample-dialog [data-close] >> nth=0")
    assert not gallery.is_visible("#sample-dialog")


def test_form_is_sent_once_however_often_the_button_is_pressed(gallery: Any) -> None:
    sent: list[str] = []
    gallery.on("request", lambda request: sent.append(request.method))
    gallery.route("**/styleguide/", lambda route: route.fulfill(status=204))
    button = gallery.locator("#forms button[type=submit]")
    button.evaluate("one => { one.click(); one.click(); }")
    gallery.wait_for_function("document.querySelector('#forms button[type=submit]').ariaDisabled === 'true'")
    assert sent.count("POST") == 1
    assert button.inner_text() == "正在提交…"


def test_form_waits_for_the_network_and_is_sent_when_it_is_back(gallery: Any) -> None:
    sent: list[str] = []
    gallery.on("request", lambda request: sent.append(request.method))
    gallery.context.set_offline(True)
    gallery.click("#forms button[type=submit]")
    assert gallery.is_visible("#offline-bar")
    assert "POST" not in sent
    gallery.route("**/styleguide/", lambda route: route.fulfill(status=204))
    with gallery.expect_request(lambda request: request.method == "POST"):
        gallery.context.set_offline(False)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nothing_overflows(gallery: Any, live_server: Any, large: bool, language: str) -> None:
    choices = {"large": str(int(large)), "django_language": language}
    gallery.context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in choices.items()]
    )
    gallery.reload()
    for width in (320, 390, 768, 1024, 1280, 1920):
        gallery.set_viewport_size({"width": width, "height": 900})
        assert gallery.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [390, 1280])
def test_parts_are_accessible(gallery: Any, width: int) -> None:
    gallery.set_viewport_size({"width": width, "height": 900})
    gallery.evaluate(AXE.read_text() + ";0")
    found = gallery.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    assert [(each["id"], each["nodes"][0]["target"]) for each in found["violations"]] == []
