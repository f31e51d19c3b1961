"""How far a visit is prepared: each step with its day, who did it, and whether it is behind; what is left to do."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import today
from core.templatetags.core import zhdate
from teams.models import User
from teams.permissions import Role
from visits.calendar import Calendar
from visits.models import (
    Doer,
    Invitations,
    PreparationStep,
    PreparationTick,
    ResidentKind,
    StepKind,
    Topic,
    Visit,
    VisitStatus,
)
from visits.policies import own_roles

ROLE_OF = {Doer.SECRETARY: {Role.SECRETARY}, Doer.LEAD: {Role.TEAM_LEAD}, Doer.STREET: {Role.HANDLER, Role.UNIT_LEAD}}


@dataclass(frozen=True)
class StepRow:
    """A step as a row. `due` is None while the visit has no day."""

    step: PreparationStep
    tick: PreparationTick | None
    due: date | None
    day: date
    count: int = 0

    @property
    def is_done(self) -> bool:
        return self.tick is not None

    @property
    def is_behind(self) -> bool:
        return not self.tick and self.due is not None and self.day > self.due

    @property
    def status(self) -> str:
        return "done" if self.tick else "doing" if self.count else "todo"

    @property
    def has_page(self) -> bool:
        return self.step.kind != StepKind.TICK

    @property
    def doer(self) -> str:
        return str(Doer(self.step.who).label)

    @property
    def progress(self) -> str:
        """How many guests or topics there are, beside how many are usual."""
        if self.step.kind == StepKind.INVITATIONS and self.count:
            words = ngettext("%(n)s person invited", "%(n)s people invited", self.count) % {"n": self.count}
            return f"{words}{self._usual()}"
        if self.step.kind == StepKind.TOPICS and self.count:
            return ngettext("%(n)s topic collected", "%(n)s topics collected", self.count) % {"n": self.count}
        return self.step.hint

    @property
    def warning(self) -> str:
        """Soft: more or fewer guests than usual are welcome, but it is said."""
        least, most = self.step.least, self.step.most
        if not self.count or least is None or most is None or least <= self.count <= most:
            return ""
        few = _("Fewer than usual: %(least)s to %(most)s residents make a good meeting.")
        many = _("More than usual: with more than %(most)s residents not everybody gets to speak.")
        return (few if self.count < least else many) % {"least": least, "most": most}

    def _usual(self) -> str:
        if self.step.least is None or self.step.most is None:
            return ""
        return _(", usual are %(least)s to %(most)s") % {"least": self.step.least, "most": self.step.most}


@dataclass(frozen=True)
class Preparation:
    visit: Visit
    rows: list[StepRow]
    topics: list[Topic]
    invitations: Invitations | None
    day: date

    @property
    def left(self) -> list[StepRow]:
        return [row for row in self.rows if not row.is_done]

    @property
    def done(self) -> int:
        return len(self.rows) - len(self.left)

    @property
    def behind(self) -> list[StepRow]:
        return [row for row in self.rows if row.is_behind]

    @property
    def is_open(self) -> bool:
        """Before the meeting, while something can still be prepared."""
        return self.visit.status not in VisitStatus.done | VisitStatus.final

    @property
    def title(self) -> str:
        """The day after tomorrow, 3 things left."""
        if not self.left:
            return _("Everything is prepared")
        words = ngettext("%(n)s thing left to prepare", "%(n)s things left to prepare", len(self.left))
        left = words % {"n": len(self.left)}
        return (
            _("%(when)s: %(left)s") % {"when": when(self.visit.day, self.day), "left": left} if self.visit.day else left
        )

    def row(self, code: str) -> StepRow | None:
        return next((row for row in self.rows if row.step.code == code), None)


def preparation_of(visit: Visit, at: datetime) -> Preparation:
    """Five queries: steps, ticks, guests, topics, the calendar."""
    now = today(at)
    steps = list(PreparationStep.objects.on(visit.day or now))
    ticks = {tick.step.code: tick for tick in visit.preparation_ticks.select_related("step", "by")}
    invitations = Invitations.objects.filter(visit=visit).first()
    topics = list(visit.topics.select_related("by"))
    counts = {StepKind.INVITATIONS: invitations.total if invitations else 0, StepKind.TOPICS: len(topics)}
    calendar = Calendar.load(visit.day, visit.day) if visit.day else None
    rows = [
        StepRow(
            step=step,
            tick=ticks.get(step.code),
            due=calendar.add(visit.day, -step.days_before) if calendar and visit.day else None,
            day=now,
            count=counts.get(StepKind(step.kind), 0),
        )
        for step in steps
    ]
    rows.sort(key=lambda row: (-row.step.days_before, row.step.position))
    return Preparation(visit, rows, topics, invitations, now)


def own_steps(preparation: Preparation, user: User) -> list[StepRow]:
    """What is left for this person to do."""
    roles = own_roles(user, preparation.visit)
    return [row for row in preparation.left if ROLE_OF[Doer(row.step.who)] & roles]


def guests(preparation: Preparation) -> list[tuple[ResidentKind, int]]:
    counts = preparation.invitations.counts if preparation.invitations else {}
    return [(kind, counts.get(kind.code, 0)) for kind in ResidentKind.objects.all()]


def when(day: date | None, now: date) -> str:
    """后天 / in two days: near days have a word."""
    left = (day - now).days if day else -1
    near = {0: _("Today"), 1: _("Tomorrow"), 2: _("The day after tomorrow")}
    return near.get(left) or zhdate(day)
