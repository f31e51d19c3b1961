"""Giving and taking back roles, and which roles must never meet in one person."""

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from core import changes
from core.clock import today
from core.dated import not_over_by
from core.events import append
from core.refusals import RuleBroken
from core.templatetags.core import zhdate
from teams.grants import holds
from teams.models import Area, Grant, Membership, OrgUnit, User
from teams.permissions import Permission, Role
from teams.services.people import NEVER_WITHOUT, keep_one, require_open

UNIT_ROLES = {Role.HANDLER, Role.UNIT_LEAD, Role.SUPPLYING_ORGAN}
SEAT_ROLES = {Role.TEAM_LEAD, Role.TEAM_MEMBER, Role.LAWYER}
TWO_PERSON_ROLES = {Role.COORDINATOR, Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR}


def grant(
    *,
    user: User,
    role: str,
    from_day: date,
    by: User | None,
    at: datetime,
    unit: OrgUnit | None = None,
    area: Area | None = None,
    until_day: date | None = None,
) -> Grant:
    """Give a role. Seat roles follow from seats; roles over the whole district are only given at installation
    (`by` None), for one person alone may not hand them out.
    """
    _check_giver(user, role, by)
    _check_scope(role, unit, area)
    with transaction.atomic():
        user = changes.lock(user, version=None)
        require_open(user)
        _check_separation(user, role, from_day)
        if user.role_grants.open_ended().filter(role=role, unit=unit, area=area).exists():
            raise RuleBroken(_("%(name)s holds this role already.") % {"name": user.name})
        given = Grant.objects.create(
            user=user, role=role, unit=unit, area=area, from_day=from_day, until_day=until_day, granted_by=by
        )
        payload = {"role": role, "unit": unit, "area": area, "from_day": from_day, "until_day": until_day}
        append(user, "grant", by=by, at=at, payload=payload)
    return given


def revoke(*, grant: Grant, last_day: date, by: User | None, at: datetime) -> Grant:
    """End a role; the last day still counts. An end that was set before may come earlier, never later."""
    _check_giver(grant.user, grant.role, by)
    with transaction.atomic():
        user = changes.lock(grant.user, version=None)
        if grant.role in NEVER_WITHOUT:
            keep_one(grant.role, without=user, day=max(last_day, today(at)) + timedelta(days=1))
        grant = Grant.objects.select_for_update(no_key=True).get(pk=grant.pk)
        _check_end(grant, last_day, today(at))
        grant.until_day = last_day
        grant.save(update_fields=["until_day"])
        append(user, "revoke", by=by, at=at, payload={"role": grant.role, "until_day": last_day})
    return grant


def refuse_auditor(user: User, from_day: date) -> None:
    """An auditor changes nothing, therefore holds no other role and sits on no seat."""
    if user.role_grants.filter(not_over_by(from_day), role=Role.AUDITOR).exists():
        raise RuleBroken(_("%(name)s is an auditor, and auditors hold no other role.") % {"name": user.name})


def _check_giver(user: User, role: str, by: User | None) -> None:
    if role in SEAT_ROLES:
        raise RuleBroken(_("This role comes with a seat in a team."))
    if by is None:
        return
    if not holds(by, Permission.ACCOUNTS_MANAGE):
        raise PermissionDenied
    if by.pk == user.pk:
        raise RuleBroken(_("Nobody gives a role to himself or takes it back."))
    if role in TWO_PERSON_ROLES:
        raise RuleBroken(_("One person alone cannot give or take this role."))


def _check_scope(role: str, unit: OrgUnit | None, area: Area | None) -> None:
    if (unit is not None) != (role in UNIT_ROLES) or (area is not None) != (role == Role.SECRETARY):
        raise RuleBroken(_("This role needs exactly one place: a unit, a residential area, or the whole district."))


def _check_end(grant: Grant, last_day: date, day: date) -> None:
    if last_day < grant.from_day:
        raise RuleBroken(_("The last day cannot be before the first day."))
    if grant.until_day is not None and (grant.until_day <= last_day or grant.until_day < day):
        raise RuleBroken(_("The last day of this role is %(day)s already.") % {"day": zhdate(grant.until_day)})


def _check_separation(user: User, role: str, from_day: date) -> None:
    """Whoever audits holds nothing else: every other role changes something."""
    if role != Role.AUDITOR:
        refuse_auditor(user, from_day)
        return
    others = user.role_grants.filter(not_over_by(from_day)).exclude(role=Role.AUDITOR)
    if others.exists() or Membership.objects.filter(not_over_by(from_day), user=user).exists():
        raise RuleBroken(_("%(name)s holds other roles, so auditor is not possible.") % {"name": user.name})
