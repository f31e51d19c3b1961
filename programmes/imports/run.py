"""An import from files to rows: read everything, plan everything, then write everything or nothing."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import BinaryIO

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from core.events import Happened, append_many
from core.refusals import Conflict, RuleBroken
from programmes.imports.areas import AREAS, Areas
from programmes.imports.busy_times import BUSY, BusyTimes
from programmes.imports.known import Known
from programmes.imports.ledger import LEDGER, Ledger
from programmes.imports.people import People
from programmes.imports.reading import LARGEST_FILE, Unreadable, read
from programmes.imports.report import Notes, Place, Problem, Report, digest_of
from programmes.imports.steps import Step, lock_all
from programmes.imports.tables import Kind, Table, recognise
from programmes.imports.teams import Teams, kind_for
from programmes.imports.units import CALENDAR, RESPONSIBILITIES, UNITS, Holidays, Responsibilities, Units
from teams.models import Programme, TeamTemplate, User

EVENTS_AT_ONCE = 2000  # a large ledger has a hundred thousand; they need not all be in memory


@dataclass(frozen=True)
class File:
    """A file as it was handed in. Of one that is too large only the size is needed."""

    name: str
    content: bytes = field(repr=False)
    size: int | None = None

    @classmethod
    def of(cls, name: str, stream: BinaryIO, size: int) -> "File":
        return cls(name, stream.read() if size <= LARGEST_FILE else b"", size)


class Changed(Exception):
    """What would happen is no longer what was shown. Carries the new report."""

    def __init__(self, report: Report) -> None:
        super().__init__("the plan has changed")
        self.report = report


@dataclass
class Plan:
    """The steps in the order in which they depend on each other."""

    files: Sequence[File]
    notes: Notes
    steps: list[Step]

    @property
    def report(self) -> Report:
        errors = self.notes.errors
        digest = "" if errors else digest_of(self._actions())
        counts = [count for step in self.steps for count in step.counts() if count.total]
        return Report([file.name for file in self.files], counts, errors, self.notes.remarks, digest)

    def _actions(self) -> Iterator[str]:
        for step in self.steps:
            yield from step.actions()


def check(files: Sequence[File], *, at: datetime) -> Report:
    """What an import of these files would do. Changes nothing."""
    return _plan(files, at).report


def run(files: Sequence[File], *, by: User | None, at: datetime, shown: str | None = None) -> Report:
    """Import the files, all or none. `shown` is the digest of the report somebody has agreed to.

    Nothing is written when there is an error; the report says which.
    """
    try:
        with transaction.atomic():
            Programme.objects.select_for_update(no_key=True).first()  # two imports wait for each other
            plan = _plan(files, at)
            report = plan.report
            if not report.is_fine:
                return report
            if shown is not None and shown != report.digest:
                raise Changed(report)
            if report.has_changes:
                _write(plan, report, by, at)
            return report
    except (RuleBroken, Conflict, IntegrityError, OperationalError) as refusal:
        return _refused(files, refusal)


def known_tables() -> list[Kind]:
    """The tables an import recognises; the teams' columns follow from the programme's seats."""
    template = TeamTemplate.objects.prefetch_related("seat_kinds").order_by("pk").first()
    return [UNITS, RESPONSIBILITIES, CALENDAR, AREAS, kind_for(template), LEDGER, BUSY]


def _plan(files: Sequence[File], at: datetime) -> Plan:
    notes, kinds = Notes(), known_tables()
    tables = [table for file in files for table in _tables(file, kinds, notes)]
    if not TeamTemplate.objects.exists():
        notes.unread(
            Place(files[0].name if files else "–"),
            _("No programme is installed yet. Load one first: manage.py load_programme."),
        )
        return Plan(files, notes, [])
    steps = _steps(Known.load(notes, at), notes)
    for step in steps:
        step.plan([table for table in tables if table.kind.key == step.key])
    for step in steps:
        step.finish()
    return Plan(files, notes, steps)


def _steps(known: Known, notes: Notes) -> list[Step]:
    responsibilities, teams, ledger = Responsibilities(known, notes), Teams(known, notes), Ledger(known, notes)
    ledger.new_categories, ledger.new_pairings = responsibilities.new_by_name, teams.pairings
    first = [Units(known, notes), People(known, notes), responsibilities, Holidays(known, notes), Areas(known, notes)]
    return [*first, teams, ledger, BusyTimes(known, notes)]


def _tables(file: File, kinds: list[Kind], notes: Notes) -> Iterator[Table]:
    """The tables of a file; a file without any is wrong."""
    try:
        sheets = [sheet for sheet in read(file.content, size=file.size) if sheet.lines]
    except Unreadable as error:
        notes.unread(Place(file.name, error.sheet), error.sentence)
        return
    if not any(not sheet.hidden for sheet in sheets):
        notes.unread(Place(file.name), _("There is no visible sheet with anything on it."))
    for sheet in sheets:
        table = recognise(file.name, sheet, kinds, notes)
        if table is not None:
            yield table


def _write(plan: Plan, report: Report, by: User | None, at: datetime) -> None:
    """New rows first, in the order they refer to each other; then changes through the services; the log last."""
    lock_all(chain.from_iterable(step.rows() for step in plan.steps))
    happened = [step.create(by, at) for step in plan.steps]
    happened += [step.grant(by, at) for step in plan.steps]
    happened += [step.change(by, at) for step in plan.steps]
    programme = Programme.current()
    if programme.pk and programme.code != "none":
        happened.append([Happened(programme, "import", by, at, _summary(plan, report))])
    events = chain.from_iterable(happened)
    while some := list(islice(events, EVENTS_AT_ONCE)):
        append_many(some)


def _summary(plan: Plan, report: Report) -> dict[str, object]:
    """Which files these were, and how much came of them: for the log."""
    files = {file.name: hashlib.sha256(file.content).hexdigest() for file in plan.files}
    counts = {str(count.label): [count.created, count.changed, count.left] for count in report.counts}
    return {"files": files, "counts": counts}


def _refused(files: Sequence[File], refusal: Exception) -> Report:
    """A rule or another person's change came in the way while writing; nothing was written."""
    sentence = (
        refusal.sentence
        if isinstance(refusal, RuleBroken)
        else _("Somebody changed the data meanwhile. Please check again.")
    )
    names = [file.name for file in files]
    return Report(names, [], [Problem(Place(_(", ").join(names)), sentence)], [])
