"""Reads that join tables: a team with its people, an area with its secretary, a person with every role."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from core.dated import valid_on
from teams import coverage
from teams.models import (
    Area,
    Grant,
    Membership,
    Nomination,
    NominationStatus,
    OrgUnit,
    Pairing,
    Seat,
    SeatKind,
    Team,
    User,
)
from teams.permissions import ROLES, Permission, Role
from teams.policies import sees_district


def who_holds(permission: Permission, day: date) -> list[int]:
    """Ids of the active people whose granted roles hold this permission on the day (seat roles are not asked)."""
    roles = [role for role, permissions in ROLES.items() if permission in permissions]
    grants = Grant.objects.on(day).filter(role__in=roles, user__is_active=True)
    return list(grants.order_by("user_id").values_list("user_id", flat=True).distinct())


# -- Teams ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SeatRow:
    """A seat as the team page shows it: who sits there, who comes next, who is nominated."""

    seat: Seat
    now: Membership | None
    coming: Membership | None
    nomination: Nomination | None

    @property
    def kind(self) -> SeatKind:
        return self.seat.kind

    @property
    def is_taken(self) -> bool:
        """By somebody who can sign in."""
        return self.now is not None and self.now.user.is_active


@dataclass(frozen=True)
class TeamRow:
    """A team as lists show it."""

    team: Team
    seats: list[Seat]
    areas: list[Area]

    @property
    def seated(self) -> int:
        """As on the page of what is missing: who cannot sign in fills no seat."""
        people = (person_on(seat) for seat in self.seats)
        return sum(1 for person in people if person and person.is_active)

    @property
    def is_complete(self) -> bool:
        return self.seated == len(self.seats)

    @property
    def lead(self) -> User | None:
        return next((person_on(seat) for seat in self.seats if seat.kind.role == Role.TEAM_LEAD), None)


def person_on(seat: Seat) -> User | None:
    """Whoever sits there, of a seat that `with_people` has loaded."""
    current: list[Membership] = seat.current  # type: ignore[attr-defined]
    return current[0].user if current else None


def with_people(teams: QuerySet[Team], day: date) -> QuerySet[Team]:
    """Teams with unit, template, seats, today's people and today's areas: three queries more, however many teams."""
    sitting = Membership.objects.on(day).select_related("user")
    seats = Seat.objects.select_related("kind").order_by("kind__position")
    pairings = Pairing.objects.on(day).select_related("area__street").order_by("area__position", "area_id")
    return teams.select_related("unit", "template").prefetch_related(
        Prefetch(
            "seats", seats.prefetch_related(Prefetch("memberships", sitting, to_attr="current")), to_attr="loaded"
        ),
        Prefetch("pairings", pairings, to_attr="today"),
    )


def team_row(team: Any) -> TeamRow:
    return TeamRow(team, team.loaded, [pairing.area for pairing in team.today])


def seat_rows(team: Team, day: date) -> list[SeatRow]:
    from_now_on = Membership.objects.filter(Q(until_day__isnull=True) | Q(until_day__gte=day))
    proposed = Nomination.objects.filter(status=NominationStatus.PROPOSED)
    seats = team.seats.select_related("kind").prefetch_related(
        Prefetch("memberships", from_now_on.select_related("user__unit").order_by("from_day"), to_attr="terms"),
        Prefetch("nominations", proposed.select_related("user"), to_attr="proposed"),
    )
    return [_seat_row(seat, day) for seat in seats.order_by("kind__position")]


def _seat_row(seat: Any, day: date) -> SeatRow:
    now = next((term for term in seat.terms if term.is_valid_on(day)), None)
    coming = next((term for term in seat.terms if term.from_day > day), None)
    return SeatRow(seat, now, coming, seat.proposed[0] if seat.proposed else None)


def find_teams(
    teams: QuerySet[Team],
    day: date,
    *,
    text: str = "",
    street: OrgUnit | None = None,
    unit: OrgUnit | None = None,
    incomplete: bool = False,
) -> QuerySet[Team]:
    """Teams that fit the filters of the list."""
    pairings = Pairing.objects.on(day)
    if street:
        teams = teams.filter(pk__in=pairings.filter(area__street=street).values("team_id"))
    if unit:
        teams = teams.filter(unit=unit)
    if incomplete:
        teams = teams.filter(pk__in=coverage.incomplete_teams(day).values("pk"))
    if text:
        people = Membership.objects.on(day).filter(user__name__icontains=text)
        fits = Q(unit__name__icontains=text) | Q(pk__in=people.values("seat__team_id"))
        fits |= Q(pk__in=pairings.filter(area__name__icontains=text).values("team_id"))
        if text.isdecimal() and len(text) < 7:
            fits |= Q(number=int(text))
        teams = teams.filter(fits)
    return teams


def seats_in_reach(seats: QuerySet[Seat], user: User) -> QuerySet[Seat]:
    """For the coverage page: all seats of the district, or those a supplying organ fills."""
    if sees_district(user):
        return seats
    organs = [scope.unit_id for scope in user.grants if scope.role == Role.SUPPLYING_ORGAN]
    return seats.filter(kind__supplied_by__in=organs)


# -- Areas and units --------------------------------------------------------------------------


@dataclass(frozen=True)
class AreaRow:
    area: Area
    team: Team | None
    secretary: User | None


def area_rows(areas: Iterable[Area], day: date) -> list[AreaRow]:
    """Each area with today's team and secretary: two queries."""
    areas = list(areas)
    pairings = Pairing.objects.on(day).filter(area__in=areas).select_related("team__unit")
    teams = {pairing.area_id: pairing.team for pairing in pairings}
    people = secretaries(areas, day)
    return [AreaRow(area, teams.get(area.pk), people.get(area.pk)) for area in areas]


