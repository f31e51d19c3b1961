"""The auditor makes the cards and takes back undelivered ones. Codes pass through here once and are not kept."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assessment.cards import PrintedCard, counts_of, make_cards, void_area, void_cards
from assessment.codes import grouped
from assessment.forms import TABLE, MakeCardsForm, VoidCardsForm
from assessment.models import CardStatus, Survey
from assessment.policies import may
from core.csv_export import csv_answer
from core.once import once
from core.qr import qr_svg
from core.refusals import RuleBroken
from teams.guards import policy
from teams.models import OrgUnit
from teams.permissions import Permission
from teams.requests import SignedInRequest

MOST_ON_SHEETS = 2000


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.SURVEY_CARDS)
@once
def survey_cards(request: SignedInRequest, year: int) -> HttpResponse:
    """The answer to the form is the codes themselves, so it is never repeated; a second sending meets a new version."""
    survey = _to_print(request, year)
    form = MakeCardsForm(request.POST or None, initial={"version": survey.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        as_table = data["output"] == TABLE
        if not as_table and sum(data["wanted"].values()) > MOST_ON_SHEETS:
            form.add_error("output", _("That is too much for sheets. Please choose one street, or the table."))
        else:
            try:
                printed = make_cards(
                    survey=survey, wanted=data["wanted"], by=request.user, at=timezone.now(), version=data["version"]
                )
            except RuleBroken as refusal:
                form.add_error(None, str(refusal.sentence))
            else:
                return _table(survey, printed) if as_table else _sheets(request, survey, printed)
    context = {
        "survey": survey,
        "form": form,
        "counts": counts_of(survey),
        "streets": _issued_by_street(survey),
        "crumbs": [
            (_("Surveys"), reverse("assessment:surveys")),
            (str(year), survey.get_absolute_url()),
            (_("Cards"), ""),
        ],
    }
    return render(request, "assessment/survey_cards.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.SURVEY_CARDS)
@once
def survey_cards_void(request: SignedInRequest, year: int) -> HttpResponse:
    survey = _to_print(request, year)
    back = reverse("assessment:survey_cards", args=[year])
    form = VoidCardsForm(request.POST or None, survey=survey)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _void(request, survey, form))
            return redirect(back)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
    context = {
        "title": _("Make cards void"),
        "lead": _("For cards that could not be delivered. A card that was used stays used."),
        "form": form,
        "submit": _("Make them void"),
        "danger": True,
        "cancel_url": back,
        "crumbs": [
            (_("Surveys"), reverse("assessment:surveys")),
            (str(year), survey.get_absolute_url()),
            (_("Cards"), back),
        ],
    }
    return render(request, "_parts/form_page.html", context, status=422 if form.is_bound else 200)


def _to_print(request: SignedInRequest, year: int) -> Survey:
    survey = get_object_or_404(Survey.objects.visible_to(request.user), year=year)
    if not may(request.user, Permission.SURVEY_CARDS, survey):
        raise PermissionDenied
    return survey


def _void(request: SignedInRequest, survey: Survey, form: VoidCardsForm) -> str:
    data, now = form.cleaned_data, timezone.now()
    if area := data.get("area"):
        voided = void_area(survey=survey, area=area, by=request.user, at=now, version=data["version"])
        return ngettext("%(n)s card is void now.", "%(n)s cards are void now.", voided) % {"n": voided}
    voided, left = void_cards(survey=survey, codes=data["read"], by=request.user, at=now, version=data["version"])
    said = ngettext("%(n)s card is void now.", "%(n)s cards are void now.", voided) % {"n": voided}
    if left:
        said += " " + ngettext(
            "%(n)s code was left as it was: unknown, used or void already.",
            "%(n)s codes were left as they were: unknown, used or void already.",
            left,
        ) % {"n": left}
    return said


def _issued_by_street(survey: Survey) -> list[dict[str, Any]]:
    """How many valid cards were made for how many of each street's areas: what was handed out, never what was used."""
    valid = survey.cards.exclude(status=CardStatus.VOID).order_by()
    made = valid.values("area__street").annotate(cards=Count("pk"), areas=Count("area", distinct=True))
    by_street = {row["area__street"]: row for row in made}
    streets = OrgUnit.objects.streets().annotate(all_areas=Count("areas"))
    return [{"street": street, **by_street.get(street.pk, {"cards": 0, "areas": 0})} for street in streets]


def _address(code: str) -> str:
    """What the QR on the card holds. The part behind # stays in the phone; no server and no log ever sees it."""
    return f"{settings.SITE_URL}{reverse('assessment:card')}#{grouped(code)}"


def _table(survey: Survey, printed: list[PrintedCard]) -> HttpResponse:
    header = [_("Street or town"), _("Residential area"), _("Card code"), _("Address for the QR code")]
    rows = ([card.area.street, card.area, grouped(card.code), _address(card.code)] for card in printed)
    response = cast(HttpResponse, csv_answer(f"cards-{survey.year}.csv", header, rows))
    response.set_cookie(f"cards-{survey.year}-{survey.version}", "1", max_age=60, path=reverse("assessment:surveys"))
    return response


def _sheets(request: SignedInRequest, survey: Survey, printed: list[PrintedCard]) -> HttpResponse:
    cards = [{"area": card.area, "code": grouped(card.code), "qr": qr_svg(_address(card.code))} for card in printed]
    short = f"{settings.SITE_URL}{reverse('assessment:card')}".split("://", 1)[-1]
    context = {"survey": survey, "cards": cards, "address": short, "printed_at": timezone.now()}
    return render(request, "assessment/cards_print.html", context)
