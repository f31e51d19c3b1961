"""The hours at which the rest of the inbox leaves the app were a constant; they become part of its rule.

The period of what was planned is the day the message came in from now on, so nothing is told a second time.
"""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations
from django.utils import timezone

HOURS = ["09:00", "16:00"]
SHANGHAI = ZoneInfo("Asia/Shanghai")
RECENT = timedelta(days=4)


def into_the_rule(apps: Any, schema_editor: Any) -> None:
    rules = apps.get_model("notifications", "ReminderRule").objects.filter(source="inbox-rest")
    for rule in rules:
        rule.steps = [step if step.get("at") else {**step, "hours": HOURS} for step in rule.steps]
        rule.save(update_fields=["steps"])
    planned = apps.get_model("notifications", "Occurrence").objects.filter(
        rule__in=rules, due_at__gt=timezone.now() - RECENT
    )
    messages = apps.get_model("notifications", "Message").objects.in_bulk(planned.values_list("subject_id", flat=True))
    for row in planned:
        if message := messages.get(row.subject_id):
            row.period = message.created_at.astimezone(SHANGHAI).date().isoformat()
            row.save(update_fields=["period"])


def out_of_the_rule(apps: Any, schema_editor: Any) -> None:
    for rule in apps.get_model("notifications", "ReminderRule").objects.filter(source="inbox-rest"):
        rule.steps = [{name: value for name, value in step.items() if name != "hours"} for step in rule.steps]
        rule.save(update_fields=["steps"])


class Migration(migrations.Migration):
    dependencies = [("notifications", "0009_number_changed_calendar_not_read")]

    operations = [migrations.RunPython(into_the_rule, out_of_the_rule)]
