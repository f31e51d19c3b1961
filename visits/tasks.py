"""What the page of a visit tells this person to do now: a sentence, a few tasks, the people to call."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _

from core.clock import today
from core.dated import valid_on
from teams.models import Grant, Membership, User
from teams.permissions import Permission, Role
from teams.policies import sees_district, sees_phones
from visits.attending import size_words
from visits.calendar import Calendar
from visits.confirming import Badge, badges, record_tasks
from visits.history import Entry, entries, moved_from
from visits.models import Attendance, Visit, VisitStatus
from visits.paperwork import IssueCounts, Pill, Task, counts_of, elsewhere, standing_of, tasks_of
from visits.policies import may
from visits.services.recording import earliest_day, members_on
from visits.similar import Hint, hint_for
from visits.transitions import available

S = VisitStatus


@dataclass(frozen=True)
class Person:
    """A row of _parts/person.html."""

    name: str
    detail: str
    phone: str
    law: bool = False


@dataclass
class VisitPage:
    is_own: bool
    is_over: bool
    moves: list[str]
    due: date | None
    days_left: int
    state: VisitStatus | Pill
    issues: IssueCounts
    planned_for: date | None = None
    may_be_held: bool = False
    tasks: list[Task] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    secretaries: list[Person] = field(default_factory=list)
    attendance: list[Attendance] = field(default_factory=list)
    history: list[Entry] = field(default_factory=list)
    log_url: str = ""
    size_words: str = ""
    hint: Hint | None = None
    badges: list[Badge] = field(default_factory=list)
    call: Person | None = None

    @property
    def buttons(self) -> list[str]:
        """The moves that are buttons; what comes after the meeting stands among the tasks."""
        after = {"hold", "record", "close"} | ({"cancel"} if self.is_over else set())
        return [name for name in self.moves if name not in after]

    @property
    def cancel_reason(self) -> str:
        return next((entry.more for entry in self.history if entry.verb == "cancel"), "")

    @property
    def moved_from(self) -> str:
        return moved_from(self.history)

    @property
    def came(self) -> int:
        return sum(row.came for row in self.attendance)


def view_of(visit: Visit, user: User, at: datetime) -> VisitPage:
    now = today(at)
    moves = available(visit, user)
    is_over = has_begun(visit, at)
    calendar = Calendar.load(visit.day or now, now)
    due = calendar.add(visit.day, visit.round.submit_days) if visit.day and visit.round else None
    issues = counts_of(visit) if is_over else IssueCounts()
    page = VisitPage(
        is_own=is_own(visit, user),
        is_over=is_over,
        moves=moves,
        due=due,
        days_left=calendar.between(now, due) if due else 0,
        state=standing_of(visit, issues),
        issues=issues,
        attendance=list(visit.attendances.select_related("user", "seat__kind")),
        history=entries(visit),
    )
    page.size_words = size_words(visit) if visit.recorded_at else ""
    page.badges, page.hint = badges(visit, now), hint_for(visit, user)
    page.planned_for = _planned_for(visit, page.history)
    page.may_be_held = "hold" in moves and visit.day is not None and earliest_day(visit) <= now
    page.people, page.secretaries = _people(visit, user, visit.day or now)
    others = (person for person in (*page.secretaries, *page.people) if person.phone not in ("", user.phone))
    page.call = next(others, None)  # the team calls the secretary, the secretary the team's lead
    if is_over:
        page.log_url = elsewhere("issues:log_said", visit.code) if may(user, Permission.ISSUE_LOG, visit) else ""
        after = record_tasks(visit, user, at)
        page.tasks = tasks_of(visit, user, issues, now=now, moves=moves, came=page.came, due=due, after=after)
    return page


def has_begun(visit: Visit, at: datetime) -> bool:
    """Held, or placed at an hour that has come."""
    if visit.status in S.placed:
        return visit.begins is not None and visit.begins <= at
    return visit.status in S.done


def _planned_for(visit: Visit, history: list[Entry]) -> date | None:
    """The day in the plan, where the meeting was on another one."""
    planned = next((entry.planned for entry in reversed(history) if entry.planned), None)
    return planned if planned != visit.day else None


def is_own(visit: Visit, user: User) -> bool:
    """Whether this person goes there or lives with the result: the team and the area's secretary."""
    if sees_district(user):
        return False
    return any(scope.team_id == visit.team_id or scope.area_id == visit.area_id for scope in user.grants)


def _people(visit: Visit, user: User, day: date) -> tuple[list[Person], list[Person]]:
    phones = sees_phones(user)
    members = [_member(member, phones) for member in members_on(visit.team_id, day)]
    grants = Grant.objects.filter(valid_on(day), role=Role.SECRETARY, area_id=visit.area_id).select_related("user")
    words = _("Residential-area secretary")
    return members, [Person(grant.user.name, words, grant.user.phone if phones else "") for grant in grants]


def _member(member: Membership, phones: bool) -> Person:
    is_lawyer = member.seat.kind.role == Role.LAWYER
    return Person(member.user.name, str(member.seat.kind), member.user.phone if phones else "", is_lawyer)
