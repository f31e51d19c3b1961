"""Periodic work: thin doors, nothing else. When each one runs stands in config/celery.py.

A task is a doorbell: it carries nothing, may ring twice and may be lost, because the ledger knows what is to do.
"""

from celery import shared_task
from django.utils import timezone

from notifications.models import Heartbeat
from notifications.periodic import run_nightly
from notifications.pulse import tick

SCHEDULER = "scheduler"


@shared_task
def beat() -> None:
    """The pulse /healthz looks at: beat sends this task, a worker runs it, so both are alive."""
    now = timezone.now()
    Heartbeat.objects.update_or_create(name=SCHEDULER, defaults={"last_started": now, "last_ok": now})


@shared_task
def remind() -> None:
    tick()


@shared_task(time_limit=3600, soft_time_limit=3500)
def nightly() -> None:
    run_nightly(at=timezone.now())
