"""Giving a visit its day, hour and venue, and moving it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import changes
from core.clock import today
from core.refusals import Conflict, RuleBroken
from notifications.kinds import Kind
from teams.models import User
from visits.dayparts import DayPart
from visits.models import Round, RoundStatus, Visit, VisitStatus
from visits.scheduling import Clash, Trouble
from visits.services.telling import facts_of, tell
from visits.timetable import Timetable, rules_of
from visits.transitions import change_many, change_status, locked
from visits.words import Known, sentences

PLACE = ("day", "part", "starts_at", "venue", "outside_reason", "clash_reason")


class ClashFound(RuleBroken):
    """A person or a room is taken at that time. It may be done all the same, with a reason."""

    def __init__(self, clashes: Sequence[Clash], visits: dict[int, Known] | None = None) -> None:
        """`visits`: the words about them, where their places are not those in the database."""
        self.clashes = list(clashes)
        self.sentences = sentences(self.clashes, visits)
        super().__init__(" ".join(self.sentences))


@dataclass(frozen=True)
class Placement:
    """A visit and the place in time wished for it. No venue given: where it is now, else the area's usual room."""

    visit: Visit
    day: date
    starts_at: time
    venue: str | None = None
    outside_reason: str = ""
    clash_reason: str = ""


def schedule_visit(
    *,
    visit: Visit,
    day: date,
    starts_at: time | None = None,
    part: str = "",
    venue: str | None = None,
    outside_reason: str = "",
    clash_reason: str = "",
    by: User,
    at: datetime,
    version: int | None = None,
) -> Visit:
    """`starts_at` None is the usual hour of `part`."""
    wish = Placement(visit, day, _hour(starts_at, part), venue, outside_reason, clash_reason)
    return _place(wish, "schedule", by=by, at=at, version=version)


def move_visit(
    *,
    visit: Visit,
    day: date,
    starts_at: time | None = None,
    part: str = "",
    venue: str | None = None,
    outside_reason: str = "",
    clash_reason: str = "",
    note: str = "",
    by: User,
    at: datetime,
    version: int | None = None,
) -> Visit:
    """Another day, hour or venue. Whoever was told about the old one is told about the new one."""
    wish = Placement(visit, day, _hour(starts_at, part), venue, outside_reason, clash_reason)
    return _place(wish, "move", by=by, at=at, version=version, note=note)


def schedule_many(*, placements: Iterable[Placement], by: User, at: datetime) -> list[Visit]:
    """Place or move hundreds at once: the same checks, one event each, a constant number of queries per round.

    All or nothing: the first clash without a reason stops everything.
    """
    wishes: dict[int | None, list[Placement]] = {}
    for wish in placements:
        wishes.setdefault(wish.visit.round_id, []).append(wish)
    with transaction.atomic():
        return [visit for group in wishes.values() for visit in _place_group(group, by=by, at=at)]


def _place(wish: Placement, name: str, *, by: User, at: datetime, version: int | None, note: str = "") -> Visit:
    with transaction.atomic():
        round_ = _locked_round(wish.visit.round_id)
        visit = locked(wish.visit, name, by=by, version=version, note=note)
        visit.round, visit.area = round_, wish.visit.area
        timetable = Timetable.load(wish.day, wish.day, rules=rules_of(round_, wish.day), also=[visit])
        before = _put(visit, wish, timetable, at)
        change_status(visit, name, by=by, at=at, note=note.strip(), fields=PLACE, payload=_payload(visit, before))
        if visit.status == VisitStatus.ANNOUNCED:
            tell([visit], Kind.VISIT_MOVED, by=by, at=at, more={visit.pk: {"before": before}})
    return visit


