"""The Celery app and the beat table: the only list of periodic work."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_init
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("manyi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Times are Shanghai's (CELERY_TIMEZONE).
app.conf.beat_schedule = {
    "pulse": {"task": "notifications.tasks.beat", "schedule": 60.0},
    "remind": {"task": "notifications.tasks.remind", "schedule": 60.0, "options": {"expires": 55}},
    "nightly": {"task": "notifications.tasks.nightly", "schedule": crontab(hour=2, minute=30)},
}


@worker_init.connect
def say_what_is_set_up_wrong(**kwargs: Any) -> None:
    """Celery runs the system checks when a worker starts, and keeps to itself what they find."""
    call_command("check")
