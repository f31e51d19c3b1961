"""People, units, areas and teams: the ground everything else stands on."""

from teams.models.contact import EmailChange, PhoneChange
from teams.models.grants import Grant
from teams.models.nominations import Nomination, NominationStatus
from teams.models.people import User
from teams.models.places import Area, OrgUnit, UnitKind
from teams.models.programme import Programme
from teams.models.teams import Membership, Pairing, Seat, SeatKind, Team, TeamTemplate

__all__ = [
    "Area",
    "EmailChange",
    "Grant",
    "Membership",
    "Nomination",
    "NominationStatus",
    "OrgUnit",
    "Pairing",
    "PhoneChange",
    "Programme",
    "Seat",
    "SeatKind",
    "Team",
    "TeamTemplate",
    "UnitKind",
    "User",
]
