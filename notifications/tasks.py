"""Periodic work: thin doors, nothing else."""

from celery import shared_task
from django.utils import timezone

from notifications.models import Heartbeat

SCHEDULER = "scheduler"


@shared_task
def beat() -> None:
    """The pulse /healthz looks at: beat sends this task, a worker runs it, so both are alive."""
    now = timezone.now()
    Heartbeat.objects.update_or_create(name=SCHEDULER, defaults={"last_started": now, "last_ok": now})
