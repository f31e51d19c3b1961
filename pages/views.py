"""Pages for everybody: health, plain words about privacy and access, switches, and what to say when something fails."""

import logging
import sys
import uuid

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import get_template
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from redis.exceptions import RedisError

from core.guards import public
from core.middleware import typed
from pages.health import examine
from pages.samples import samples
from teams.requests import LARGE_COOKIE, own_address
from visits.models import Visit, VisitStatus

A_YEAR = 365 * 24 * 3600
AWAY = (OperationalError, InterfaceError, RedisError)

log = logging.getLogger(__name__)


@never_cache
@require_safe
@public
def healthz(request: HttpRequest) -> JsonResponse:
    health = examine(timezone.now())
    return JsonResponse(health.as_json(), status=200 if health.ok else 503)


@require_safe
@public
def visit(request: HttpRequest, code: str) -> HttpResponse:
    """Where the QR on notices leads: the calendar of the round is public once a visit has been announced."""
    known = Visit.objects.exclude(status__in=[VisitStatus.UNSCHEDULED, VisitStatus.SCHEDULED])
    found = get_object_or_404(known.select_related("area", "team__unit", "round", "kind"), code=code)
    return render(request, "pages/visit.html", {"visit": found, "is_over": found.status in VisitStatus.done})


@require_safe
@public
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html")


@require_safe
@public
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html")


@require_safe
@public
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every part of the pages on one page, for whoever builds them."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "styleguide.html", samples())


@require_POST
@public
def large_text(request: HttpRequest) -> HttpResponse:
    """Large text on or off for this device, also on residents' pages; it outweighs the profile."""
    response = HttpResponseRedirect(_back(request))
    chosen = "1" if request.POST.get("large") == "1" else "0"
    response.set_cookie(LARGE_COOKIE, chosen, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


def _back(request: HttpRequest) -> str:
    return own_address(request, request.POST.get("next", "")) or "/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A number the person can read out and the log can be searched for; 503 where the database or Redis is away.

    Django's own log of it has no reader while DEBUG is off; ours reaches the standard error of the server.
    """
    if isinstance(sys.exception(), AWAY):
        return _away(request)
    number = uuid.uuid4().hex[:8]
    log.exception("500 with the number %s at %s", number, request.path)
    return render(request, "500.html", {"number": number}, status=500)


def _away(request: HttpRequest) -> HttpResponse:
    """Nothing on this page is asked of the database, not even who is reading. The log tells a server that is away from a
    deadlock or a table that is missing."""
    log.exception("503 at %s", request.path)
    page = get_template("503.html").render(
        {"typed": typed(request), "again": request.path if request.method == "GET" else "/"}
    )
    return HttpResponse(page, status=503, headers={"Retry-After": "60"})


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "csrf.html", {"typed": typed(request)}, status=403)
