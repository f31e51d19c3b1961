"""Who belongs to a visit on a day: the team's members and the area's secretary."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from teams.models import Grant, Membership
from teams.permissions import Role

Span = tuple[date, date | None, int]  # from, until, person


@dataclass(frozen=True)
class Roster:
    _teams: Mapping[int, list[Span]] = field(repr=False)
    _secretaries: Mapping[int, list[Span]] = field(repr=False)

    @classmethod
    def load(cls, visits: Iterable[Any], first: date | None = None, last: date | None = None) -> Self:
        """Two queries for any number of visits; rows need `team_id` and `area_id`. Dates narrow what is read."""
        rows = list(visits)
        members = _overlapping(Membership.objects.filter(seat__team_id__in={row.team_id for row in rows}), first, last)
        secretaries = Grant.objects.filter(role=Role.SECRETARY, area_id__in={row.area_id for row in rows})
        return cls(
            _spans(members.values_list("seat__team_id", "from_day", "until_day", "user_id")),
            _spans(_overlapping(secretaries, first, last).values_list("area_id", "from_day", "until_day", "user_id")),
        )

    @classmethod
    def within(cls, first: date, last: date) -> Self:
        """Everybody who belongs to any team or area on one of these days: two queries without long lists."""
        members = _overlapping(Membership.objects.all(), first, last)
        secretaries = _overlapping(Grant.objects.filter(role=Role.SECRETARY, area__isnull=False), first, last)
        return cls(
            _spans(members.values_list("seat__team_id", "from_day", "until_day", "user_id")),
            _spans(secretaries.values_list("area_id", "from_day", "until_day", "user_id")),
        )

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


def _overlapping(rows: Any, first: date | None, last: date | None) -> Any:
    if last:
        rows = rows.filter(from_day__lte=last)
    return (rows.exclude(until_day__lt=first) if first else rows).order_by()


def _spans(rows: Iterable[tuple[int, date, date | None, int]]) -> dict[int, list[Span]]:
    spans: dict[int, list[Span]] = defaultdict(list)
    for key, start, end, person in rows:
        spans[key].append((start, end, person))
    return spans
