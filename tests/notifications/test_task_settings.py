"""What Celery must be set to, and what nobody may use."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings

from core.checks import TASK_SETTINGS, sqlite_waits_for_writers, tasks_are_set_up

LATER = {"eta", "countdown"}


def test_the_site_as_it_is_needs_no_warning() -> None:
    assert tasks_are_set_up(None) + sqlite_waits_for_writers(None) == []


@pytest.mark.parametrize("name", TASK_SETTINGS)
def test_each_setting_has_a_warning_of_its_own(settings: Any, name: str) -> None:
    setattr(settings, f"CELERY_{name}", None)
    (warning,) = tasks_are_set_up(None)
    assert warning.id.startswith("core.W9") and name in warning.msg


def test_a_task_hidden_for_too_long_is_warned_of(settings: Any) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
    assert [warning.id for warning in tasks_are_set_up(None)] == ["core.W920"]


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
