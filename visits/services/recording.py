"""After the meeting: it was held, what was said, and that nothing is left to do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.clock import today
from core.dated import valid_on
from core.refusals import RuleBroken
from core.templatetags.core import zhday
from notifications.database_time import database_now
from teams.models import Membership, User
from visits.closing import reasons_not_to_close
from visits.models import Attendance, Visit
from visits.services.comparing import compare_record
from visits.services.confirming import ask_secretary, tell_secretary
from visits.services.lateness import report_lateness, tell_office
from visits.services.particulars import Particulars, check_particulars, total_of, write_particulars
from visits.services.telling import facts_of
from visits.transitions import change_status, locked

MOST_RESIDENTS = 500
DAY = ("day", "outside_reason")
EARLIEST = timedelta(days=31)  # before its plan, where no round says when the window began
RECORD = ("residents_count", "summary", "policy_talk", "policy_speaker", "home_calls", "home_calls_words")


@dataclass(frozen=True)
class Record:
    """What the team hands in. `came` are the ids of the seats whose people were there.

    `residents_count` None: the sum of the kinds that were counted. `held_on` is the day of the meeting where it was not the planned one; `day_note` says why, if somebody cared to.
    """

    residents_count: int | None = None
    came: frozenset[int] = frozenset()
    summary: str = ""
    policy_talk: str = ""
    policy_speaker_id: int | None = None
    held_on: date | None = None
    day_note: str = ""
    late_reason: str = ""
    particulars: Particulars = field(default_factory=Particulars)


def hold_visit(
    *, visit: Visit, by: User, at: datetime, held_on: date | None = None, note: str = "", version: int | None = None
) -> Visit:
    """`held_on` None: on the planned day."""
    with transaction.atomic():
        visit = locked(visit, "hold", by=by, version=version)
        payload = _put_on_its_day(visit, held_on, note.strip(), at)
        return change_status(visit, "hold", by=by, at=at, fields=DAY if payload else (), payload=payload)


def record_visit(
    *, visit: Visit, record: Record, by: User, at: datetime, version: int | None = None, backfill: bool = False
) -> Visit:
    """Hand in the record, or correct it until the visit is closed.

    When the first record came in is the database's word, whatever the clock of the sender says. Only a command
    that loads older records (`backfill`) may say `at` instead; the event still tells when the database got it.
    """
    with transaction.atomic():
        visit = locked(visit, "record", by=by, version=version)
        moved = _put_on_its_day(visit, record.held_on, record.day_note.strip(), at)
        assert visit.day
        members = members_on(visit.team_id, visit.day)
        residents = _check(record, members)
        fields = [*RECORD, *(DAY if moved else ())]
        for name in ("summary", "policy_talk", "policy_speaker_id"):
            setattr(visit, name, getattr(record, name))
        more = record.particulars
        visit.residents_count, visit.home_calls = residents, more.home_calls
        visit.home_calls_words = more.home_calls_words.strip()
        moment = at if backfill else database_now()
        if visit.recorded_at is None:
            visit.recorded_at, visit.recorded_by = moment, by
            fields += ["recorded_at", "recorded_by"]
        fields += report_lateness(visit, record.late_reason.strip(), by=by, insist=not backfill)
        fields += ask_secretary(visit, by=by, at=moment)
        _write_attendance(visit, members, record.came)
        write_particulars(visit, more)
        payload = {"residents": residents, "came": sorted(record.came), "policy_talk": record.policy_talk}
        if "late_reason" in fields and visit.late_reason:
            payload["late_reason"] = visit.late_reason
        change_status(visit, "record", by=by, at=at, fields=fields, payload={**payload, **more.facts, **moved})
        tell_secretary(visit, by=by, at=at)
        compare_record(visit, by=by, at=at)
        if "late_reason" in payload:
            tell_office(visit, by=by, at=at)
        visit.refresh_from_db(fields=["recorded_at", "policy_speaker"])
    return visit


def close_visit(*, visit: Visit, by: User, at: datetime, version: int | None = None) -> Visit:
    """Refused with every reason there is: other apps may ask for more than the record."""
    with transaction.atomic():
        visit = locked(visit, "close", by=by, version=version)
        if reasons := reasons_not_to_close(visit):
            raise RuleBroken(" ".join(map(str, reasons)))
        visit.closed_at, visit.closed_by = at, by
        return change_status(visit, "close", by=by, at=at, fields=["closed_at", "closed_by"])


def members_on(team_id: int, day: date) -> list[Membership]:
    """Who sits on the team's seats that day, in the order of the seats."""
    rows = Membership.objects.filter(valid_on(day), seat__team_id=team_id)
    return list(rows.select_related("user", "seat__kind").order_by("seat__kind__position"))


