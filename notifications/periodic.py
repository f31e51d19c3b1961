"""Running what apps above want done every night. One job that fails does not keep the others from running."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.models import Heartbeat

logger = logging.getLogger(__name__)


def job_names() -> list[str]:
    """The last part of each path, which is what people call it."""
    return [path.rpartition(".")[2] for path in settings.NIGHTLY_JOBS]


def run_nightly(*, at: datetime, only: Iterable[str] = ()) -> dict[str, str]:
    """What each job said, "failed" for one that broke; its heartbeat keeps when it last went well."""
    wanted, said = set(only), {}
    for path, name in zip(settings.NIGHTLY_JOBS, job_names(), strict=True):
        if wanted and name not in wanted:
            continue
        pulse, _created = Heartbeat.objects.update_or_create(name=name, defaults={"last_started": at})
        try:
            said[name] = import_string(path)(at)
        except Exception:  # a job is an app's own code and may break in any way; it shows in its heartbeat
            logger.exception("the nightly job %s failed", name)
            said[name] = "failed"
            continue
        pulse.last_ok = at
        pulse.save(update_fields=["last_ok"])
        logger.info("%s: %s", name, said[name])
    return said
