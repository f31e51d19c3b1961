"""Every page a role reaches, in a real browser: no accessibility violation, nothing wider than the window.

Each address is opened by the first role that may, and the home by every role; in Chinese where the suite runs on SQLite,
in English where it runs on PostgreSQL. Violations are looked for on a phone in the one, on a desk in the other. SWEEP=all
opens every page as every role in both languages and at both; SWEEP_UNDER=/visits/ those whose address begins like that.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Error

from teams.models import User
from tests.site import matrix
from tests.site.addresses import all_addresses
from tests.site.matrix import ROLES, Row
from tests.site.world import World, arguments, build_world, variants

LANGUAGE = {"sqlite": "zh-hans", "postgresql": "en"}
AXE = settings.BASE_DIR / "var" / "test-assets" / "axe.min.js"
WIDTHS = (320, 390, 768, 1024, 1280, 1440, 1920)
AXE_WIDTH = {"sqlite": 390, "postgresql": 1280}
# For pages that other tests look at more closely.
AXE_WIDTHS = tuple(AXE_WIDTH.values())
OVERFLOW = "() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth)"
RUN_AXE = """async () => {
  if (!window.axe) return null
  document.documentElement.classList.remove('large')
  const found = await axe.run(document, {resultTypes: ['violations']})
  return found.violations.map(({id, nodes}) => [id, nodes[0].html])
}"""
TOO_WIDE = """() => [false, true].map(large => {
  document.documentElement.classList.toggle('large', large)
  return document.documentElement.scrollWidth - window.innerWidth
})"""


def pages_to_open(world: World) -> dict[str, list[str]]:
    """Paths by role, from the permission matrix: what it says is 200 is opened."""
    table = matrix.read()
    seen: set[str] = set()
    found: dict[str, list[str]] = {role: [] for role in ROLES}
    for address in all_addresses():
        for variant in variants(address):
            key = f"{address.key} {' '.join(variant.values())}".strip()
            path = reverse(address.name, kwargs=arguments(address, world, "own") | variant)
            if not path.startswith(os.environ.get("SWEEP_UNDER", "/")) or path.endswith(".ics"):
                continue  # a calendar file is no page
            for role, cell in table.get(Row(key, "GET"), {}).items():
                if cell.startswith("200") and (key not in seen or path == "/" or os.environ.get("SWEEP") == "all"):
                    seen.add(key)
                    found[role].append(path)
    return found


def asked_for_more() -> bool:
    return bool({"SWEEP", "SWEEP_UNDER"} & set(os.environ))


def problems_of(page: Any, path: str) -> Iterator[str]:
    try:
        page.goto(path)
    except Error as error:  # a file is no page
        if "Download is starting" in error.message:
            return
        raise
    fragment = page.locator("main").count() == 0
    axe_widths = AXE_WIDTH.values() if asked_for_more() else [AXE_WIDTH[connection.vendor]]
    for width in WIDTHS:
        yield from too_wide(page, path, width)
        if width in axe_widths and not fragment:
            yield from violations(page, path, width)


def too_wide(page: Any, path: str, width: int) -> Iterator[str]:
    page.set_viewport_size({"width": width, "height": 900})
    for wide, text in zip(page.evaluate(TOO_WIDE), ("", " in large text"), strict=True):
        if wide > 0:
            yield f"{path}: {wide} px too wide at {width}{text}"


def violations(page: Any, path: str, width: int) -> Iterator[str]:
    """A page that came without axe is given it now."""
    found = page.evaluate(RUN_AXE)
    if found is None:
        page.evaluate(AXE.read_text())
        found = page.evaluate(RUN_AXE)
    for rule, html in found:
        yield f"{path} at {width}: {rule}: {html[:160]}"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_accessible_and_fits_every_window(page_of, new_context, live_server, transactional_db, language):
    if language != LANGUAGE[connection.vendor] and not asked_for_more():
        pytest.skip("the suite on the other database reads the pages in this language")
    world = build_world()
    problems: list[str] = []
    for role, paths in pages_to_open(world).items():
        page = open_as(world.person(role), page_of, new_context)
        page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        for path in paths:
            problems += problems_of(page, path)
        page.context.close()
    assert not problems, "\n".join(problems)


def open_as(person: User | None, page_of: Callable[..., Any], new_context: Callable[..., Any]) -> Any:
    return with_axe(page_of(person) if person else new_context().new_page())


def with_axe(page: Any) -> Any:
    """Every page opened from now on brings axe along; the browser is given it once."""
    page.context.add_init_script(path=AXE)
    return page


def test_the_search_finds_a_violation_and_what_is_too_wide(page, live_server):
    """The negative twin: a picture without words is found, and a text that only in large letters is too wide."""
    with_axe(page).goto("/privacy/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/static/x.png\">')")
    assert any("image-alt" in problem for problem in violations(page, "/privacy/", 390))
    assert list(too_wide(page, "/privacy/", 390)) == []
    page.evaluate(
        "new CSSStyleSheet().replace('.large main { width: 400px }').then(one => document.adoptedStyleSheets = [one])"
    )
    assert list(too_wide(page, "/privacy/", 390)) == ["/privacy/: 10 px too wide at 390 in large text"]
