"""What issues are reminded of (settings.REMINDER_SOURCES): accepting, answering, ruling, telling the resident."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _

from core.clock import SHANGHAI, today
from core.models import Event
from issues.models import Explanation, Issue, IssueStatus, Return
from issues.services.telling import facts_of
from notifications.sources import Ask, People, Source, Subject
from teams.models import Grant, User
from teams.permissions import Role
from teams.who_is_who import WhoIsWho
from visits.models import Visit, VisitStatus

S = IssueStatus
ISSUE_PEOPLE = {
    "handler": _("the case handler, or the desk"),
    "unit_lead": _("the leader of the responsible unit"),
    "team_lead": _("the team's lead"),
    "secretary": _("the area's secretary"),
    "office": _("the office"),
    "leading_group": _("the leading group"),
}
VISIT_PEOPLE = {"team_lead": _("the team's lead"), "team": _("the team"), "secretary": _("the area's secretary")}
LEADERS = {"leader": _("each member of the leading group")}


def sources() -> list[Source]:
    return [
        _issue("issue-to-accept", _("the day an issue should be accepted by"), to_accept),
        _issue("issue-deadline", _("the day an issue should be answered by"), to_answer),
        _issue("issue-returned", _("the day an issue was returned to the office"), to_rule_on),
        _issue("issue-sent-back", _("the day an issue was sent back for details"), to_complete),
        _issue("feedback-missing", _("the day an issue was answered"), to_feed_back),
        _issue("explanation-to-review", _("the day an explanation was given"), to_review),
        Source("issues-not-submitted", _("the day of a visit"), "visit", VISIT_PEOPLE, unsubmitted, people_of_visit),
        Source("week", _("every Monday"), "person", LEADERS, week_of_leaders, themselves),
    ]


def _issue(name: str, label: Any, subjects: Any) -> Source:
    return Source(name, label, "issue", ISSUE_PEOPLE, subjects, people_of_issue)


# -- Issues -----------------------------------------------------------------------------------


def to_accept(ask: Ask) -> Iterator[Subject]:
    rows = Issue.objects.filter(status=S.ASSIGNED, accept_by__isnull=False)
    for issue in _issues(ask.narrow(rows, "accept_by")):
        yield _subject(issue, issue.accept_by, accept_by=issue.accept_by.isoformat())


def to_answer(ask: Ask) -> Iterator[Subject]:
    """Nobody has answered; an extension moves the day and with it the reminders."""
    for issue in _issues(ask.narrow(Issue.objects.unanswered().filter(due_on__isnull=False), "due_on")):
        yield _subject(issue, issue.due_on)


def to_rule_on(ask: Ask) -> Iterator[Subject]:
    asked = Return.objects.filter(ruled_at__isnull=True, issue__status=S.AWAITING_RULING)
    return _since(ask, asked.values_list("issue_id", "asked_at"), "asked_at")


def to_review(ask: Ask) -> Iterator[Subject]:
    waiting = Explanation.objects.filter(reviewed_at__isnull=True, issue__status=S.AWAITING_CONFIRMATION)
    return _since(ask, waiting.values_list("issue_id", "at"), "at")


def to_feed_back(ask: Ask) -> Iterator[Subject]:
    """Answered, agreed on where an explanation needs it, and the resident has not been told."""
    answered = Issue.objects.filter(status=S.AWAITING_CONFIRMATION, answered_at__isnull=False)
    agreed = answered.exclude(explanations__reviewed_at__isnull=True, explanations__isnull=False)
    for issue in _issues(ask.narrow_moments(agreed, "answered_at")):
        yield _subject(issue, today(issue.answered_at))


def to_complete(ask: Ask) -> Iterator[Subject]:
    """Sent back to the team. The day is that of the last event; nothing else happens to an issue in this state."""
    rows = {issue.pk: issue for issue in _issues(Issue.objects.filter(status=S.RETURNED))}
    events = Event.objects.filter(object_type="issues.issue", object_id__in=rows, verb="send_back")
    for pk, at in events.order_by("object_id").values_list("object_id").annotate(last=Max("occurred_at")):
        if ask.ids is None or pk in ask.ids:
            yield _subject(rows[pk], today(at))


def _since(ask: Ask, waiting: Any, field: str) -> Iterator[Subject]:
    """Issues that wait since a moment kept in another table; the newest moment counts."""
    if ask.ids is not None:
        waiting = waiting.filter(issue_id__in=ask.ids)
    since = dict(waiting.order_by(field))
    for issue in _issues(Issue.objects.filter(pk__in=since)):
        yield _subject(issue, today(since[issue.pk]))


def _issues(rows: Any) -> Any:
    return rows.select_related("area", "owner_unit").order_by("pk")


def _subject(issue: Issue, anchor: date, **more: Any) -> Subject:
    facts = {**facts_of(issue), "unit": issue.owner_unit.name if issue.owner_unit else "", **more}
    return Subject(issue.pk, anchor, facts, issue.get_absolute_url(), row=issue)


def people_of_issue(subjects: list[Subject], names: Collection[str], day: date) -> People:
    who = WhoIsWho.on(day)
    issues = {subject.id: subject.row for subject in subjects}
    return {
        "handler": {pk: _desk(issue, who) for pk, issue in issues.items()},
        "unit_lead": {pk: who.unit_leads.get(issue.owner_unit_id, ()) for pk, issue in issues.items()},
        "team_lead": {pk: who.leads.get(issue.team_id, ()) for pk, issue in issues.items()},
        "secretary": {pk: who.secretaries.get(issue.area_id, ()) for pk, issue in issues.items()},
        "office": dict.fromkeys(issues, who.office),
        "leading_group": dict.fromkeys(issues, who.leading_group),
    }


def _desk(issue: Issue, who: WhoIsWho) -> Collection[int]:
    """The person who has it, everybody at the desk while nobody has, the office while it looks for a desk."""
    if issue.handler_id:
        return [issue.handler_id]
    return who.handlers.get(issue.owner_unit_id, ()) if issue.owner_unit_id else who.office


# -- Visits whose issues are still drafts ---------------------------------------------------------


def unsubmitted(ask: Ask) -> Iterator[Subject]:
    drafts = Count("issues", filter=Q(issues__status=S.DRAFT))
    held = Visit.objects.filter(status__in=VisitStatus.to_finish, issues__status=S.DRAFT).annotate(left=drafts)
    for visit in ask.narrow(held, "day").select_related("area").order_by("pk"):
        facts = {"area": visit.area.name, "code": visit.code, "day": visit.day.isoformat(), "n": visit.left}
        yield Subject(visit.pk, visit.day, facts, visit.get_absolute_url(), row=visit)


def people_of_visit(subjects: list[Subject], names: Collection[str], day: date) -> People:
    who = WhoIsWho.on(day)
    visits = {subject.id: subject.row for subject in subjects}
    return {
        "team_lead": {pk: who.leads.get(visit.team_id, ()) for pk, visit in visits.items()},
        "team": {pk: who.members.get(visit.team_id, ()) for pk, visit in visits.items()},
        "secretary": {pk: who.secretaries.get(visit.area_id, ()) for pk, visit in visits.items()},
    }


# -- The week in numbers --------------------------------------------------------------------------


def week_of_leaders(ask: Ask) -> Iterator[Subject]:
    """One a week for each of the leading group; the week is its period."""
    day = today(ask.at)
    monday = day - timedelta(days=day.weekday())
    if ask.ids is None and not ask.first <= monday <= ask.last:
        return
    leaders = Grant.objects.on(day).filter(role=Role.OFFICIAL, user__is_active=True)
    people = User.objects.filter(pk__in=leaders.values("user_id"))
    facts = week_before(monday)
    for pk in (
        (people.filter(pk__in=ask.ids) if ask.ids is not None else people).order_by("pk").values_list("pk", flat=True)
    ):
        yield Subject(pk, monday, facts, "/")


def week_before(monday: date) -> dict[str, Any]:
    """What happened in the seven days before, and how things stand."""
    first, last = monday - timedelta(days=7), monday - timedelta(days=1)
    within = {"start": _midnight(first), "end": _midnight(monday)}
    open_ = Issue.objects.open().aggregate(n=Count("pk"), late=Count("pk", filter=_overdue(monday)))
    return {
        "day": last.isoformat(),
        "visits": Visit.objects.done().filter(day__range=(first, last)).count(),
        "submitted": Issue.objects.filter(submitted_at__gte=within["start"], submitted_at__lt=within["end"]).count(),
        "closed": Issue.objects.closed().filter(closed_at__gte=within["start"], closed_at__lt=within["end"]).count(),
        "open": open_["n"],
        "overdue": open_["late"],
    }


def _overdue(day: date) -> Q:
    return Q(status__in=S.unanswered_states, due_on__lt=day)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=SHANGHAI)


def themselves(subjects: list[Subject], names: Collection[str], day: date) -> People:
    return {"leader": {subject.id: [subject.id] for subject in subjects}}
