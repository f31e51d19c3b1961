"""Which reminders should exist now: works it out from the programme's own data and inserts what is missing.

Running it twice, late, from two machines at once or after hours of silence gives the same rows: a step that became due
within the rule's late window comes up once, because the ledger's keys say so.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import DatabaseError, connection, transaction

from core.clock import today
from notifications.audience import ALWAYS, Reader, Readers
from notifications.database_time import as_parameter
from notifications.models import Delivery, DeliveryState, Occurrence, ReminderRule, Restore
from notifications.restored import open_restore
from notifications.rules import Step, WorkingDays, not_in, widest
from notifications.sources import Ask, Source, Subject, sources, working_days
from notifications.texts import Words

logger = logging.getLogger(__name__)

CHUNK = 2000
KEY = ("subject_id", "period", "step")
DAY = timedelta(days=1)
CALENDAR_REACH = timedelta(days=800)


class Due(NamedTuple):
    """A step of a rule that has come for one thing."""

    subject: Subject
    step: Step
    at: datetime

    @property
    def key(self) -> tuple[int, str, str]:
        return *self.subject.key, self.step.code

    def kind(self, rule: ReminderRule) -> str:
        return self.subject.kind or self.step.kind or rule.kind


@dataclass
class Planned:
    occurrences: int = 0
    deliveries: int = 0
    failed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        words = f"{self.occurrences} occurrences, {self.deliveries} deliveries"
        return f"{words}, failed: {', '.join(self.failed)}" if self.failed else words


def plan(*, at: datetime, rules: Iterable[ReminderRule] | None = None) -> Planned:
    """Insert what has become due and is not there yet, for every rule in use. A rule that breaks stops no other."""
    planned = Planned()
    calendar = calendar_around(at)
    for rule in ReminderRule.objects.filter(is_active=True) if rules is None else rules:
        try:
            _plan_rule(rule, at, calendar, planned)
        except DatabaseError:
            raise
        except Exception:  # a source is an app's own code and may break in any way; the other rules must go on
            logger.exception("the reminder rule %s cannot be planned", rule.code)
            planned.failed.append(rule.code)
    return planned


def _plan_rule(rule: ReminderRule, at: datetime, calendar: WorkingDays, planned: Planned) -> None:
    new = missing(rule, at, calendar)
    for start in range(0, len(new), CHUNK):
        insert(rule, new[start : start + CHUNK], at, calendar, planned)


def missing(rule: ReminderRule, at: datetime, calendar: WorkingDays) -> list[Due]:
    """Due and not planned yet, in an order all planners share, so that two of them never wait in a ring."""
    after = at - timedelta(hours=rule.late_hours)
    found = {due.key: due for due in coming(rule, after, at, at, calendar)}
    if not found:
        return []
    known = Occurrence.objects.filter(rule=rule, due_at__gt=after - DAY).order_by()
    for key in known.values_list(*KEY):
        found.pop(key, None)
    return [found[key] for key in sorted(found)]


def coming(rule: ReminderRule, after: datetime, until: datetime, at: datetime, calendar: WorkingDays) -> Iterator[Due]:
    """Steps due later than `after` and not later than `until`, for everything that is true at `at`."""
    first, last = widest(rule.plan, today(after), today(until))
    for subject in source_of(rule).subjects(Ask(at, first, last)):
        for step in rule.plan:
            due = step.due(subject.anchor, calendar)
            if after < due <= until:
                yield Due(subject, step, due)


def source_of(rule: ReminderRule) -> Source:
    return sources()[rule.source]


def calendar_around(at: datetime) -> WorkingDays:
    day = today(at)
    return working_days(day - CALENDAR_REACH, day + CALENDAR_REACH)


# -- Who is told ------------------------------------------------------------------------------


def people_of(rule: ReminderRule, dues: list[Due], day: date) -> list[list[int]]:
    """For each of them, the people of its step's audience, each once, in the order of their ids."""
    names = {name for due in dues for name in due.step.audience}
    subjects = list({due.subject.key: due.subject for due in dues}.values())
    audience = source_of(rule).audience(subjects, names, day)
    found = []
    for due in dues:
        told: set[int] = set()
        for name in due.step.audience:
            told.update(audience.get(name, {}).get(due.subject.id, ()))
        found.append(sorted(told))
    return found


# -- Rows -------------------------------------------------------------------------------------


def insert(
    rule: ReminderRule,
    dues: list[Due],
    at: datetime,
    calendar: WorkingDays,
    planned: Planned,
    *,
    run: UUID | None = None,
) -> None:
    """Occurrences and their deliveries in one transaction: an occurrence that can be seen has its deliveries.

    A `run` that is given is not the planner's own, so what the planner has set waiting stays.
    """
    is_own, run = run is None, run or uuid4()
    with transaction.atomic():
        Occurrence.objects.bulk_create(
            [_occurrence(rule, due, at, run) for due in dues], ignore_conflicts=True, batch_size=1000
        )
        ours = Occurrence.objects.filter(run=run).order_by()
        ids = {(subject, period, step): pk for pk, subject, period, step in ours.values_list("pk", *KEY)}
        won = [due for due in dues if due.key in ids]
        if not won:
            return
        rows = list(_deliveries(rule, won, ids, at, calendar))
        Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
        if is_own and len(rule.plan) > 1:
            _supersede_older(run)
    planned.occurrences += len(won)
    planned.deliveries += len(rows)


