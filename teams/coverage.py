"""What is missing on a day: areas without a team, teams without an area, seats without a person."""

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from teams.models import Area, Membership, Pairing, Seat, Team
from teams.models.places import AreaQuerySet
from teams.models.teams import TeamQuerySet


def areas_without_team(day: date) -> AreaQuerySet:
    pairings = Pairing.objects.on(day).filter(area=OuterRef("pk"), team__is_active=True)
    return Area.objects.filter(~Exists(pairings))


def teams_without_area(day: date) -> TeamQuerySet:
    return Team.objects.active().filter(~Exists(Pairing.objects.on(day).filter(team=OuterRef("pk"))))


def incomplete_seats(day: date) -> QuerySet[Seat]:
    """Seats of active teams on which nobody sits who can sign in."""
    sitting = Membership.objects.on(day).filter(seat=OuterRef("pk"), user__is_active=True)
    return Seat.objects.filter(~Exists(sitting), team__is_active=True)


def incomplete_teams(day: date) -> TeamQuerySet:
    return Team.objects.active().filter(pk__in=incomplete_seats(day).values("team_id"))
