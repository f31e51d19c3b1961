"""Computing a plan in a worker: signs of life while it goes on, an end as soon as somebody stops it.

The task carries a number and may ring twice or be lost: who begins a plan is settled in the database.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from core.refusals import RuleBroken
from visits import planning
from visits.models import PlanRun, PlanStatus, PlanStep, PlanTrouble
from visits.services.plans import begin_plan, finish_plan, give_up

log = logging.getLogger(__name__)

SECONDS = 30.0  # then the best plan found so far is the draft, and the page says that it is not proven
SECONDS_HERE = 12.0  # where a person waits for the page
BEAT = 0.4


@shared_task
def compute_plan(pk: int) -> None:
    run = PlanRun.objects.select_related("round", "asked_by").filter(pk=pk).first()
    if run:
        compute(run)


def compute(run: PlanRun, *, seconds: float = SECONDS, now: Callable[[], datetime] = timezone.now) -> PlanRun | None:
    """The run with its draft; None when somebody else has begun it or stopped it."""
    try:
        run = begin_plan(run=run, at=now())
    except RuleBroken:
        return None
    life = Life(run, now)
    try:
        life.reached(PlanStep.LOADING)
        asked = planning.question(run.round, planning.Wish.of(run), now())
        answer = planning.propose(
            asked, seconds=seconds, progress=lambda step: life.reached(PlanStep(step)), cancelled=life.is_over
        )
        lines, measure = planning.lines_of(run, asked, answer), planning.measure_of(answer)
        return finish_plan(run=run, lines=lines, head=asked.head, measure=measure, at=now())
    except (planning.Stopped, RuleBroken):
        return None
    except Exception:
        log.exception("The plan %s of round %s was not computed", run.pk, run.round.code)
        give_up(run=run, trouble=PlanTrouble.ERROR, by=run.asked_by, at=now())
        return None


class Life:
    """Writes signs of life, without an event each. Where no row is left to write to, the plan was stopped."""

    def __init__(self, run: PlanRun, now: Callable[[], datetime]) -> None:
        self._rows = PlanRun.objects.filter(pk=run.pk, status=PlanStatus.RUNNING)
        self._now = now
        self._last = 0.0
        self._over = False

    def reached(self, step: PlanStep) -> None:
        self._write(step=step)
        if self._over:
            raise planning.Stopped

    def is_over(self) -> bool:
        if not self._over and time.monotonic() - self._last >= BEAT:
            self._write()
        return self._over

    def _write(self, **fields: str) -> None:
        self._last = time.monotonic()
        self._over = not self._rows.update(beat_at=self._now(), **fields)


def give_up_lost(at: datetime) -> str:
    """Every night (settings.NIGHTLY_JOBS): plans whose worker is gone, and those no worker ever took up."""
    found = [
        run for run in PlanRun.objects.filter(status__in=PlanStatus.computing) if run.is_lost(at) or _is_old(run, at)
    ]
    for run in found:
        give_up(run=run, trouble=PlanTrouble.LOST, by=run.asked_by, at=at)
    return f"{len(found)} plans given up"


def _is_old(run: PlanRun, at: datetime) -> bool:
    return run.status == PlanStatus.WAITING and (at - run.asked_at).total_seconds() > 3600
