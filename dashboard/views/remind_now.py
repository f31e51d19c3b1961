"""Reminding by hand: choose what of, look who would get it, send, and for ten minutes take it back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import today
from core.once import once
from core.refusals import RuleBroken
from dashboard.reminder_forms import ExpectedForm, RemindForm
from dashboard.reminder_tabs import tabs
from dashboard.told import told_context
from notifications.by_hand import TIME_TO_UNDO, preview_by_hand, remind_by_hand, rules_to_send, take_back, waiting_of
from notifications.models import ReminderRule, SentByHand
from notifications.planner import source_of
from notifications.words import audience_words, label_of
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest

SHOWN_LAST = 10


@require_safe
@policy(Permission.REMINDERS_SEND)
def remind_now(request: SignedInRequest) -> HttpResponse:
    """What people can be reminded of, and what was sent by hand of late."""
    sent = SentByHand.objects.select_related("rule", "made_by", "taken_back_by")[:SHOWN_LAST]
    context = {
        "rules": [(rule, label_of(rule), source_of(rule).label) for rule in rules_to_send()],
        "sent": [(row, label_of(row.rule)) for row in sent],
        "tabs": tabs(request.user, "dashboard:remind_now"),
    }
    return render(request, "dashboard/remind_now.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.REMINDERS_SEND)
@once
def remind_of(request: SignedInRequest, rule: str) -> HttpResponse:
    """Whom it would go to; sending it again says no when the number is not the one that was shown."""
    at, chosen, sentence = timezone.now(), _rule(rule), ""
    asked = request.GET if "audience" in request.GET else _usual(request, chosen)
    form, expected = RemindForm(asked, rule=chosen, day=today(at)), ExpectedForm(request.POST)
    fits = form.is_valid()
    if request.method == "POST" and fits and expected.is_valid():
        try:
            sent = remind_by_hand(wish=form.wish(), expected=expected.cleaned_data["expected"], by=request.user, at=at)
        except RuleBroken as refusal:
            sentence = str(refusal.sentence)
        else:
            return redirect("dashboard:remind_sent", sent.pk)
    context = {
        "rule": chosen,
        "label": label_of(chosen),
        "anchor": source_of(chosen).label,
        "form": form,
        "sentence": sentence,
        "goes_at": at + TIME_TO_UNDO,
        "crumbs": [(_("Send reminders"), reverse("dashboard:remind_now")), (label_of(chosen), "")],
    }
    if fits:
        context |= told_context(chosen, preview_by_hand(form.wish(), at), request.GET.get("cursor", ""))
    return render(request, "dashboard/remind_of.html", context, status=200 if fits and not sentence else 422)


@require_safe
@policy(Permission.REMINDERS_SEND)
def remind_sent(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was sent by hand, and while it waits the button that takes it back."""
    at = timezone.now()
    sent = get_object_or_404(SentByHand.objects.select_related("rule", "made_by", "taken_back_by"), pk=pk)
    context = {
        "sent": sent,
        "label": label_of(sent.rule),
        "audience": audience_words(sent.rule, sent.audience),
        "may_take_back": sent.taken_back_at is None and sent.goes_at > at,
        "waiting": waiting_of(sent).count(),
        "at": at,
        "crumbs": [(_("Send reminders"), reverse("dashboard:remind_now")), (label_of(sent.rule), "")],
    }
    return render(request, "dashboard/remind_sent.html", context)


@require_POST
@policy(Permission.REMINDERS_SEND)
@once
def remind_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    sent = get_object_or_404(SentByHand, pk=pk)
    n = take_back(sent=sent, by=request.user, at=timezone.now())
    words = ngettext("Taken back: %(n)s message is not sent.", "Taken back: %(n)s messages are not sent.", n)
    messages.success(request, words % {"n": n})
    return redirect("dashboard:remind_sent", pk)


def _rule(code: str) -> ReminderRule:
    for rule in rules_to_send():
        if rule.code == code:
            return rule
    raise Http404


def _usual(request: SignedInRequest, rule: ReminderRule) -> dict[str, object]:
    """An address that names only days means those the rule tells first."""
    days = {name: request.GET.get(name, "") for name in ("first", "last")}
    return {"audience": list(rule.plan[0].audience), **days}
