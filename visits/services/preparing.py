"""Before the visit: a step is done or not after all, guests are counted, residents' topics are noted."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from core import changes
from core.clock import today
from core.events import append
from core.personal import looks_personal
from core.refusals import RuleBroken
from teams.models import User
from teams.permissions import Permission
from visits import policies
from visits.models import (
    Invitations,
    PreparationStep,
    PreparationTick,
    ResidentKind,
    StepKind,
    Topic,
    Visit,
    VisitStatus,
)

MOST_OF_A_KIND = 200
MOST_TOPICS = 40


def tick_step(
    *, visit: Visit, step: PreparationStep, by: User, at: datetime, on_day: date | None = None
) -> PreparationTick:
    """Done, by whom and when. Who is second finds it done; the first name stays."""
    with transaction.atomic():
        visit = _to_prepare(visit, by)
        on_day = _posted_on(on_day, at) if step.kind == StepKind.NOTICE else None
        tick, created = PreparationTick.objects.get_or_create(
            visit=visit, step=step, defaults={"by": by, "at": at, "on_day": on_day}
        )
        if created:
            append(visit, "prepare", by=by, at=at, payload={**_named(step), "on_day": on_day})
    return tick


def undo_step(*, visit: Visit, step: PreparationStep, by: User, at: datetime) -> None:
    with transaction.atomic():
        visit = _to_prepare(visit, by)
        gone, _rows = PreparationTick.objects.filter(visit=visit, step=step).delete()
        if gone:
            append(visit, "unprepare", by=by, at=at, payload=_named(step))


def count_guests(
    *, visit: Visit, counts: Mapping[str, int], by: User, at: datetime, version: int | None = None
) -> Invitations:
    """How many of each kind of resident are invited; nobody's name. `version` 0: nothing was written down yet."""
    known = set(ResidentKind.objects.values_list("code", flat=True))
    if set(counts) - known or any(not 0 <= n <= MOST_OF_A_KIND for n in counts.values()):
        raise RuleBroken(_("Please write numbers between 0 and %(most)d.") % {"most": MOST_OF_A_KIND})
    with transaction.atomic():
        visit = _to_prepare(visit, by)
        row, created = Invitations.objects.get_or_create(visit=visit)
        row = changes.lock(row, version=None if version is None or (created and version == 0) else version)
        row.counts = {code: n for code, n in counts.items() if n}
        changes.write(row, ["counts"])
        append(visit, "invite", by=by, at=at, payload={"total": row.total, "counts": row.counts})
    return row


def add_topic(*, visit: Visit, text: str, by: User, at: datetime) -> Topic:
    text = text.strip()
    if not text:
        raise RuleBroken(_("Please write down what residents want to speak about."))
    if looks_personal(text):
        raise RuleBroken(_("There seems to be a telephone number in it. Please take it out: no names, no numbers."))
    with transaction.atomic():
        visit = _to_prepare(visit, by)
        if visit.topics.count() >= MOST_TOPICS:
            raise RuleBroken(_("%(most)d topics are enough for one meeting.") % {"most": MOST_TOPICS})
        topic = Topic.objects.create(visit=visit, text=text, by=by, at=at)
        append(visit, "add_topic", by=by, at=at, payload={"topic": topic.pk})
    return topic


def remove_topic(*, topic: Topic, by: User, at: datetime) -> None:
    with transaction.atomic():
        visit = _to_prepare(topic.visit, by)
        current = Topic.objects.select_for_update(no_key=True).filter(pk=topic.pk).first()
        if current is None:
            return
        if current.taken_at:
            raise RuleBroken(_("This topic has become an issue; it stays."))
        append(visit, "remove_topic", by=by, at=at, payload={"topic": current.pk, "text": current.text})
        current.delete()


def take_topic(*, topic: Topic, by: User, at: datetime) -> Topic:
    """It is being written down as an issue. Once: two people at the meeting must not write it down twice."""
    if not policies.may(by, Permission.ISSUE_LOG, topic.visit):
        raise PermissionDenied
    with transaction.atomic():
        lock_to_log(topic.visit)
        current = Topic.objects.select_for_update(no_key=True).filter(pk=topic.pk).first()
        if current is None:
            raise RuleBroken(_("Somebody has taken this topic out."))
        if current.taken_at:
            raise RuleBroken(_("Somebody has written this topic down already."))
        current.taken_by, current.taken_at = by, at
        current.save(update_fields=["taken_by", "taken_at"])
        append(topic.visit, "take_topic", by=by, at=at, payload={"topic": current.pk})
    return current


def lock_to_log(visit: Visit) -> Visit:
    """The visit, locked, while issues can be written down for it: then nobody closes it in between."""
    current = changes.lock(visit, version=None)
    if current.status in VisitStatus.final:
        raise RuleBroken(_("This visit is over. Please write the issue down at the next one."))
    return current


def _to_prepare(visit: Visit, by: User) -> Visit:
    """The visit, locked, while there is still something to prepare."""
    current = changes.lock(visit, version=None)
    if not policies.may(by, Permission.VISIT_PREPARE, current):
        raise PermissionDenied
    if current.status in VisitStatus.done | VisitStatus.final:
        raise RuleBroken(_("The visit is over or cancelled, so its preparation stays as it is."))
    return current


def _posted_on(day: date | None, at: datetime) -> date:
    if day is None or day > today(at):
        raise RuleBroken(_("Please say on which day the notice was put up: today or a day before."))
    return day


def _named(step: PreparationStep) -> dict[str, str]:
    """In both languages, because a step may be called differently later."""
    return {"step": step.code, "step_zh": step.name_zh, "step_en": step.name_en}
