"""Which servers people's calendars may be read from, besides those the installation names."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from core import changes
from core.events import append
from core.refusals import RuleBroken
from teams.grants import holds
from teams.models import User
from teams.permissions import Permission
from visits.models import CalendarHost
from visits.outside.address import HTTPS, host_in, is_allowed


def allowed_names() -> list[str]:
    return list(CalendarHost.objects.filter(is_allowed=True).order_by().values_list("name", flat=True))


def allow_host(*, name: str, by: User, at: datetime) -> CalendarHost:
    _require_administrator(by)
    host = host_in(name)
    if not host:
        words = _(
            "This is no name of a server on the internet, like calendar.example.cn. Addresses of numbers do not count."
        )
        raise RuleBroken(words)
    if is_allowed(host, HTTPS):
        raise RuleBroken(_("This server is allowed already."))
    with transaction.atomic():
        row, is_new = CalendarHost.objects.select_for_update(no_key=True).get_or_create(name=host)
        if is_new:
            append(row, "allow", by=by, at=at, payload={"host": host})
        elif row.is_allowed:
            raise RuleBroken(_("This server is allowed already."))
        else:
            row.is_allowed = True
            changes.save(row, "allow", by=by, at=at, fields=["is_allowed"], payload={"host": host})
    return row


def forbid_host(*, host: CalendarHost, by: User, at: datetime, version: int | None = None) -> CalendarHost:
    """Calendars there are not read any more; what was read before still holds, and their owners hear of it."""
    _require_administrator(by)
    with transaction.atomic():
        row = changes.lock(host, version=version)
        if not row.is_allowed:
            raise RuleBroken(_("This server is not allowed any more."))
        row.is_allowed = False
        changes.save(row, "forbid", by=by, at=at, fields=["is_allowed"], payload={"host": row.name})
    return row


def _require_administrator(by: User) -> None:
    if not holds(by, Permission.ACCOUNTS_MANAGE):
        raise PermissionDenied
