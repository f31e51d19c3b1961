"""Visits besides the rounds: planned by a team, asked for by an area, a street or a resident."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.clock import today
from core.events import append
from core.refusals import RuleBroken
from notifications.kinds import Kind
from notifications.services import notify
from teams.models import Area, Grant, Pairing, Team, User
from teams.permissions import Permission, Role
from visits.models import Purpose, Source, Visit, VisitKind, VisitRequest
from visits.policies import asking_scope, may
from visits.transitions import change_status, locked


def kind_for(purpose: str) -> VisitKind:
    """The programme's first kind of visit for this purpose."""
    kind = VisitKind.objects.filter(purpose=purpose, in_round=False).first()
    if kind is None:
        raise RuleBroken(_("The programme has no kind of visit for this. Please load the programme again."))
    return kind


def new_visit(*, kind: VisitKind, team: Team, area: Area, topic: str = "", by: User, at: datetime) -> Visit:
    """A visit without a day, besides the rounds. The team has to be paired with the area today."""
    visit = Visit(kind=kind, team=team, area=area, topic=topic.strip())
    if not may(by, Permission.VISIT_PLAN, visit):
        raise PermissionDenied
    if kind.in_round:
        raise RuleBroken(_("Visits of this kind belong to a round. Open the round to create them."))
    if kind.purpose == Purpose.TOPICAL and not visit.topic:
        raise RuleBroken(_("A visit about one topic needs its topic."))
    if not Pairing.objects.on(today(at)).filter(team=team, area=area).exists():
        raise RuleBroken(_("%(team)s is not paired with %(area)s today.") % {"team": team, "area": area})
    with transaction.atomic():
        Team.objects.select_for_update(no_key=True).get(pk=team.pk)  # numbers of one team are given one after the other
        visit.code = _next_code(team, today(at).year)
        visit.save()
        append(visit, "create", by=by, at=at, payload={"kind": kind.code, "team": team.pk, "topic": visit.topic})
    return visit


def ask_for_visit(
    *, area: Area, source: str, topic: str, words: str, issue_code: str = "", by: User | None, at: datetime
) -> VisitRequest:
    """The office decides. `by` None is a resident, who asks from the page of the issue `issue_code`."""
    if by is not None and not Area.objects.filter(asking_scope(by), pk=area.pk).exists():
        raise PermissionDenied
    request = VisitRequest(area=area, source=source, topic=topic, words=words, issue_code=issue_code)
    request.created_by, request.created_at = by, at
    try:
        with transaction.atomic():
            request.save()
            append(request, "create", by=by, at=at, payload={"area": area.pk, "source": source, "issue": issue_code})
            _tell_office(request, by, at)
    except IntegrityError:
        raise RuleBroken(_("A visit has been asked for already. The office will decide.")) from None
    return request


def accept_request(*, request: VisitRequest, team: Team, by: User, at: datetime, version: int | None) -> Visit:
    """The visit comes about and waits to be scheduled; whoever asked is told."""
    with transaction.atomic():
        row = locked(request, "accept", by=by, version=version)
        row.visit = new_visit(kind=kind_for(Purpose.REQUESTED), team=team, area=row.area, topic=row.topic, by=by, at=at)
        _decide(row, "accept", by=by, at=at, fields=["visit"])
        _tell(row, row.visit.get_absolute_url(), by, at)
    return row.visit


def refuse_request(*, request: VisitRequest, note: str, by: User, at: datetime, version: int | None) -> VisitRequest:
    with transaction.atomic():
        row = locked(request, "refuse", by=by, version=version, note=note)
        row.answer = note.strip()
        _decide(row, "refuse", by=by, at=at, note=row.answer, fields=["answer"])
        _tell(row, row.get_absolute_url(), by, at)
    return row


def source_of(user: User) -> str:
    """Whom somebody speaks for when asking."""
    roles = {scope.role for scope in user.grants}
    if Role.COORDINATOR in roles:
        return Source.OFFICE
    return Source.AREA if Role.SECRETARY in roles else Source.STREET


def _decide(row: VisitRequest, name: str, *, by: User, at: datetime, fields: list[str], note: str = "") -> None:
    row.decided_by, row.decided_at = by, at
    change_status(row, name, by=by, at=at, note=note, fields=["decided_by", "decided_at", *fields])


def _next_code(team: Team, year: int) -> str:
    """118-2026-1, 118-2026-2 …"""
    start = f"{team.number}-{year}-"
    numbers = (
        code.removeprefix(start) for code in Visit.objects.filter(code__startswith=start).values_list("code", flat=True)
    )
    return f"{start}{max((int(number) for number in numbers if number.isdecimal()), default=0) + 1}"


def _tell_office(request: VisitRequest, by: User | None, at: datetime) -> None:
    office = Grant.objects.on(today(at)).filter(user__is_active=True, role=Role.COORDINATOR)
    people = set(office.values_list("user_id", flat=True)) - {getattr(by, "pk", None)}
    facts = {"area": request.area.name, "topic": request.topic}
    notify(people, Kind.VISIT_REQUESTED, facts=facts, url=request.get_absolute_url(), at=at)


def _tell(request: VisitRequest, url: str, by: User, at: datetime) -> None:
    if request.created_by_id and request.created_by_id != by.pk:
        facts = {"area": request.area.name, "topic": request.topic, "answer": request.answer}
        notify([request.created_by_id], Kind.REQUEST_DECIDED, facts=facts, url=url, at=at)
