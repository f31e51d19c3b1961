"""A plan for a round: asked for, computed, adjusted by hand, released as one change or discarded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import changes
from core.clock import today
from core.events import history_of
from core.refusals import RuleBroken
from teams.models import Membership, Seat, User
from teams.services.seats import replace_member
from visits.dayparts import DayPart
from visits.draft_table import draft_table, put_line
from visits.history import sentence
from visits.models import PlanLine, PlanRun, PlanTrouble, Round, RoundStatus, Visit, VisitStatus
from visits.planning import Wish
from visits.scheduling import Clash, Trouble
from visits.services.placing import ClashFound, Placement, schedule_many
from visits.services.telling import announce_many
from visits.transitions import change_status, check, locked
from visits.words import Known
from visits.workdays import DAY

# -- Asking ------------------------------------------------------------------------------------


def ask_for_plan(*, round: Round, wish: Wish, by: User, at: datetime) -> PlanRun:
    """A new plan, to be computed by a worker. One whose worker is gone gives way to it; no other does."""
    with transaction.atomic():
        round = changes.lock(round, version=None)
        if round.status != RoundStatus.OPEN:
            raise RuleBroken(_("A plan is made for an open round only."))
        current = round.plans.open().first()
        if current and current.is_lost(at):
            give_up(run=current, trouble=PlanTrouble.LOST, by=by, at=at)
        elif current:
            raise RuleBroken(_("There is a plan for this round already. Release it or discard it first."))
        run = PlanRun(
            round=round,
            evenings=wish.evenings,
            weekends=wish.weekends,
            street_cap=wish.street_cap,
            keep=wish.keep,
            asked_by=by,
            asked_at=at,
        )
        check(run, "start", by=by)
        run.save()
        changes.save(run, "ask", by=by, at=at, fields=["evenings", "weekends", "street_cap", "keep"])
    return run


def cancel_plan(*, run: PlanRun, by: User, at: datetime) -> PlanRun:
    """The worker notices within a second; what it finds after that is thrown away."""
    return _end(run, "cancel", by=by, at=at)


def discard_plan(*, run: PlanRun, by: User, at: datetime, version: int | None = None) -> PlanRun:
    return _end(run, "discard", by=by, at=at, version=version)


def give_up(*, run: PlanRun, trouble: str, by: User, at: datetime) -> PlanRun:
    with transaction.atomic():
        run = locked(run, "fail", by=by, version=None)
        run.trouble, run.finished_at = trouble, at
        return change_status(run, "fail", by=by, at=at, fields=["trouble", "finished_at"], payload={"trouble": trouble})


def _end(run: PlanRun, name: str, *, by: User, at: datetime, version: int | None = None) -> PlanRun:
    with transaction.atomic():
        run = locked(run, name, by=by, version=version)
        run.finished_at = run.finished_at or at
        return change_status(run, name, by=by, at=at, fields=["finished_at"])


# -- Computing ---------------------------------------------------------------------------------


def begin_plan(*, run: PlanRun, at: datetime) -> PlanRun:
    """Whoever calls this first computes the plan; RuleBroken for everybody else."""
    with transaction.atomic():
        run = locked(run, "start", by=run.asked_by, version=None)
        run.beat_at = at
        return change_status(run, "start", by=run.asked_by, at=at, fields=["beat_at"])


def finish_plan(
    *, run: PlanRun, lines: Sequence[PlanLine], head: int, measure: dict[str, Any], at: datetime
) -> PlanRun:
    """Save the draft, unless the plan was stopped or given up meanwhile: then RuleBroken."""
    with transaction.atomic():
        run = locked(run, "finish", by=run.asked_by, version=None)
        for line in lines:
            line.run = run
        PlanLine.objects.bulk_create(lines, batch_size=500)
        run.head, run.measure, run.finished_at = head, measure, at
        fields = ["head", "measure", "finished_at"]
        payload = {"lines": len(lines), **measure}
        return change_status(run, "finish", by=run.asked_by, at=at, fields=fields, payload=payload)


# -- Adjusting ---------------------------------------------------------------------------------


def place_line(
    *,
    line: PlanLine,
    day: date,
    starts_at: time | None = None,
    part: str = "",
    venue: str | None = None,
    outside_reason: str = "",
    clash_reason: str = "",
    stand_in: tuple[int, int] | None = None,
    by: User,
    at: datetime,
    version: int | None = None,
) -> PlanLine:
    """Put a visit of the draft somewhere else. The same rules as for a real one: a clash or a day outside the window
    needs a reason. `stand_in`: (the person, who sits there instead on that day)."""
    with transaction.atomic():
        run, line = _locked_line(line, by=by, version=version)
        hour = starts_at or (DayPart(part).usual_start if part else None)
        if hour is None:
            raise RuleBroken(_("Please choose a time."))
        if day < today(at):
            raise RuleBroken(_("A visit cannot be put on a day that is over."))
        visit = line.visit
        usual = visit.venue or visit.area.venue
        line.day, line.part, line.starts_at = day, DayPart.of(hour), hour
        line.venue = venue.strip() if venue is not None and venue.strip() != usual else ""
        line.instead_of_id, line.stand_in_id = stand_in or (None, None)
        _check_place(run, line, outside_reason.strip(), clash_reason.strip(), at)
        line.by_hand = True
        return _adjusted(run, line, by=by, at=at)


def drop_line(*, line: PlanLine, by: User, at: datetime, version: int | None = None) -> PlanLine:
    """Leave a visit out: it stays where it is, or without a day."""
    with transaction.atomic():
        run, line = _locked_line(line, by=by, version=version)
        line.day = line.starts_at = line.instead_of = line.stand_in = None
        line.part = line.venue = line.outside_reason = line.clash_reason = ""
        line.why, line.repairs, line.by_hand = [], [], True
        return _adjusted(run, line, by=by, at=at)


def _locked_line(line: PlanLine, *, by: User, version: int | None) -> tuple[PlanRun, PlanLine]:
    run = locked(line.run, "adjust", by=by, version=version)
    line = PlanLine.objects.select_related("visit__area", "visit__team", "visit__round").get(pk=line.pk)
    if line.fixed:
        raise RuleBroken(_("This visit is not part of the plan. Move it on the board."))
    return run, line


def _check_place(run: PlanRun, line: PlanLine, outside_reason: str, clash_reason: str, at: datetime) -> None:
    table = draft_table(run, also_days=[line.day] if line.day else [], without=line)
    found = put_line(table, line)
    blocking = [clash for clash in found if clash.blocks]
    if blocking and not clash_reason:
        raise ClashFound(blocking, words_in(run, blocking))
    outside = any(clash.trouble == Trouble.OUTSIDE for clash in found)
    if outside and not outside_reason:
        raise RuleBroken(_("This day lies outside the window. Please write down why the visit has to be then."))
    line.outside_reason = outside_reason if outside else ""
    line.clash_reason = clash_reason if blocking else ""


def _adjusted(run: PlanRun, line: PlanLine, *, by: User, at: datetime) -> PlanLine:
    line.save()
    payload = {"visit": line.visit_id, "day": line.day, "starts_at": line.starts_at, "stand_in": line.stand_in_id}
    change_status(run, "adjust", by=by, at=at, payload=payload)
    line.run = run
    return line


# -- Releasing ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Changed:
    """A visit that was changed after the plan was made, and by whom."""

    visit: Visit
    by: str
    did: str
    at: datetime | None


class PlanOutdated(RuleBroken):
    """Some visits are no longer what the plan was made from. Nothing was released."""

    def __init__(self, changed: Sequence[Changed]) -> None:
        self.changed = list(changed)
        super().__init__(_("Some visits were changed after this plan was made."))


@dataclass(frozen=True)
class Released:
    new: int
    moved: int
    announced: int
    left_out: int


def release_plan(
    *, run: PlanRun, announce: bool = False, rest: bool = False, by: User, at: datetime, version: int | None = None
) -> Released:
    """Every visit goes where the draft has it, in one transaction: all of it or nothing.

    `rest`: visits that somebody changed meanwhile stay as they are; otherwise they stop everything.
    """
    with transaction.atomic():
        round_ = changes.lock(run.round, version=None)
        run = locked(run, "release", by=by, version=version)
        list(
            Visit.objects.select_for_update(of=("self",), no_key=True)
            .filter(round=round_)
            .order_by("pk")
            .values_list("pk")
        )
        lines = list(run.lines.changes().select_related("visit__area", "visit__team", "visit__round"))
        overtaken = [line for line in lines if line.visit.version != line.seen]
        if overtaken and not rest:
            raise PlanOutdated(changed_by(overtaken))
        lines = [line for line in lines if line.visit.version == line.seen]
        lines.sort(key=lambda line: line.clash_reason != "")  # whoever has a reason comes last and finds the clash
        _seat_stand_ins(lines, by=by, at=at)
        schedule_many(placements=[_placement(line) for line in lines], by=by, at=at)
        told = (
            announce_many(visits=round_.visits.filter(status=VisitStatus.SCHEDULED), by=by, at=at) if announce else []
        )
        moved = sum(line.was_day is not None for line in lines)
        result = Released(len(lines) - moved, moved, len(told), len(overtaken))
        run.released_at, run.released_by = at, by
        fields = ["released_at", "released_by"]
        payload = {"new": result.new, "moved": moved, "announced": result.announced, "left_out": result.left_out}
        change_status(run, "release", by=by, at=at, fields=fields, payload=payload)
    return result


def words_in(run: PlanRun, clashes: Sequence[Clash]) -> dict[int, Known]:
    """The visits of these clashes with their hours in the draft, or on the calendar where they are not part of it."""
    named = {visit for clash in clashes for visit in clash.visits}
    visits = Visit.objects.filter(pk__in=named).select_related("area__street")
    lines = dict(run.lines.filter(visit__in=named).values_list("visit_id", "starts_at"))
    return {
        visit.pk: Known(
            visit.area.name,
            visit.area.street.name,
            lines.get(visit.pk) or visit.starts_at,
            visit.venue,
            visit.code,
        )
        for visit in visits
    }


def changed_by(lines: Sequence[PlanLine]) -> list[Changed]:
    """Who changed these visits last. One query each, for the few there are."""
    found = []
    for line in lines:
        last = history_of(line.visit).first()
        who, did = (last.actor_name, sentence(last)) if last else ("", "")
        found.append(Changed(line.visit, who, did, last.occurred_at if last else None))
    return found


def _placement(line: PlanLine) -> Placement:
    assert line.day and line.starts_at
    venue = line.venue or None
    return Placement(line.visit, line.day, line.starts_at, venue, line.outside_reason, line.clash_reason)


def _seat_stand_ins(lines: Sequence[PlanLine], *, by: User, at: datetime) -> None:
    """On the day of the visit somebody else holds the seat; the day after it is its holder's again."""
    for line in lines:
        if line.stand_in and line.instead_of and line.day:
            seat = _seat_of(line.visit, line.instead_of, line.day)
            reason = _("Stands in for %(name)s at the visit to %(area)s") % {
                "name": line.instead_of.name,
                "area": line.visit.area,
            }
            replace_member(seat=seat, user=line.stand_in, from_day=line.day, reason=reason, by=by, at=at)
            back = _("Back after the visit to %(area)s") % {"area": line.visit.area}
            replace_member(seat=seat, user=line.instead_of, from_day=line.day + DAY, reason=back, by=by, at=at)


def _seat_of(visit: Visit, person: User, day: date) -> Seat:
    held = Membership.objects.filter(seat__team_id=visit.team_id, user=person).on(day)
    membership = held.select_related("seat__team", "seat__kind").first()
    if membership is None:
        raise RuleBroken(
            _("%(name)s does not sit in the team of %(area)s any more.") % {"name": person.name, "area": visit.area}
        )
    return membership.seat
