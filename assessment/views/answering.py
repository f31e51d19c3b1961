"""Residents answer with their card: type or scan the code, answer, done. The code travels in forms, never in an address.

None of these views is wrapped in `once`: its row would keep the time of an answer beside a hash of it. The card
itself makes a second sending harmless.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessment.ballots import CardRefused, accept_ballot, card_for
from assessment.forms import AnswerForm, CardForm
from assessment.limits import is_stopped, mark_device, note_wrong_code
from assessment.models import Card, Survey
from core.clock import today
from core.guards import public


@never_cache
@require_safe
@public
def card(request: HttpRequest) -> HttpResponse:
    return mark_device(request, _ask_for_code(request, CardForm()))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def answer(request: HttpRequest) -> HttpResponse:
    """The questions, for a card that can still be used."""
    if request.method != "POST":
        return redirect("assessment:card")
    form = CardForm(request.POST)
    found, refusal = _read_card(request, form)
    if found is None:
        return refusal
    return _ask(request, found, form.cleaned_data["code"], AnswerForm(questions=found.survey.questions))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def send(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("assessment:card")
    form = CardForm(request.POST)
    found, refusal = _read_card(request, form)
    if found is None:
        return refusal
    code, answers = form.cleaned_data["code"], AnswerForm(request.POST, questions=found.survey.questions)
    if not answers.is_valid():
        return _ask(request, found, code, answers)
    try:
        accept_ballot(code=code, answers=answers.answers(), day=today(timezone.now()))
    except CardRefused as refused:
        form.add_error("code", refused.sentence)
        return _ask_for_code(request, form)
    return redirect("assessment:thanks")


@require_safe
@public
def thanks(request: HttpRequest) -> HttpResponse:
    """The same bytes for everybody, whatever was answered: nobody can show this page as proof of an answer."""
    return render(request, "assessment/thanks.html")


def _read_card(request: HttpRequest, form: CardForm) -> tuple[Card | None, HttpResponse]:
    """The card behind the typed code, or the answer that says why not."""
    if is_stopped(request):
        words = _("Too many wrong codes were typed on this device. Please wait 15 minutes and try again.")
        return None, render(request, "429.html", {"explanation": words}, status=429)
    if not form.is_valid():
        return None, _ask_for_code(request, form)
    try:
        return card_for(form.cleaned_data["code"], today(timezone.now())), HttpResponse()
    except CardRefused as refused:
        if refused.reason == "unknown":
            note_wrong_code(request)
        form.add_error("code", refused.sentence)
        return None, _ask_for_code(request, form)


def _ask_for_code(request: HttpRequest, form: CardForm) -> HttpResponse:
    day = today(timezone.now())
    found = Survey.objects.taking_answers(day).first()
    over = None if found else Survey.objects.exclude(status="draft").filter(closes_on__lte=day).first()
    context = {"form": form, "survey": found, "over": over}
    return render(request, "assessment/card.html", context, status=422 if form.is_bound else 200)


def _ask(request: HttpRequest, found: Card, code: str, form: AnswerForm) -> HttpResponse:
    context = {"form": form, "code": code, "survey": found.survey, "area": found.area}
    return render(request, "assessment/answer.html", context, status=422 if form.is_bound else 200)
