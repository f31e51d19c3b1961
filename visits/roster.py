"""Who belongs to a visit on a day: the team's members and the area's secretary."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from core.statements import Statement, written
from teams.models import Grant, Membership
from teams.permissions import Role

Span = tuple[date, date | None, int]  # from, until, person
Row = tuple[int, date, date | None, int]  # the same of a team or an area
MEMBER = ("seat__team_id", "from_day", "until_day", "user_id")
SECRETARY = ("area_id", "from_day", "until_day", "user_id")


@dataclass(frozen=True)
class Roster:
    _teams: Mapping[int, list[Span]] = field(repr=False)
    _secretaries: Mapping[int, list[Span]] = field(repr=False)

    @classmethod
    def load(cls, visits: Iterable[Any], first: date | None = None, last: date | None = None) -> Self:
        """Two queries for any number of visits; rows need `team_id` and `area_id`. Dates narrow what is read."""
        teams, areas = set[int](), set[int]()
        for visit in visits:
            teams.add(visit.team_id)
            areas.add(visit.area_id)
        if not teams:
            return cls({}, {})
        days = {"first": first or date.min, "last": last or date.max}
        members = written("members of teams", make=_members).rows(teams=list(teams), **days)
        secretaries = written("secretaries of areas", make=_secretaries).rows(areas=list(areas), **days)
        return cls(_spans(members), _spans(secretaries))

    @classmethod
    def within(cls, first: date, last: date) -> Self:
        """Everybody who belongs to any team or area on one of these days: two queries without long lists.

        Only these days may be asked about: whoever is there on all of them has no other dates, which keeps it small.
        """
        members = _overlapping(Membership.objects.all(), first, last).values_list(*MEMBER)
        secretaries = Grant.objects.filter(role=Role.SECRETARY, area__isnull=False)
        known = _overlapping(secretaries, first, last).values_list(*SECRETARY)
        return cls(_spans(_clipped(members, first, last)), _spans(_clipped(known, first, last)))

    def on(self, team_id: int, area_id: int, day: date) -> frozenset[int]:
        spans = (*self._teams.get(team_id, ()), *self._secretaries.get(area_id, ()))
        return frozenset(person for start, end, person in spans if start <= day and (end is None or day <= end))

    def over(
        self, team_id: int, area_id: int, days: Sequence[date]
    ) -> tuple[frozenset[int], dict[date, frozenset[int]]]:
        """The people of the first of these days in order, and those of the days on which there are others."""
        spans = (*self._teams.get(team_id, ()), *self._secretaries.get(area_id, ()))
        people = self.on(team_id, area_id, days[0])
        if all(start <= days[0] and (end is None or end >= days[-1]) for start, end, _person in spans):
            return people, {}
        others = {day: self.on(team_id, area_id, day) for day in days[1:]}
        return people, {day: there for day, there in others.items() if there != people}


def _members() -> Statement:
    rows = _overlapping(Membership.objects.filter(seat__team_id__in=[-1]), date.min, date.max)
    return Statement(rows.values_list(*MEMBER), blanks={-1: "teams", date.min: "first", date.max: "last"})


def _secretaries() -> Statement:
    rows = _overlapping(Grant.objects.filter(role=Role.SECRETARY, area_id__in=[-1]), date.min, date.max)
    return Statement(rows.values_list(*SECRETARY), blanks={-1: "areas", date.min: "first", date.max: "last"})


def _overlapping(rows: Any, first: date, last: date) -> Any:
    return rows.filter(from_day__lte=last).exclude(until_day__lt=first).order_by()


def _clipped(rows: Iterable[Row], first: date, last: date) -> Iterator[Row]:
    for key, start, end, person in rows:
        yield key, first if start < first else start, end if end and end < last else None, person


def _spans(rows: Iterable[Row]) -> dict[int, list[Span]]:
    spans: dict[int, list[Span]] = defaultdict(list)
    for key, start, end, person in rows:
        spans[key].append((start, end, person))
    return spans
