"""The site does not start with broken wiring."""

from typing import Any

import pytest
from django.conf import settings as site_settings

from config.celery import say_what_is_set_up_wrong
from core.checks import WIRING, wiring_imports


@pytest.mark.parametrize("name", WIRING)
def test_a_path_that_leads_nowhere_is_an_error(settings: Any, name: str) -> None:
    assert wiring_imports(None) == []
    setattr(settings, name, "no.where" if isinstance(getattr(site_settings, name), str) else ["no.where"])
    assert [error.msg.split(",")[0] for error in wiring_imports(None)] == [f"{name} names no.where"]


def test_every_setting_that_names_code_of_ours_is_checked() -> None:
    ours = {"visits", "issues", "assessment", "dashboard", "notifications", "teams", "programmes"}

    def names_code(value: object) -> bool:
        paths = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return bool(paths) and all(isinstance(path, str) and path.partition(".")[0] in ours for path in paths)

    # Named for others to import, or a user, an address, a module: Django and Celery look at these themselves.
    theirs = {"AUTH_USER_MODEL", "AXES_LOCKOUT_CALLABLE", "CELERY_IMPORTS"}
    found = {name for name in dir(site_settings) if name.isupper() and names_code(getattr(site_settings, name))}
    assert {name for name in found if not name.endswith("_URL")} - theirs == set(WIRING)


def test_a_worker_says_what_is_set_up_wrong(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.CELERY_TASK_ACKS_LATE = False
    say_what_is_set_up_wrong()
    assert "core.W901" in capsys.readouterr().err