def areas_in_reach(user: User, areas: Iterable[Area]) -> set[int]:
    """Which of these areas the person may open: a team can have areas beyond one's own street."""
    ids = [area.pk for area in areas]
    return set(Area.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True))


def secretaries(areas: Iterable[Area], day: date) -> dict[int, User]:
    """The secretary of each area; with several grants, the youngest."""
    grants = Grant.objects.on(day).filter(role=Role.SECRETARY, area__in=list(areas), user__is_active=True)
    return {
        grant.area_id: grant.user for grant in grants.select_related("user").order_by("from_day", "id") if grant.area_id
    }


def at_desks(units: Iterable[int | None], day: date) -> QuerySet[User]:
    """Who may be a case handler in these units: those who handle there and those who lead."""
    held = Grant.objects.on(day).filter(role__in=[Role.HANDLER, Role.UNIT_LEAD], unit_id__in=list(units))
    return User.objects.active().filter(pk__in=held.values("user_id"))


def people_of_unit(unit: OrgUnit, day: date) -> QuerySet[Grant]:
    return unit.grants.on(day).filter(user__is_active=True).select_related("user").order_by("role", "user__name_key")


# -- People -----------------------------------------------------------------------------------


def people_seen_by(user: User) -> QuerySet[User]:
    """Oneself, members of the teams one sees, secretaries of the areas and desks of the units one sees."""
    in_teams = Membership.objects.filter(seat__team__in=Team.objects.visible_to(user))
    at_desks = Grant.objects.filter(
        Q(area__in=Area.objects.visible_to(user)) | Q(unit__in=OrgUnit.objects.visible_to(user))
    )
    seen = Q(pk=user.pk) | Q(pk__in=in_teams.values("user_id")) | Q(pk__in=at_desks.values("user_id"))
    return User.objects.all() if sees_district(user) else User.objects.filter(seen)


@dataclass(frozen=True)
class RoleRow:
    """One role in words: what, where (with its page, if the reader may open it), from when to when."""

    label: Any
    place: Any
    url: str
    from_day: date
    until_day: date | None


def roles_in_words(user: User, day: date, *, reader: User | None = None) -> list[RoleRow]:
    """Seats and granted roles on the day: two queries, and one for each kind of place that a reader may open."""
    terms = user.memberships.filter(valid_on(day)).select_related("seat__kind", "seat__team")
    grants = user.role_grants.filter(valid_on(day)).select_related("unit", "area")
    held: list[tuple[Any, Any, Any]] = [(term.seat.kind.name, term.seat.team, term) for term in terms]
    held += [(Role(grant.role).label, grant.area or grant.unit, grant) for grant in grants]
    opened = _opened_by(reader, [place for _label, place, _dates in held]) if reader else set()
    return [
        RoleRow(label, place, place.get_absolute_url() if place in opened else "", dates.from_day, dates.until_day)
        for label, place, dates in held
    ]


def _opened_by(reader: User, places: Iterable[Any]) -> set[Any]:
    """Which of these teams, areas and units the person may open."""
    ids: dict[Any, list[int]] = {}
    for place in places:
        if place is not None:
            ids.setdefault(type(place), []).append(place.pk)
    return {place for model, pks in ids.items() for place in model.objects.visible_to(reader).filter(pk__in=pks)}


def terms_of(user: User) -> QuerySet[Membership]:
    """Every seat a person ever sat on, newest first."""
    return user.memberships.select_related("seat__kind", "seat__team").order_by("-from_day", "-id")
