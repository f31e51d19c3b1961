"""What officials look at: the district in a quarter, a street in it, and what the numbers mean.

The panels are kept until something changes; only the frame around them is made for every request.
"""

from datetime import date

from django.core.validators import slug_unicode_re
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.clock import quarter_code, today
from core.guards import signed_in
from core.until_change import until_change
from dashboard import panels
from dashboard.quarters import in_short, in_words, quarter_of_round, quarters_up_to, round_of_quarter
from teams.guards import policy
from teams.models import OrgUnit
from teams.permissions import Permission
from teams.policies import sees_district
from teams.requests import SignedInRequest

STREET_TABLE = "streets"


@require_safe
@policy(Permission.DASHBOARD_VIEW)
def figures_now(request: SignedInRequest) -> HttpResponse:
    quarter = quarter_code(today(timezone.now()))
    return HttpResponseRedirect(reverse("dashboard:figures_of", args=[round_of_quarter(quarter)]))


@require_safe
@policy(Permission.DASHBOARD_VIEW)
def figures_of(request: SignedInRequest, code: str) -> HttpResponse:
    at, quarter = timezone.now(), quarter_of_round(code)
    day, opened = today(at), _slug(request, "open")
    if request.htmx and request.htmx.target == STREET_TABLE:
        return HttpResponse(
            until_change(
                "figures-streets",
                *(quarter, day, opened, get_language()),
                make=lambda: render_to_string(
                    "dashboard/_streets.html", panels.districts_streets(quarter, day, opened)
                ),
            )
        )
    body = until_change(
        "figures",
        *(quarter, day, opened, *_reader(request)),
        make=lambda: render_to_string("dashboard/_district.html", panels.district(quarter, day, request.user, opened)),
    )
    context = {"at": at, "words": in_words(quarter), "quarters": _choices(quarter, day), "body": SafeString(body)}
    return render(request, "dashboard/figures.html", context)


@require_safe
@policy(Permission.DASHBOARD_VIEW)
def figures_of_street(request: SignedInRequest, code: str, slug: str) -> HttpResponse:
    at, quarter = timezone.now(), quarter_of_round(code)
    streets = {unit.slug: unit for unit in OrgUnit.objects.visible_to(request.user).streets()}
    if slug not in streets:
        raise Http404
    street = streets[slug]
    chosen = panels.Chosen(request.GET.get("show") == "all", _slug(request, "area"))
    body = until_change(
        "figures-street",
        *(quarter, today(at), slug, chosen, *_reader(request)),
        make=lambda: render_to_string(
            "dashboard/_street.html", panels.street(quarter, street, today(at), request.user, chosen)
        ),
    )
    context = {
        "at": at,
        "code": code,
        "words": in_words(quarter),
        "street": street,
        "streets": streets.values(),
        "body": SafeString(body),
        "crumbs": [(_("Whole district"), reverse("dashboard:figures_of", args=[code])), (street.name, "")],
    }
    return render(request, "dashboard/street.html", context)


def _slug(request: SignedInRequest, name: str) -> str:
    """A slug from the address; whatever else stands there asks for nothing that exists."""
    text = request.GET.get(name, "")[:80]
    return text if not text or slug_unicode_re.fullmatch(text) else panels.NO_STREET


def _reader(request: SignedInRequest) -> tuple[str | None, int]:
    """Whose eyes see the panels: all who see the whole district see the same."""
    return get_language(), 0 if sees_district(request.user) else request.user.pk


def _choices(quarter: str, day: date) -> list[tuple[str, str, bool]]:
    """The last four quarters, and the one that is shown if it is older."""
    names = quarters_up_to(quarter_code(day), 4)
    names = names if quarter in names else [quarter, *names]
    return [(round_of_quarter(name), in_short(name), name == quarter) for name in names]


@require_safe
@signed_in
def indicators(request: SignedInRequest) -> HttpResponse:
    return render(request, "dashboard/indicators.html")
