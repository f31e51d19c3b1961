"""Who holds which place on a day, for telling many people at once: two queries, however many are asked about."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Self

from core.dated import valid_on
from teams.models import Grant, Membership
from teams.permissions import Role

Places = dict[int, set[int]]


@dataclass(frozen=True)
class WhoIsWho:
    """People by team, area and unit; active accounts only."""

    members: Places
    leads: Places
    secretaries: Places
    handlers: Places
    unit_leads: Places
    office: set[int]
    leading_group: set[int]

    @classmethod
    def on(cls, day: date) -> Self:
        members, leads = defaultdict(set), defaultdict(set)
        seats = Membership.objects.filter(valid_on(day), user__is_active=True, seat__team__is_active=True).order_by()
        for team, role, person in seats.values_list("seat__team_id", "seat__kind__role", "user_id"):
            members[team].add(person)
            if role == Role.TEAM_LEAD:
                leads[team].add(person)
        granted: dict[str, Places] = defaultdict(lambda: defaultdict(set))
        grants = Grant.objects.on(day).filter(user__is_active=True).order_by()
        for role, unit, area, person in grants.values_list("role", "unit_id", "area_id", "user_id"):
            granted[role][unit or area or 0].add(person)
        return cls(
            members=members,
            leads=leads,
            secretaries=granted[Role.SECRETARY],
            handlers=granted[Role.HANDLER],
            unit_leads=granted[Role.UNIT_LEAD],
            office={person for people in granted[Role.COORDINATOR].values() for person in people},
            leading_group={person for people in granted[Role.OFFICIAL].values() for person in people},
        )
