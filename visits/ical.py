"""Visits as calendar programs read them (RFC 5545, RFC 5546): for download and for a person's feed.

A visit keeps its UID for ever; SEQUENCE rises with every change of the visit or of its round, so a program that has an
older version knows which one holds. Times are UTC. Nothing about residents is in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from core.clock import today
from core.models import Event as Happening
from teams.models import User
from visits.models import Visit, VisitStatus
from visits.outside.reader import OUR_OWN
from visits.queries import visits_with

PRODUCT = "-//Manyi//Visits//ZH"
MINUTES = 90  # of a visit outside any round
PAST = timedelta(days=400)
SHOWN = VisitStatus.on_plan | {VisitStatus.CANCELLED}
LONG_AGO = datetime(2014, 1, 1, tzinfo=UTC)
STATUS = {VisitStatus.SCHEDULED: "TENTATIVE", VisitStatus.CANCELLED: "CANCELLED"}


@dataclass(frozen=True)
class IcsFile:
    method: str
    content: bytes

    @property
    def content_type(self) -> str:
        return f"text/calendar; charset=utf-8; method={self.method}"


def file_of_visit(visit: Visit) -> IcsFile:
    """A cancelled visit takes itself out of the calendar it was put into."""
    method = "CANCEL" if visit.status == VisitStatus.CANCELLED else "PUBLISH"
    return IcsFile(method, _calendar([visit], method).to_ical(sorted=False))


def feed_of(person: User, at: datetime) -> IcsFile:
    """The person's visits of the last year and all to come; cancelled ones say so. Four queries."""
    visits = Visit.objects.filter(status__in=SHOWN, day__gte=today(at) - PAST)
    rows = visits_with(person, visits.select_related("area__street", "team", "round", "kind").order_by("day", "pk"))
    calendar = _calendar(rows, "PUBLISH")
    calendar.add("x-wr-calname", _("Visits of %(name)s") % {"name": person.name})
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    return IcsFile("PUBLISH", calendar.to_ical(sorted=False))


def _calendar(visits: Iterable[Visit], method: str) -> Calendar:
    rows = [visit for visit in visits if visit.begins]
    calendar = Calendar()
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", method)):
        calendar.add(name, value)
    changed = _last_changes(rows)
    for visit in rows:
        calendar.add_component(_event(visit, changed.get(visit.pk, LONG_AGO)))
    return calendar


def _event(visit: Visit, changed: datetime) -> Event:
    assert visit.begins
    begins = visit.begins.astimezone(UTC)
    minutes = visit.round.visit_minutes if visit.round else MINUTES
    cancelled = visit.status == VisitStatus.CANCELLED
    event = Event()
    event.add("uid", f"{visit.code}{OUR_OWN}")
    event.add("sequence", visit.version - 1 + (visit.round.version - 1 if visit.round else 0))
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=minutes))
    event.add("status", STATUS.get(visit.state, "CONFIRMED"))
    for name, words in _words(visit, cancelled).items():
        event.add(name, words)
    event.add("url", settings.SITE_URL + visit.get_absolute_url())
    event.add("organizer", _organizer(visit))
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    return event


def _words(visit: Visit, cancelled: bool) -> dict[str, str]:
    title = _("Cancelled: visit to %(area)s") if cancelled else _("Visit to %(area)s")
    where = {"venue": visit.venue or visit.area.name, "street": visit.area.street.name}
    lines = [f"{visit.team} · {visit.kind}"]
    if visit.status == VisitStatus.SCHEDULED:
        lines.append(_("Not announced yet; the time may change."))
    return {
        "summary": title % {"area": visit.area.name},
        "location": _("%(venue)s, %(street)s") % where,
        "description": "\n".join(lines),
    }


def _organizer(visit: Visit) -> vCalAddress:
    """Required by RFC 5546. Nobody reads answers, so the mailbox says so."""
    found = vCalAddress(f"mailto:no-reply@{urlsplit(settings.SITE_URL).hostname or 'localhost'}")
    found.params["CN"] = vText(str(visit.team))
    return found


def _last_changes(visits: list[Visit]) -> dict[int, datetime]:
    """When each visit last changed, to the second, as the log has it. One query."""
    events = Happening.objects.filter(object_type=Visit._meta.label_lower, object_id__in=[visit.pk for visit in visits])
    last = events.order_by().values_list("object_id").annotate(Max("recorded_at"))
    return {pk: moment.astimezone(UTC).replace(microsecond=0) for pk, moment in last}
