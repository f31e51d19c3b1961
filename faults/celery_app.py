"""The site's Celery with a minute that lasts a second."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faults.settings")

from config.celery import app

app.conf.beat_schedule = {
    "pulse": {"task": "notifications.tasks.beat", "schedule": 1.0, "options": {"expires": 5}},
    "remind": {"task": "notifications.tasks.remind", "schedule": 1.0, "options": {"expires": 5}},
}
