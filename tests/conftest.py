"""What every test gets: cheap passwords, no network, property-test profiles, and a browser for those that ask."""

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import caches
from django.db import connection
from django.test import Client, override_settings
from django.utils import translation
from hypothesis import HealthCheck, settings

from core import statements
from core.templatetags import core as core_tags
from tests.database import django_db_setup
from tests.people import district

__all__ = ["district", "django_db_setup"]

settings.register_profile("everyday", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", settings.get_profile("everyday"), max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "everyday"))

BROWSER_FIXTURES = {"page", "context", "new_context", "browser"}
CHEAP_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=[CHEAP_HASHER]):
        yield


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    """Every test begins in the site's language, whatever a page before it was asked for in."""
    translation.activate(django_settings.LANGUAGE_CODE)
    yield
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """A test that would reach another machine fails instead."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not _is_here(address[0]):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test has cached is nothing to the next, and on a slow machine it holds until the test's end."""
    monkeypatch.setattr("dashboard.shell.PROGRAMME_SECONDS", None)
    for cache in caches.all():
        cache.clear()


@pytest.fixture(autouse=True)
def plans_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection lives through the whole run. What it keeps is cleared between tests and not in the middle of one,
    where the command for it would be a query too many."""
    raw, most = connection.connection, statements.MOST_PREPARED
    monkeypatch.setattr(statements, "MOST_PREPARED", 10**9)
    if raw is not None and connection.vendor == "postgresql" and len(statements._prepared.get(raw, ())) > most:
        with raw.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")
        del statements._prepared[raw]


@pytest.fixture
def in_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests with days of 2026: dates are told without their year, whenever the test runs."""
    monkeypatch.setattr(core_tags, "this_year", lambda: 2026)


@pytest.fixture
def process_env(transactional_db: None) -> dict[str, str]:
    """The environment in which another process, a worker for example, works on this test's database."""
    name = connection.settings_dict["NAME"]
    server = "sqlite://" if connection.vendor == "sqlite" else os.environ["DATABASE_URL"].rpartition("/")[0]
    return {**os.environ, "DATABASE_URL": f"{server}/{name}"}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    from tools.browser import ARGUMENTS, environment, executable  # noqa: PLC0415  only who tests pages needs Playwright

    browser = executable()
    return {
        **browser_type_launch_args,
        "executable_path": browser,
        "args": ARGUMENTS,
        "env": environment(browser),
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], live_server: Any) -> dict[str, Any]:
    """A visitor from Shanghai; `page.goto("/")` opens the site under test."""
    return {
        **browser_context_args,
        "base_url": live_server.url,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
    }


@pytest.fixture
def new_context(browser: Any, browser_context_args: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    """`new_context(locale="en-GB")`: another browser window; what is asked for wins over what all of them get."""
    opened = []

    def open_context(**options: Any) -> Any:
        opened.append(browser.new_context(**{**browser_context_args, **options}))
        return opened[-1]

    yield open_context
    for context in opened:
        context.close()


@pytest.fixture
def page_of(new_context: Callable[..., Any], live_server: Any) -> Callable[..., Any]:
    """`page_of(user)`: a page of a browser in which this person is signed in; each call is another browser window."""

    def open_page(user: AbstractBaseUser, **options: Any) -> Any:
        client = Client()
        client.force_login(user)
        context = new_context(**options)
        cookies = ({"name": name, "value": cookie.value} for name, cookie in client.cookies.items())
        context.add_cookies([{**cookie, "url": live_server.url} for cookie in cookies])
        return context.new_page()

    return open_page
