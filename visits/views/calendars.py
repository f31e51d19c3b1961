"""Calendars in and out: one's own page about them, the feed, and a visit to download."""

import hashlib
from datetime import datetime, time
from functools import partial

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from core.clock import SHANGHAI, today
from core.guards import public
from core.limits import count
from core.models import Event
from core.once import once
from core.refusals import RuleBroken
from core.sealing import KeyMissing, unseal
from teams.guards import policy
from teams.models import User
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.forms import SubscriptionForm
from visits.ical import feed_of, file_of_visit
from visits.models import CalendarFeed, OutsideCalendar
from visits.outside.reading import read_one
from visits.services import calendars as services
from visits.services.calendar_hosts import allowed_names
from visits.views.access import status_of, visit_for

MOST_WRONG, MOST_READ, SECONDS = 30, 60, 600


@never_cache
@require_safe
@policy(Permission.VISIT_VIEW)
def my_calendar(request: SignedInRequest) -> HttpResponse:
    """The page, or its part about the feed for the page about oneself."""
    if request.htmx:
        return render(request, "visits/_feed.html", _feed(request))
    return _page(request, SubscriptionForm())


@require_POST
@policy(Permission.VISIT_VIEW)
@once
def feed_make(request: SignedInRequest) -> HttpResponse:
    services.make_feed(user=request.user, at=timezone.now())
    messages.success(request, _("This is your address. Enter it in your calendar program as a subscription."))
    return redirect("visits:my_calendar")


@require_POST
@policy(Permission.VISIT_VIEW)
@once
def feed_off(request: SignedInRequest) -> HttpResponse:
    services.switch_feed_off(user=request.user, at=timezone.now())
    messages.success(request, _("The address leads nowhere from now on."))
    return redirect("visits:my_calendar")


@sensitive_post_parameters("url")
@require_POST
@policy(Permission.VISIT_VIEW)
@once
def subscribe(request: SignedInRequest) -> HttpResponse:
    form = SubscriptionForm(request.POST)
    if form.is_valid():
        try:
            calendar = services.subscribe(user=request.user, url=form.cleaned_data["url"], at=timezone.now())
        except RuleBroken as refusal:
            form.add_error("url", str(refusal.sentence))
        else:
            transaction.on_commit(partial(read_one.delay, calendar.pk), robust=True)
            return redirect("visits:my_calendar")
    return _page(request, form)


@require_POST
@policy(Permission.VISIT_VIEW)
@once
def unsubscribe(request: SignedInRequest) -> HttpResponse:
    services.unsubscribe(user=request.user, at=timezone.now())
    messages.success(request, _("The calendar is no longer read, and what was read from it is gone."))
    return redirect("visits:my_calendar")


@require_POST
@policy(Permission.VISIT_VIEW)
@once
def read_now(request: SignedInRequest) -> HttpResponse:
    calendar = services.ask_for_reading(user=request.user, at=timezone.now())
    if calendar:
        transaction.on_commit(partial(read_one.delay, calendar.pk), robust=True)
    return redirect("visits:my_calendar")


@never_cache
@require_safe
@policy(Permission.VISIT_VIEW)
def calendar_state(request: SignedInRequest) -> HttpResponse:
    """How far reading the calendar is: asked for every other second while it is under way."""
    return render(request, "visits/_outside_state.html", _outside(request))


# -- What calendar programs ask for -----------------------------------------------------------


@require_safe
@public
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The language stands in the address: a calendar program has none of its own."""
    person = _owner(request, secret)
    if person is None:
        return render(request, "429.html", {"explanation": _("Please try again in ten minutes.")}, status=429)
    asked = request.GET.get("lang", "")
    with translation.override(asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        file = feed_of(person, timezone.now())
    etag, changed = quote_etag(hashlib.sha256(file.content).hexdigest()), _last_change(timezone.now())
    headers = {
        "ETag": etag,
        "Last-Modified": http_date(changed),
        "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex",
    }
    response = HttpResponse(file.content, content_type=file.content_type, headers=headers)
    return get_conditional_response(request, etag, changed, response) or response


@require_safe
@policy(Permission.VISIT_VIEW)
def visit_ics(request: SignedInRequest, code: str) -> HttpResponse:
    visit = visit_for(request, code)
    if visit.begins is None:
        raise Http404("no day yet")
    file = file_of_visit(visit)
    headers = {"Content-Disposition": f'attachment; filename="{visit.code}.ics"', "Cache-Control": "private, no-store"}
    return HttpResponse(file.content, content_type=file.content_type, headers=headers)


def _owner(request: HttpRequest, secret: str) -> User | None:
    """Whose feed it is; None for who asks too often. Guessing is hopeless, and after some tries it is over."""
    found = services.feed_behind(secret)
    if found is not None:
        return found.user if count(f"feed:{found.pk}", SECONDS) <= MOST_READ else None
    if count(f"feed-wrong:{get_client_ip_address(request)}", SECONDS) > MOST_WRONG:
        return None
    raise Http404("no such feed")


def _last_change(at: datetime) -> int:
    """Not before the last change of anything, nor before midnight: seats change hands by the calendar."""
    newest = Event.objects.order_by("-seq").values_list("recorded_at", flat=True).first()
    midnight = datetime.combine(today(at), time(), SHANGHAI)
    return int(max(newest or midnight, midnight).timestamp())


# -- The page ----------------------------------------------------------------------------------


def _page(request: SignedInRequest, form: SubscriptionForm) -> HttpResponse:
    context = {
        **_feed(request),
        **_outside(request),
        "form": form,
        "hosts": [*settings.CALENDAR_HOSTS, *allowed_names()],
        "crumbs": [(_("Me"), reverse("teams:profile")), (_("My calendar"), "")],
    }
    return render(request, "visits/my_calendar.html", context, status=status_of(form))


def _feed(request: SignedInRequest) -> dict[str, str]:
    """The address, and the same one as calendar programs on phones open it; "" where there is none."""
    found = CalendarFeed.objects.filter(user=request.user).first()
    try:
        secret = unseal(found.secret_sealed) if found else ""
    except KeyMissing:
        secret = ""
    if not secret:
        return {"address": "", "webcal": ""}
    language = "" if translation.get_language() == settings.LANGUAGE_CODE else f"?lang={translation.get_language()}"
    address = settings.SITE_URL + reverse("visits:feed", args=[secret]) + language
    return {"address": address, "webcal": f"webcal:{address.partition(':')[2]}"}


def _outside(request: SignedInRequest) -> dict[str, object]:
    found = OutsideCalendar.objects.filter(user=request.user).first()
    if found is None:
        return {"calendar": None}
    halves = found.busy_times.filter(day__gte=today(timezone.now())).count()
    return {"calendar": found, "reading": found.is_being_read(timezone.now()), "halves": halves}
