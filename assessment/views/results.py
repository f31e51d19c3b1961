"""The results of a closed survey. Before its close this page does not exist, for nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessment.cards import counts_of
from assessment.forms import StreetFilter
from assessment.models import Card, Survey, SurveyStatus
from assessment.policies import results_area_scope
from assessment.queries import only_with_areas
from assessment.questions import Question, closed_questions, name_of, words
from assessment.results import LEAST, Published, Tally, published
from core.clock import today
from teams.guards import policy
from teams.models import Area, OrgUnit, Pairing
from teams.permissions import Permission
from teams.policies import sees_district
from teams.requests import SignedInRequest

TONES = ("ok", "p", "go", "a", "od")


@dataclass(frozen=True)
class Row:
    """A street or an area: its name, answers received, the shares of each question, or why they are not shown."""

    name: str
    url: str
    received: int
    shares: list[tuple[str, Decimal]] | None
    reason: str = ""


@require_safe
@policy(Permission.SURVEY_RESULTS)
def survey_results(request: SignedInRequest, year: int) -> HttpResponse:
    only_with_areas(request.user)
    survey = get_object_or_404(Survey.objects.visible_to(request.user), year=year)
    if survey.status != SurveyStatus.CLOSED:
        raise Http404
    found = published(survey)
    context: dict[str, Any] = {
        "survey": survey,
        "least": LEAST,
        "questions": [name_of(question) for question in closed_questions(survey.questions)],
        "crumbs": [(_("Surveys"), reverse("assessment:surveys")), (str(year), "")],
    }
    more = _district(request, survey, found) if sees_district(request.user) else _own_areas(request, survey, found)
    return render(request, "assessment/survey_results.html", context | more)


def _district(request: SignedInRequest, survey: Survey, found: Published) -> dict[str, Any]:
    """The whole district, its streets, and one street's areas when asked for."""
    counts = counts_of(survey)
    form = StreetFilter(request.GET)
    street = form.cleaned_data.get("street") if form.is_valid() else None
    valid = counts.issued - counts.void
    areas = list(Area.objects.filter(street=street)) if street else []
    asked = _with_cards(survey, "area") if areas else frozenset()
    return {
        "counts": counts,
        "valid": valid,
        "response": Decimal(counts.used) / valid if valid else None,
        "total": found.district,
        "left_out": found.left_out,
        "parts": _parts(survey, found.district),
        "streets": [] if street else _streets(survey, found),
        "street": street,
        "street_parts": _parts(survey, found.streets.get(street.pk)) if street else [],
        "areas": [_area_row(survey, found, area, asked) for area in areas],
    }


def _own_areas(request: SignedInRequest, survey: Survey, found: Published) -> dict[str, Any]:
    """The areas a team, a secretary or a street answers for, each with what stands in for it where it is hidden."""
    teams = [scope.team_id for scope in request.user.grants if scope.team_id]
    paired = Pairing.objects.on(today(timezone.now())).filter(team_id__in=teams).values_list("area_id", flat=True)
    scope = results_area_scope(request.user, list(paired))
    areas = Area.objects.filter(scope).select_related("street").distinct()
    asked = _with_cards(survey, "area")
    shown = []
    for area in areas:
        own, street = found.areas.get(area.pk), found.streets.get(area.street_id)
        row = _area_row(survey, found, area, asked)
        lent = None if own else street or found.district
        lent_from = area.street.name if street else _("the district")
        shown.append({"row": row, "parts": _parts(survey, own), "lent": _parts(survey, lent), "lent_from": lent_from})
    return {"own": shown}


def _streets(survey: Survey, found: Published) -> list[Row]:
    received = _received_by_street(found)
    asked = _with_cards(survey, "area__street")
    here = reverse("assessment:survey_results", args=[survey.year])
    rows = []
    for street in OrgUnit.objects.streets():
        n, tally = received.get(street.pk, 0), found.streets.get(street.pk)
        reason = "" if tally else _why_hidden(n, "" if found.left_out else _("the district"), street.pk in asked)
        rows.append(Row(street.name, f"{here}?street={street.slug}", n, _shares(survey, tally), reason))
    return rows


def _received_by_street(found: Published) -> dict[int, int]:
    by_street: dict[int, int] = {}
    for area, street in Area.objects.filter(pk__in=found.received).values_list("pk", "street_id"):
        by_street[street] = by_street.get(street, 0) + found.received[area]
    return by_street


def _with_cards(survey: Survey, place: str) -> frozenset[int]:
    """Areas or streets for which cards were made: elsewhere nobody could answer."""
    return frozenset(Card.objects.filter(survey=survey).order_by().values_list(place, flat=True).distinct())


def _area_row(survey: Survey, found: Published, area: Area, asked: frozenset[int]) -> Row:
    n, tally = found.received.get(area.pk, 0), found.areas.get(area.pk)
    into = _("the street") if area.street_id in found.whole_streets else "" if found.left_out else _("the district")
    return Row(area.name, "", n, _shares(survey, tally), "" if tally else _why_hidden(n, into, area.pk in asked))


def _why_hidden(n: int, into: str, asked: bool) -> str:
    """The sentence instead of a result, and the next larger whole that counts these few; "" where none may."""
    if n == 0:
        return _("No answers came in.") if asked else _("No cards were made.")
    sentence = _("Not shown: %(n)s received, fewer than %(least)s, so nobody can be recognised.")
    counted = _("Counted in %(into)s.") if into else _("Left out of every total, or they could be worked out.")
    return f"{sentence % {'n': n, 'least': LEAST}} {counted % {'into': into}}"


def _shares(survey: Survey, tally: Tally | None) -> list[tuple[str, Decimal]] | None:
    """The share of the good answers of each question."""
    if tally is None:
        return None
    asked = closed_questions(survey.questions)
    return [(name_of(question), _share(tally, question, _good(question))) for question in asked]


def _good(question: Question) -> list[str]:
    """The two upper steps of a scale, the first option of a choice."""
    values = [option["value"] for option in question["options"]]
    return values[:2] if question["kind"] == "scale" else values[:1]


def _share(tally: Tally, question: Question, values: Iterable[str]) -> Decimal:
    return Decimal(tally.count(question["code"], values)) / tally.n


def _parts(survey: Survey, tally: Tally | None) -> list[dict[str, Any]]:
    """Each question with its options, counts and shares, and the segments of its bar."""
    if tally is None:
        return []
    parts = []
    for question in closed_questions(survey.questions):
        options = [
            {
                "words": words(option),
                "n": tally.count(question["code"], [option["value"]]),
                "share": _share(tally, question, [option["value"]]),
                "tone": _tone(question, position),
            }
            for position, option in enumerate(question["options"])
        ]
        segments = [(option["tone"], option["n"], "", option["words"]) for option in options if option["n"]]
        parts.append({"words": words(question), "n": tally.n, "options": options, "segments": segments})
    return parts


def _tone(question: Question, position: int) -> str:
    return TONES[position] if question["kind"] == "scale" else ("ok", "p", "go", "rest")[min(position, 3)]
