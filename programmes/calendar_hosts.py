"""Calendar servers as the administrator sees them: who named them, how many calendars are read there, how many fail."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Q

from core.models import Event
from dashboard.activity import entries
from visits.models import CalendarHost, OutsideCalendar
from visits.outside.address import HTTPS, is_allowed

NEWEST = 20


@dataclass
class Server:
    """`host` is the administrator's row; without one it is named by the installation, or nobody allows it any more."""

    name: str
    host: CalendarHost | None = None
    is_allowed: bool = True
    calendars: int = 0
    failing: int = 0

    @property
    def may_forbid(self) -> bool:
        return self.host is not None and self.is_allowed


def overview() -> list[Server]:
    """The installation's first, then those of the administrator, then those nobody allows that somebody still reads."""
    fixed = [Server(name) for name in settings.CALENDAR_HOSTS]
    own = {host.name: Server(host.name, host) for host in CalendarHost.objects.filter(is_allowed=True)}
    lost: dict[str, Server] = {}
    failing = Count("pk", filter=~Q(failing_since=None))
    used = OutsideCalendar.objects.order_by("host").values_list("host").annotate(n=Count("pk"), bad=failing)
    for name, calendars, bad in used:
        server = own.get(name) or _fixed(fixed, name) or lost.setdefault(name, Server(name, is_allowed=False))
        server.calendars += calendars
        server.failing += bad
    return [*fixed, *own.values(), *lost.values()]


def _fixed(fixed: list[Server], name: str) -> Server | None:
    """The entry of the installation that covers this server; `.domain` stands for all of a domain."""
    if not is_allowed(name, HTTPS):
        return None
    return next((row for row in fixed if name == row.name or (row.name[:1] == "." and name.endswith(row.name))), None)


def history() -> list[dict[str, Any]]:
    found = Event.objects.filter(object_type=CalendarHost._meta.label_lower).order_by("-seq")[:NEWEST]
    return [{"who": row.who, "text": f"{row.verb} · {row.name}", "at": row.at} for row in entries(found)]
