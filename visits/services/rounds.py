"""A round from its dates to its end: created, opened with one visit per paired area, finished."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import quarter_of, today
from core.events import Happened, append, append_many
from core.refusals import RuleBroken
from teams.grants import holds
from teams.models import Pairing, User
from teams.permissions import Permission
from visits.models import Round, Visit, VisitKind, VisitStatus
from visits.transitions import change_status, locked
from visits.window import LONGEST_WINDOW, RULES


def create_round(
    *,
    year: int,
    quarter: int,
    window_start: date,
    window_end: date,
    by: User,
    at: datetime,
    rules: Mapping[str, int] | None = None,
) -> Round:
    if not holds(by, Permission.ROUND_MANAGE):
        raise PermissionDenied
    _check_window(year, quarter, window_start, window_end)
    values = {"window_start": window_start, "window_end": window_end, **_known(rules)}
    try:
        with transaction.atomic():
            round_ = Round.objects.create(code=f"{year}q{quarter}", year=year, quarter=quarter, **values)
            append(round_, "create", by=by, at=at, payload=values)
    except IntegrityError:
        raise RuleBroken(_("There is a round for this quarter already.")) from None
    return round_


def change_window(
    *,
    round: Round,
    window_start: date,
    window_end: date,
    by: User,
    at: datetime,
    version: int | None = None,
    note: str = "",
    rules: Mapping[str, int] | None = None,
) -> Round:
    """New dates or rules. Visits stay where they are; once the round is open, people planned with the old dates,
    so it needs a reason.
    """
    with transaction.atomic():
        round = locked(round, "change", by=by, version=version)
        _check_window(round.year, round.quarter, window_start, window_end)
        wanted = {"window_start": window_start, "window_end": window_end, **_known(rules)}
        new = {name: value for name, value in wanted.items() if getattr(round, name) != value}
        if not new:
            return round
        if round.opened_at and not note.strip():
            raise RuleBroken(_("The round is open. Please write down why its dates or rules change."))
        payload = {"before": {name: getattr(round, name) for name in new}, **new}
        for name, value in new.items():
            setattr(round, name, value)
        return change_status(round, "change", by=by, at=at, note=note.strip(), fields=[*new], payload=payload)


def open_round(*, round: Round, by: User, at: datetime, version: int | None = None) -> Round:
    """From now on visits can be scheduled: one for every area that is paired when the window begins."""
    with transaction.atomic():
        round = locked(round, "open", by=by, version=version)
        visits = _create_missing(round, by=by, at=at)
        if not visits:
            raise RuleBroken(_("No residential area is paired with a team yet, so there is nothing to visit."))
        round.opened_at, round.opened_by = at, by
        return change_status(
            round, "open", by=by, at=at, fields=["opened_at", "opened_by"], payload={"visits": len(visits)}
        )


def add_missing_visits(*, round: Round, by: User, at: datetime, version: int | None = None) -> int:
    """Visits for the areas paired since the round was opened; how many."""
    with transaction.atomic():
        round = locked(round, "complete", by=by, version=version)
        visits = _create_missing(round, by=by, at=at)
        if visits:
            change_status(round, "complete", by=by, at=at, payload={"visits": len(visits)})
        return len(visits)


def close_round(*, round: Round, by: User, at: datetime, version: int | None = None) -> Round:
    """Every visit took place or was cancelled with a reason; records and issues may still be open."""
    with transaction.atomic():
        round = locked(round, "close", by=by, version=version)
        left = round.visits.filter(status__in=VisitStatus.placed | {VisitStatus.UNSCHEDULED}).count()
        if left:
            raise RuleBroken(
                ngettext(
                    "%(n)d visit has neither been held nor cancelled.",
                    "%(n)d visits have neither been held nor cancelled.",
                    left,
                )
                % {"n": left}
            )
        round.closed_at, round.closed_by = at, by
        return change_status(round, "close", by=by, at=at, fields=["closed_at", "closed_by"])


def missing_pairings(round: Round, day: date) -> Any:
    """Pairings of working teams for which this round has no visit yet."""
    paired = Pairing.objects.on(max(round.window_start, min(day, round.window_end))).filter(team__is_active=True)
    return paired.exclude(area__in=round.visits.values("area"))


def _create_missing(round: Round, *, by: User, at: datetime) -> list[Visit]:
    kind = VisitKind.objects.filter(in_round=True).first()
    if kind is None:
        raise RuleBroken(_("No kind of visit belongs to rounds. Please load the programme first."))
    taken = set(round.visits.values_list("code", flat=True))
    visits = []
    for pairing in (
        missing_pairings(round, today(at)).select_related("team").order_by("team__number", "area__position", "area_id")
    ):
        code = _free_code(f"{pairing.team.number}-{round.code}", taken)
        visits.append(Visit(code=code, round=round, kind=kind, team=pairing.team, area_id=pairing.area_id))
    Visit.objects.bulk_create(visits, batch_size=200)
    append_many(Happened(visit, "create", by, at, {"round": round.code, "team": visit.team_id}) for visit in visits)
    return visits


def _free_code(code: str, taken: set[str]) -> str:
    """A team's second area in a round is `118-2026q4-2`."""
    found, n = code, 2
    while found in taken:
        found, n = f"{code}-{n}", n + 1
    taken.add(found)
    return found


def _check_window(year: int, quarter: int, first: date, last: date) -> None:
    if last < first:
        raise RuleBroken(_("The window cannot end before it begins."))
    if quarter_of(first) != (year, quarter):
        raise RuleBroken(_("The window has to begin in the round's quarter."))
    if (last - first).days >= LONGEST_WINDOW:
        raise RuleBroken(_("A window of more than two months is no concentrated round."))


def _known(rules: Mapping[str, int] | None) -> dict[str, int]:
    return {name: value for name, value in (rules or {}).items() if name in RULES}
