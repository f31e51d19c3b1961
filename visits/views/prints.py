"""What is printed for a visit: notice, agenda, sign-in sheet, rating form, and the QR for the door."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.clock import today
from core.qr import qr_svg
from teams.guards import policy
from teams.models import Programme
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.agenda import agenda_of
from visits.briefing import pack_of
from visits.models import Visit
from visits.paperwork import elsewhere
from visits.services.recording import members_on
from visits.views.access import visit_for

SIGNATURES = 36
LINES = 10
# More promises than this on the one page are set smaller; many more keep only title and standing.
DENSE, DENSER = 9, 18
SHOWN_POINTS = 4


@require_safe
@policy(Permission.VISIT_VIEW)
def print_notice(request: SignedInRequest, code: str) -> HttpResponse:
    """The poster that tells residents of the visit."""
    visit = visit_for(request, code)
    members = members_on(visit.team_id, visit.day or today(timezone.now()))
    return render(request, "visits/print_notice.html", _context(visit) | {"members": members})


@require_safe
@policy(Permission.VISIT_VIEW)
def print_agenda(request: SignedInRequest, code: str) -> HttpResponse:
    """One page: last time's promises first, with boxes for what residents say."""
    visit = visit_for(request, code)
    promises, topics = agenda_of(visit, request.user), list(visit.topics.all())
    lines = len(promises) + len(topics) // 2
    context = {
        "promises": promises,
        "topics": topics,
        "points": pack_of(visit.round).points[: 2 if lines > DENSER else SHOWN_POINTS],
        "size": "denser" if lines > DENSER else "dense" if lines > DENSE else "",
        "blank_lines": range(max(3, LINES - lines)) if lines <= DENSER else range(2),
        "members": members_on(visit.team_id, visit.day or today(timezone.now())),
    }
    return render(request, "visits/print_agenda.html", _context(visit) | context)


@require_safe
@policy(Permission.VISIT_VIEW)
def print_sign_in(request: SignedInRequest, code: str) -> HttpResponse:
    """Name, building, signature: on paper only."""
    half = SIGNATURES // 2
    context = {"rows": [(n, n + half) for n in range(1, half + 1)]}
    return render(request, "visits/print_sign_in.html", _context(visit_for(request, code)) | context)


@require_safe
@policy(Permission.VISIT_VIEW)
def print_rating(request: SignedInRequest, code: str) -> HttpResponse:
    """Two forms on a sheet, to be cut: for residents without a phone. It counts in no score."""
    return render(request, "visits/print_rating.html", _context(visit_for(request, code)) | {"copies": "12"})


@require_safe
@policy(Permission.VISIT_VIEW)
def print_qr(request: SignedInRequest, code: str) -> HttpResponse:
    return render(request, "visits/print_qr.html", _context(visit_for(request, code)))


def _context(visit: Visit) -> dict[str, Any]:
    """The QR leads to what everybody may read about this visit."""
    url = settings.SITE_URL + elsewhere("pages:visit", visit.code)
    return {
        "visit": visit,
        "url": url,
        "address": url.partition("://")[2],
        "qr": qr_svg(url),
        "phone": Programme.current().office_phone or visit.area.street.public_phone,
        "printed_at": timezone.now(),
    }