def earliest_day(visit: Visit) -> date:
    """No meeting of this visit can have been before: the announced window's start, or the plan if that is earlier."""
    assert visit.day
    return min(visit.day, visit.round.window_start if visit.round else visit.day - EARLIEST)


def days_to_choose(visit: Visit, at: datetime) -> tuple[date, date]:
    """The first and the last day on which the meeting can have been."""
    if visit.day is None or earliest_day(visit) > today(at):
        raise RuleBroken(_("The day of this visit has not come yet."))
    return earliest_day(visit), today(at)


def _put_on_its_day(visit: Visit, held_on: date | None, note: str, at: datetime) -> dict[str, Any]:
    """Write the day of the meeting on the visit, once it has come; what the event says if it was not the planned one."""
    planned, now, as_planned = visit.day, today(at), held_on in (None, visit.day)
    if planned is None or (as_planned and planned > now):
        raise RuleBroken(_("The day of this visit has not come yet."))
    if held_on is None or as_planned:
        return {}
    if held_on > now:
        raise RuleBroken(_("The meeting cannot have been on a day that has not come yet."))
    if held_on < (first := earliest_day(visit)):
        raise RuleBroken(_("The meeting cannot have been before %(day)s.") % {"day": zhday(first)})
    before = facts_of(visit)
    visit.day, visit.outside_reason = held_on, _why_outside(visit, held_on, note)
    payload = {"day": held_on, "starts_at": visit.starts_at, "venue": visit.venue, "before": before}
    return {**payload, "note": note} if note else payload


def _why_outside(visit: Visit, day: date, note: str) -> str:
    """Nothing for a day in the window; for another one a reason has to be there."""
    if visit.round is None or visit.round.holds(day):
        return ""
    if not (visit.outside_reason or note):
        raise RuleBroken(_("This day lies outside the window. Please write down why the visit was then."))
    return visit.outside_reason or note


def _check(record: Record, members: list[Membership]) -> int:
    """How many residents came, once everything in the record can be."""
    check_particulars(record.particulars)
    residents = total_of(record.residents_count, record.particulars)
    if not 0 <= residents <= MOST_RESIDENTS:
        raise RuleBroken(_("The number of residents is between 0 and %(most)d.") % {"most": MOST_RESIDENTS})
    if record.came - {member.seat_id for member in members}:
        raise RuleBroken(_("Only people who sat in the team that day can have come."))
    if record.policy_speaker_id and record.policy_speaker_id not in {member.user_id for member in members}:
        raise RuleBroken(_("The policy talk is given by somebody of the team."))
    return residents


def _write_attendance(visit: Visit, members: Iterable[Membership], came: frozenset[int]) -> None:
    """One row a seat that was taken that day; a correction overwrites it."""
    members = list(members)
    visit.attendances.exclude(seat__in=[member.seat_id for member in members]).delete()
    Attendance.objects.bulk_create(
        [
            Attendance(visit=visit, seat_id=member.seat_id, user_id=member.user_id, came=member.seat_id in came)
            for member in members
        ],
        update_conflicts=True,
        unique_fields=["visit", "seat"],
        update_fields=["user", "came"],
    )
