"""What had been planned before the hours of the digest stood in its rule is not told a second time."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from core.clock import today
from core.models import Event
from notifications.kinds import Kind
from notifications.models import Occurrence, ReminderRule
from notifications.planner import plan
from notifications.services import notify
from tests.factories.teams import UserFactory

migration = import_module("notifications.migrations.0010_hours_of_the_inbox_digest")


@pytest.mark.parametrize("moved", [True, False])
def test_planned_before_and_after_is_planned_once(db: None, moved: bool) -> None:
    now = timezone.now()
    rule = ReminderRule.objects.create(
        code="inbox-rest",
        kind=Kind.ISSUE_ASSIGNED,
        source="inbox-rest",
        late_hours=48,
        steps=[{"code": "T", "days": 0, "hours": [f"{timezone.localtime(now):%H:%M}"], "audience": ["reader"]}],
    )
    notify([UserFactory()], Kind.ISSUE_ASSIGNED, facts={}, url="/", at=now - timedelta(hours=23))
    plan(at=now)
    Occurrence.objects.update(period=today(now + timedelta(days=3)).isoformat())  # as it was called before
    if moved:
        migration.into_the_rule(apps, None)
    plan(at=now)
    assert Occurrence.objects.count() == (1 if moved else 2)
    assert ReminderRule.objects.get(pk=rule.pk).steps[0]["hours"] == (
        migration.HOURS if moved else rule.steps[0]["hours"]
    )
    assert not Event.objects.exists()
