"""What Celery must be set to, and what nobody may use."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as site_settings

from core.checks import TASK_SETTINGS, redis_keeps_the_queue, sqlite_waits_for_writers, tasks_are_set_up
from tools.redis import RedisServer

LATER = {"eta", "countdown"}


def test_the_site_as_it_is_needs_no_warning() -> None:
    assert tasks_are_set_up(None) + redis_keeps_the_queue(None) + sqlite_waits_for_writers(None) == []


@pytest.mark.parametrize("name", TASK_SETTINGS)
def test_each_setting_has_a_warning_of_its_own(settings: Any, name: str) -> None:
    setattr(settings, f"CELERY_{name}", None)
    (warning,) = tasks_are_set_up(None)
    assert warning.id.startswith("core.W9") and name in warning.msg


def test_a_task_hidden_for_too_long_is_warned_of(settings: Any) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
    assert [warning.id for warning in tasks_are_set_up(None)] == ["core.W920"]


@pytest.fixture
def server(settings: Any) -> Iterator[redis.Redis]:
    """A Redis as our own tools start it, to spoil."""
    with RedisServer() as running, redis.Redis.from_url(running.url) as connected:
        settings.REDIS_URL = running.url
        yield connected


@pytest.mark.parametrize(
    ("name", "value", "warnings"),
    [
        ("maxmemory-policy", "noeviction", []),
        ("maxmemory-policy", "allkeys-lru", ["core.W923"]),
        ("appendonly", "no", ["core.W924"]),
        ("appendfsync", "no", ["core.W925"]),
    ],
)
def test_a_redis_that_may_drop_messages_is_warned_of(
    server: redis.Redis, name: str, value: str, warnings: list[str]
) -> None:
    server.config_set(name, value)
    assert [warning.id for warning in redis_keeps_the_queue(None)] == warnings


@pytest.mark.parametrize("url", ["", "unix:///nowhere", "redis://127.0.0.1:1"])
def test_no_redis_or_one_that_is_away_is_no_reason_not_to_start(settings: Any, url: str) -> None:
    settings.REDIS_URL = url
    assert redis_keeps_the_queue(None) == []


def test_sqlite_without_its_options_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {}}
    monkeypatch.setitem(site_settings.DATABASES, "default", bare)
    assert [warning.id for warning in sqlite_waits_for_writers(None)] == ["core.W922"]


def test_no_task_is_ever_sent_for_later() -> None:
    """Celery runs it twice when later is longer than the visibility timeout; the ledger knows what is due when."""
    root = Path(site_settings.BASE_DIR)
    found = []
    for app in (
        "config",
        "core",
        "notifications",
        "teams",
        "visits",
        "issues",
        "assessment",
        "dashboard",
        "programmes",
    ):
        for path in (root / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and any(word.arg in LATER for word in node.keywords):
                    found.append(f"{path.relative_to(root)}:{node.lineno}")
    assert found == []
