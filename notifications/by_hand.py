"""Reminding by hand: a rule, whom, and about which of its things; ten minutes later it goes out unless it is taken back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import today
from core.events import append
from core.refusals import RuleBroken
from notifications.models import Delivery, DeliveryState, ReminderRule, SentByHand
from notifications.planner import CHUNK, Due, Planned, calendar_around, insert, source_of
from notifications.preview import Preview, told_of
from notifications.rules import Step, WorkingDays
from notifications.sources import Ask, Subject, sources

TIME_TO_UNDO = timedelta(minutes=10)
# What a rule's days are counted from lies in this span unless somebody names another.
BACK = timedelta(days=400)
AHEAD = timedelta(days=60)
TAKEN_BACK = "taken_back"


@dataclass(frozen=True)
class Wish:
    """A rule, the names of its audiences, and between which days the anchor lies."""

    rule: ReminderRule
    audience: tuple[str, ...]
    first: date
    last: date

    @classmethod
    def of(
        cls, rule: ReminderRule, audience: Collection[str], first: date | None, last: date | None, day: date
    ) -> "Wish":
        known = source_of(rule).audiences
        chosen = tuple(name for name in known if name in audience)
        return cls(rule, chosen, first or day - BACK, last or day + AHEAD)


def rules_to_send() -> list[ReminderRule]:
    """Rules whose things people can be reminded of at any time, also while the rule is off; what only leaves the inbox
    is not among them.
    """
    return [rule for rule in ReminderRule.objects.all() if rule.source in sources() and sources()[rule.source].in_app]


def usual_audience(rule: ReminderRule) -> tuple[str, ...]:
    """Whom the rule tells first: those whose work it is, not those above them."""
    return rule.plan[0].audience


def preview_by_hand(wish: Wish, at: datetime) -> Preview:
    """Who would get it, were it sent at this moment."""
    calendar = calendar_around(at)
    return told_of(wish.rule, _dues(wish, at, calendar), today(at), calendar)


def remind_by_hand(*, wish: Wish, expected: int | None, by: Any, at: datetime) -> SentByHand:
    """Plan it, due in ten minutes. `expected` is the number of people somebody saw; another number is refused."""
    with transaction.atomic():
        rule = ReminderRule.objects.select_for_update(no_key=True).get(pk=wish.rule.pk)
        _refuse_a_second(rule, at)
        calendar = calendar_around(at)
        dues = _dues(wish, at, calendar)
        found = told_of(rule, dues, today(at), calendar)
        _refuse_if_changed(len(found.people), expected)
        sent = SentByHand.objects.create(
            rule=rule,
            run=uuid4(),
            audience=list(wish.audience),
            first=wish.first,
            last=wish.last,
            things=len(dues),
            people=len(found.people),
            made_at=at,
            made_by=by,
            goes_at=at + TIME_TO_UNDO,
        )
        planned = Planned()
        for start in range(0, len(dues), CHUNK):
            insert(rule, dues[start : start + CHUNK], at, calendar, planned, run=sent.run)
        payload = {"rule": rule.code, "audience": sent.audience, "people": sent.people, "things": sent.things}
        append(sent, "send_by_hand", by=by, at=at, payload=payload)
    return sent


def take_back(*, sent: SentByHand, by: Any, at: datetime) -> int:
    """Before it goes out: nobody hears of it. How many deliveries were stopped."""
    with transaction.atomic():
        row = SentByHand.objects.select_for_update(no_key=True).get(pk=sent.pk)
        if row.taken_back_at is not None:
            raise RuleBroken(_("This has been taken back already."))
        if row.goes_at <= at:
            raise RuleBroken(_("The ten minutes are over; the reminders have gone out."))
        stopped = waiting_of(row).update(state=DeliveryState.CANCELLED, reason=TAKEN_BACK, lease_token=None, lead=None)
        row.taken_back_at, row.taken_back_by = at, by
        row.save(update_fields=["taken_back_at", "taken_back_by"])
        append(row, "take_back", by=by, at=at, payload={"deliveries": stopped})
    return stopped


def waiting_of(sent: SentByHand) -> Any:
    return Delivery.objects.filter(occurrence__run=sent.run, state__in=DeliveryState.waiting)


def _dues(wish: Wish, at: datetime, calendar: WorkingDays) -> list[Due]:
    """Everything of the rule that is true and lies between the days, as one step of its own, in ten minutes."""
    if not wish.audience:
        return []
    goes_at = at + TIME_TO_UNDO
    code = f"now-{int(at.timestamp())}"
    found = source_of(wish.rule).subjects(Ask(at, wish.first, wish.last))
    dues = [
        Due(subject, Step(code, 0, audience=wish.audience, kind=_kind(wish.rule, subject, goes_at, calendar)), goes_at)
        for subject in found
    ]
    return sorted(dues, key=lambda due: due.key)


def _kind(rule: ReminderRule, subject: Subject, at: datetime, calendar: WorkingDays) -> str:
    """What the rule itself would say by now: the words of its last step that has come, else of its first."""
    past = [step for step in rule.plan if step.due(subject.anchor, calendar) <= at]
    return (max(past, key=lambda step: step.due(subject.anchor, calendar)) if past else rule.plan[0]).kind


def _refuse_a_second(rule: ReminderRule, at: datetime) -> None:
    """Two people who press at the same time would remind everybody twice."""
    other = SentByHand.objects.filter(rule=rule, goes_at__gt=at, taken_back_at__isnull=True).first()
    if other is not None:
        words = _("%(name)s has sent this reminder already; it goes out at %(time)s. Please wait or take it back.")
        raise RuleBroken(words % {"name": other.made_by, "time": f"{timezone.localtime(other.goes_at):%H:%M}"})


def _refuse_if_changed(people: int, expected: int | None) -> None:
    if not people:
        raise RuleBroken(_("Nobody is left to be reminded."))
    if expected is not None and expected != people:
        words = ngettext(
            "Something has changed meanwhile: it would now go to %(n)s person. Please look again.",
            "Something has changed meanwhile: it would now go to %(n)s people. Please look again.",
            people,
        )
        raise RuleBroken(words % {"n": people})