def _place_group(wishes: list[Placement], *, by: User, at: datetime) -> list[Visit]:
    round_ = _locked_round(wishes[0].visit.round_id)
    visits = _locked_visits([wish.visit for wish in wishes])
    days = [wish.day for wish in wishes]
    timetable = Timetable.load(min(days), max(days), rules=rules_of(round_), also=visits.values())
    timetable.lift(visits)  # two of them may change places
    moves: dict[str, list[tuple[Visit, dict[str, Any]]]] = {"schedule": [], "move": []}
    for wish in wishes:
        visit = visits[wish.visit.pk]
        before = _put(visit, wish, timetable, at)
        moves["move" if visit.status in VisitStatus.placed else "schedule"].append((visit, before))
    for name, moved in moves.items():
        change_many(
            [visit for visit, _before in moved],
            name,
            by=by,
            at=at,
            fields=PLACE,
            payloads=[_payload(visit, before) for visit, before in moved],
        )
    told = [(visit, before) for visit, before in moves["move"] if visit.status == VisitStatus.ANNOUNCED]
    tell([visit for visit, _b in told], Kind.VISIT_MOVED, by=by, at=at, more={v.pk: {"before": b} for v, b in told})
    return [visits[wish.visit.pk] for wish in wishes]


def _put(visit: Visit, wish: Placement, timetable: Timetable, at: datetime) -> dict[str, Any]:
    """Check the place and write it on the visit; what stood there before."""
    before = facts_of(visit) | reasons_of(visit)
    if wish.day < today(at):
        raise RuleBroken(_("A visit cannot be put on a day that is over."))
    venue = (visit.venue or visit.area.venue) if wish.venue is None else wish.venue.strip()
    if (visit.day, visit.starts_at, visit.venue) == (wish.day, wish.starts_at, venue):
        raise RuleBroken(_("The visit is at this time and place already."))
    found = timetable.put(visit, wish.day, wish.starts_at, venue, accepted=bool(wish.clash_reason.strip()))
    visit.outside_reason, visit.clash_reason = _reasons_needed(wish, found)
    visit.day, visit.starts_at, visit.part = wish.day, wish.starts_at, DayPart.of(wish.starts_at)
    visit.venue = venue
    return before


def _reasons_needed(wish: Placement, found: Sequence[Clash]) -> tuple[str, str]:
    """Those given for a day outside the window and for a clash, each empty where none is needed; refused if missing."""
    outside, clash = wish.outside_reason.strip(), wish.clash_reason.strip()
    blocking = [one for one in found if one.blocks]
    if blocking and not clash:
        raise ClashFound(blocking)
    is_outside = any(one.trouble == Trouble.OUTSIDE for one in found)
    if is_outside and not outside:
        raise RuleBroken(_("This day lies outside the window. Please write down why the visit has to be then."))
    return outside if is_outside else "", clash if blocking else ""


def _payload(visit: Visit, before: dict[str, Any]) -> dict[str, Any]:
    place = {"day": visit.day, "starts_at": visit.starts_at, "venue": visit.venue}
    return {**place, "before": before, **reasons_of(visit)}


def reasons_of(visit: Visit) -> dict[str, Any]:
    return {name: getattr(visit, name) for name in ("outside_reason", "clash_reason") if getattr(visit, name)}


def _locked_round(pk: int | None) -> Round | None:
    """Whoever places a visit holds the round, so that two people cannot give the same hour of one lawyer away.

    A visit of another kind has no round of its own, but shares people and rooms with those of the open ones.
    """
    if pk is None:
        list(Round.objects.select_for_update(no_key=True).filter(status=RoundStatus.OPEN).order_by("pk"))
        return None
    round_ = changes.lock(Round(pk=pk), version=None)
    if round_.status != RoundStatus.OPEN:
        raise RuleBroken(_("The round is not open, so its visits cannot be scheduled."))
    return round_


def _locked_visits(seen: Sequence[Visit]) -> dict[int, Visit]:
    """The rows as they are now; Conflict when one was changed since it was read."""
    versions = {visit.pk: visit.version for visit in seen}
    rows = (
        Visit.objects.select_for_update(of=("self",), no_key=True)
        .select_related("area", "team", "round")
        .order_by("pk")
    )
    visits = {visit.pk: visit for visit in rows.filter(pk__in=versions)}
    for visit in visits.values():
        if visit.version != versions[visit.pk]:
            raise Conflict(visit)
    return visits


def _hour(starts_at: time | None, part: str) -> time:
    if starts_at is not None:
        return starts_at
    if not part:
        raise RuleBroken(_("Please choose a time."))
    return DayPart(part).usual_start
