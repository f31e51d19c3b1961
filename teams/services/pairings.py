"""Which team looks after which residential area, from day to day."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core import changes
from core.events import Happened, append_many
from core.refusals import RuleBroken
from core.templatetags.core import zhdate
from teams.models import Area, Pairing, Team, User
from teams.permissions import Permission
from teams.policies import require


def pair(
    *, team: Team, area: Area, from_day: date, by: User | None, at: datetime, version: int | None = None
) -> Pairing:
    """Give a residential area to a team. The team before keeps it until the day before. `version` is the area's."""
    with transaction.atomic():
        area = changes.lock(area, version=version)
        require(by, Permission.TEAM_MANAGE, team)
        if not team.is_active:
            raise RuleBroken(_("This team is closed."))
        last = area.pairings.select_related("team").order_by("-from_day", "-id").first()
        if last is not None:
            _end_before(last, team, from_day)
        pairing = Pairing.objects.create(team=team, area=area, from_day=from_day)
        payload = {
            "area": area.name,
            "team": team.number,
            "day": from_day,
            "old_team": last.team.number if last else None,
        }
        changes.write(area, [])
        append_many([Happened(area, "pair", by, at, payload), Happened(team, "pair", by, at, payload)])
    return pairing


def end_pairing(
    *, pairing: Pairing, last_day: date, by: User | None, at: datetime, version: int | None = None
) -> Pairing:
    """End a pairing without a new team; the area then shows up as without a team."""
    with transaction.atomic():
        area = changes.lock(pairing.area, version=version)
        require(by, Permission.TEAM_MANAGE, pairing.team)
        pairing = Pairing.objects.select_related("team").get(pk=pairing.pk)
        if pairing.until_day is not None:
            raise RuleBroken(_("This pairing has ended already."))
        if last_day < pairing.from_day:
            raise RuleBroken(_("The last day cannot be before the first day."))
        pairing.until_day = last_day
        pairing.save(update_fields=["until_day"])
        payload = {"area": area.name, "team": pairing.team.number, "day": last_day}
        changes.write(area, [])
        append_many([Happened(thing, "end_pairing", by, at, payload) for thing in (area, pairing.team)])
    return pairing


def _end_before(last: Pairing, team: Team, from_day: date) -> None:
    still_on = last.until_day is None or last.until_day >= from_day
    if still_on and last.team_id == team.pk:
        raise RuleBroken(_("This team has the residential area already."))
    if from_day <= last.from_day:
        raise RuleBroken(
            _("%(team)s has the residential area from %(day)s. Please choose a later day.")
            % {"team": last.team, "day": zhdate(last.from_day)}
        )
    if still_on:
        last.until_day = from_day - timedelta(days=1)
        last.save(update_fields=["until_day"])
