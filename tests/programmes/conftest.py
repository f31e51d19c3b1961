"""What the tests of presets, import and demonstration share."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.apps import apps

from core.clock import SHANGHAI
from programmes.imports.report import Report
from programmes.imports.run import run
from programmes.load import load
from teams.models import User
from teams.permissions import Role
from tests.factories.teams import GrantFactory
from tests.programmes import bad_workbooks

AT = datetime(2026, 9, 21, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def programme(db: None) -> None:
    load("xuhui", at=AT)


@pytest.fixture
def imported(programme: None) -> Report:
    """The small district, imported."""
    report = run(bad_workbooks.files(bad_workbooks.good()), by=None, at=AT)
    assert report.errors == []
    return report


@pytest.fixture
def coordinator(db: None) -> User:
    return GrantFactory(user__name="许文君", role=Role.COORDINATOR).user


@pytest.fixture
def everything() -> Callable[[], dict[str, int]]:
    """How many rows every table has; what a page writes down about people who open it does not count."""

    def count() -> dict[str, int]:
        models = [
            model
            for model in apps.get_models()
            if model._meta.managed and model._meta.app_label not in ("sessions", "axes")
        ]
        return {
            model._meta.label: model._default_manager.count()
            for model in models
            if model._meta.label != "core.SubmittedForm"
        }

    return count
