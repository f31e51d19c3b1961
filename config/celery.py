"""The Celery app and the beat table: the only list of periodic work."""

import os

from celery import Celery
from celery.schedules import crontab

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
