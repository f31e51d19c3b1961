"""Bulk doors for an import: many units, people, areas, teams, seats, pairings and roles at once.

Each inserts its rows and returns what happened; the import appends it all at its end. Rows that exist already are
changed by the services, one by one. Whoever imports holds Permission.DATA_IMPORT: the caller has asked for it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify
from pypinyin import lazy_pinyin

from core import bulk
from core.events import Happened
from teams.models import Area, Grant, Membership, OrgUnit, Pairing, Seat, Team, User
from teams.names import name_key

# Characters whose reading in names of places is not the one that dictionaries list first.
PLACE_READINGS = str.maketrans({"长": "场", "重": "虫"})
OUTER_WORDS = re.compile(r"^区(?!委|纪委|政府|人大|政协)(?=..)|(街道|镇|居民区)$")


def slug_for(name: str, taken: set[str]) -> str:
    """Pinyin for the address: 长堤街道 becomes `changdi`. A second one of the same sound gets a number."""
    bare = OUTER_WORDS.sub("", name).translate(PLACE_READINGS)
    base = slugify("".join(lazy_pinyin(bare)))[:50] or "x"
    slug, n = base, 1
    while slug in taken:
        n += 1
        slug = f"{base}-{n}"
    taken.add(slug)
    return slug


@dataclass(frozen=True)
class Filled:
    """A seat and who sits on it from which day."""

    seat: Seat
    user: User
    from_day: date


def add_units(units: Sequence[OrgUnit], *, by: User | None, at: datetime) -> list[Happened]:
    return bulk.create_all(units, by=by, at=at, payload=lambda unit: {"name": unit.name, "kind": unit.kind})


def add_people(people: Sequence[User], *, by: User | None, at: datetime) -> list[Happened]:
    """They cannot sign in until the administrator sends them a link."""
    for person in people:
        person.name_key = name_key(person.name)
        person.password = make_password(None)
    return bulk.create_all(people, by=by, at=at, payload=lambda person: {"name": person.name, "unit": person.unit_id})


def add_areas(areas: Sequence[Area], *, by: User | None, at: datetime) -> list[Happened]:
    for area in areas:
        area.name_key = name_key(area.name)
    return bulk.create_all(areas, by=by, at=at, payload=lambda area: {"name": area.name, "street": area.street_id})


def add_teams(teams: Sequence[Team], *, by: User | None, at: datetime) -> list[Happened]:
    return bulk.create_all(teams, by=by, at=at, payload=lambda team: {"number": team.number, "unit": team.unit_id})


def add_seats(seats: Sequence[Seat]) -> None:
    """The seats of new teams; what happens on them is told by who takes them."""
    bulk.insert(seats)


def fill_seats(filled: Sequence[Filled], *, reason: str, by: User | None, at: datetime) -> list[Happened]:
    """Put people on seats that nobody has held before."""
    bulk.insert([Membership(seat=one.seat, user=one.user, from_day=one.from_day, reason=reason) for one in filled])
    return [Happened(one.seat, "replace", by, at, _seated(one, reason)) for one in filled]


def _seated(one: Filled, reason: str) -> dict[str, object]:
    names = {"old": None, "old_name": "", "new": one.user.pk, "new_name": one.user.name}
    return names | {"day": one.from_day, "reason": reason}


def add_pairings(pairings: Sequence[Pairing], *, by: User | None, at: datetime) -> list[Happened]:
    """Give areas that no team has had before to their teams."""
    bulk.insert(pairings)
    happened = []
    for pairing in pairings:
        facts = {"area": pairing.area.name, "team": pairing.team.number, "day": pairing.from_day, "old_team": None}
        happened += [Happened(row, "pair", by, at, facts) for row in (pairing.area, pairing.team)]
    return happened


def add_grants(grants: Sequence[Grant], *, by: User | None, at: datetime) -> list[Happened]:
    for grant in grants:
        grant.granted_by = by
    bulk.insert(grants)
    return [
        Happened(
            grant.user,
            "grant",
            by,
            at,
            {"role": grant.role, "unit": grant.unit_id, "area": grant.area_id, "from_day": grant.from_day},
        )
        for grant in grants
    ]


def end_grants(grants: Iterable[Grant], *, last_day: date, by: User | None, at: datetime) -> list[Happened]:
    """Close roles that passed to somebody else; a role never ends before it began."""
    happened = []
    for grant in grants:
        grant.until_day = max(last_day, grant.from_day)
        grant.save(update_fields=["until_day"])
        happened.append(Happened(grant.user, "revoke", by, at, {"role": grant.role, "until_day": grant.until_day}))
    return happened