def _occurrence(rule: ReminderRule, due: Due, at: datetime, run: UUID) -> Occurrence:
    subject_id, period, step = due.key
    return Occurrence(
        rule=rule,
        rule_version=rule.version,
        subject_type=source_of(rule).subject_type,
        subject_id=subject_id,
        period=period,
        step=step,
        kind=due.kind(rule),
        facts=due.subject.facts,
        url=due.subject.url,
        due_at=due.at,
        created_at=at,
        run=run,
    )


def _deliveries(
    rule: ReminderRule, dues: list[Due], ids: Mapping[tuple[int, str, str], int], at: datetime, calendar: WorkingDays
) -> Iterator[Delivery]:
    told = people_of(rule, dues, today(at))
    readers = Readers.load(rule, source_of(rule), {person for people in told for person in people})
    words = Words()
    latest = _latest_steps(dues, told)
    times = Times(rule, at, calendar)
    restore = open_restore()
    for due, people in zip(dues, told, strict=True):
        kind = due.kind(rule)
        for person in people:
            newest = latest[(*due.subject.key, person)] == due.at
            for reader in readers.of(person):
                row = times.row(due, reader)
                row.occurrence_id = ids[due.key]
                row.subject, row.body = words.of(due.key, kind, due.subject.facts, reader.language)
                _set_aside(row, newest, restore)
                yield row


def _latest_steps(dues: list[Due], told: list[list[int]]) -> dict[tuple[int, str, int], datetime]:
    """When several steps of one thing come at once, a person hears only of the last that is theirs."""
    latest: dict[tuple[int, str, int], datetime] = {}
    for due, people in zip(dues, told, strict=True):
        for person in people:
            key = (*due.subject.key, person)
            latest[key] = max(latest.get(key, due.at), due.at)
    return latest


def _set_aside(row: Delivery, newest: bool, restore: Restore | None) -> None:
    if not newest:
        row.state, row.reason = DeliveryState.CANCELLED, "superseded"
    elif restore is not None and row.due_at <= restore.at and row.channel != ALWAYS:
        row.state, row.reason = DeliveryState.HELD, "restored"


class Times:
    """When a delivery may go out and when it is too late, by rule and reader; worked out once per moment and wish."""

    def __init__(self, rule: ReminderRule, at: datetime, calendar: WorkingDays) -> None:
        self.rule, self.at, self.calendar = rule, at, calendar
        self.late = timedelta(hours=rule.late_hours)
        self._known: dict[tuple[datetime, object], datetime] = {}

    def row(self, due: Due, reader: Reader) -> Delivery:
        begins = self._begins(due.at, reader)
        return Delivery(
            recipient_id=reader.person,
            channel=reader.channel,
            language=reader.language,
            message_id=reader.new_message_id(),
            due_at=due.at,
            next_attempt_at=begins,
            expires_at=max(due.at + self.late, begins + self.late / 2),
            created_at=self.at,
        )

    def _begins(self, due_at: datetime, reader: Reader) -> datetime:
        """Quiet hours and days off count from now: what came up during a night of silence waits for the morning."""
        if not reader.keeps_quiet:
            return due_at
        key = due_at, reader.quiet
        if key not in self._known:
            calendar = self.calendar if self.rule.on_working_days else None
            self._known[key] = not_in(max(due_at, self.at), reader.quiet, calendar)
        return self._known[key]


SUPERSEDE = """
UPDATE notifications_delivery SET state = 'cancelled', reason = 'superseded'
WHERE state IN ('due', 'gathered') AND id IN (
    SELECT older.id FROM notifications_occurrence AS new
    JOIN notifications_occurrence AS old ON old.rule_id = new.rule_id AND old.subject_type = new.subject_type
        AND old.subject_id = new.subject_id AND old.period = new.period AND old.due_at < new.due_at
    JOIN notifications_delivery AS newer ON newer.occurrence_id = new.id AND newer.state = 'due'
    JOIN notifications_delivery AS older ON older.occurrence_id = old.id
        AND older.recipient_id = newer.recipient_id AND older.channel = newer.channel
    WHERE new.run = %s AND older.state IN ('due', 'gathered')
)
"""


def _supersede_older(run: UUID) -> None:
    """What an earlier run planned and nobody has sent yet gives way to the step that has come now."""
    with connection.cursor() as cursor:
        cursor.execute(SUPERSEDE, [as_parameter(run)])
