"""What people see while the database or Redis does not answer."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client, override_settings
from django.urls import reverse

from tests.factories.teams import ProgrammeFactory
from tests.people import District

NOWHERE = "redis://127.0.0.1:1/0"
REDIS = {"LOCATION": NOWHERE, "OPTIONS": {"db": 1, "socket_timeout": 1}}
WITHOUT_REDIS = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", **REDIS},
    "answers": {"BACKEND": "core.answers_cache.AnswersCache", **REDIS},
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
ALL_STRICT = WITHOUT_REDIS | {"answers": WITHOUT_REDIS["default"]}

pytestmark = pytest.mark.django_db


def signed_in(district: District) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(district["coordinator"], backend="teams.signing_in.NameOrPhoneBackend")
    return client


def no_answer(*asked: Any) -> None:
    raise OperationalError("server closed the connection unexpectedly")


def errors_of(caplog: pytest.LogCaptureFixture) -> list[type[BaseException] | None]:
    """What our own log says went wrong: Django's is read by nobody while DEBUG is off."""
    return [record.exc_info[0] for record in caplog.records if record.name == "pages.views" and record.exc_info]


def test_without_its_database_the_site_says_so_and_shows_what_was_typed(caplog: pytest.LogCaptureFixture) -> None:
    with connection.execute_wrapper(no_answer):
        answer = Client(raise_request_exception=False).post(reverse("teams:login"), {"username": "十号楼夜间停车"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "请过一分钟再试" in answer.content.decode()
    assert "十号楼夜间停车" in answer.content.decode()
    assert errors_of(caplog) == [OperationalError]


def test_a_fault_of_ours_has_a_number_the_log_knows(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ProgrammeFactory()
    monkeypatch.setattr("pages.views.examine", lambda at: 1 / 0)
    answer = Client(raise_request_exception=False).get(reverse("pages:healthz"))
    assert answer.status_code == 500
    number = next(record.args[0] for record in caplog.records if record.name == "pages.views" and record.args)
    assert str(number) in answer.content.decode()
    assert errors_of(caplog) == [ZeroDivisionError]


def test_a_form_sent_too_late_shows_what_was_typed() -> None:
    ProgrammeFactory()
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("teams:login"), {"username": "十号楼夜间停车", "password": "白日依山尽42"})
    assert answer.status_code == 403
    assert "十号楼夜间停车" in answer.content.decode()
    assert "白日依山尽42" not in answer.content.decode()


@pytest.mark.parametrize("address", ["dashboard:home", "dashboard:figures", "notifications:coming"])
def test_without_redis_pages_are_only_slower(district: District, address: str) -> None:
    with override_settings(CACHES=WITHOUT_REDIS):
        assert signed_in(district).get(reverse(address), follow=True).status_code == 200


def test_where_answers_must_be_cached_figures_are_lost_with_redis(district: District) -> None:
    """The negative twin."""
    with override_settings(CACHES=ALL_STRICT):
        assert signed_in(district).get(reverse("dashboard:figures"), follow=True).status_code == 503


def test_without_redis_nobody_guesses_codes() -> None:
    ProgrammeFactory()
    with override_settings(CACHES=WITHOUT_REDIS):
        answer = Client(raise_request_exception=False).post(
            reverse("issues:resident_find"), {"number": "26Q4-0001", "code": "AAAAAAAA"}
        )
    assert answer.status_code == 503
