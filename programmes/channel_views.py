"""Setting up the ways a message can take. Whoever manages the accounts does this; keys go in and never come out."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.once import once
from core.refusals import RuleBroken
from notifications import setups
from notifications.channels import Outcome
from notifications.channels.explain import RESULTS, reason
from notifications.groups import groups
from notifications.models import ChannelSetup
from notifications.trying_out import try_out, try_out_setup
from programmes import channels as shown
from programmes.channel_forms import ChannelForm
from programmes.forms import VersionForm
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest


@require_safe
@policy(Permission.ACCOUNTS_MANAGE)
def channels(request: SignedInRequest) -> HttpResponse:
    context = {"channels": shown.overview(timezone.now()), "mail": shown.mail(), "crumbs": _crumbs(_("Channels"))}
    return render(request, "programmes/channels.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ACCOUNTS_MANAGE)
@once
def channel_new(request: SignedInRequest, channel: str) -> HttpResponse:
    found = setups.channels_to_set_up().get(channel)
    if found is None:
        raise Http404
    existing = ChannelSetup.objects.filter(channel=channel).first()
    if existing and not found.per_group:
        return redirect("programmes:channel", existing.pk)
    form = ChannelForm(request.POST or None, channel=found)
    if request.method == "POST" and form.is_valid():
        try:
            made = setups.set_up(
                channel=channel,
                group=form.cleaned_data.get("group", ""),
                values=form.values(),
                keys=form.keys(),
                by=request.user,
                at=timezone.now(),
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Saved. Send a test, then switch it on."))
            return redirect("programmes:channel", made.pk)
    context = {"form": form, "title": found.label, "lead": found.about, "cancel_url": reverse("programmes:channels")}
    context["crumbs"] = _crumbs(found.label, inside=True)
    return render(request, "_parts/form_page.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ACCOUNTS_MANAGE)
@once
def channel(request: SignedInRequest, pk: int) -> HttpResponse:
    setup = _find(pk)
    form = ChannelForm(request.POST or None, channel=setups.channels_to_set_up()[setup.channel], setup=setup)
    asked = VersionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and asked.is_valid():
        try:
            setups.change_setup(
                setup=setup,
                values=form.values(),
                keys=form.keys(),
                by=request.user,
                at=timezone.now(),
                version=asked.cleaned_data["version"],
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Saved. Please send a test."))
            return redirect("programmes:channel", pk)
    return render(request, "programmes/channel.html", _context(setup, form), status=422 if form.is_bound else 200)


@require_POST
@policy(Permission.ACCOUNTS_MANAGE)
@once
def channel_switch(request: SignedInRequest, pk: int) -> HttpResponse:
    """On or off, as the button says that was pressed."""
    setup, on = _find(pk), request.POST.get("on") == "1"
    try:
        setups.switch(setup=setup, on=on, by=request.user, at=timezone.now(), version=_version(request))
    except RuleBroken as refusal:
        messages.error(request, str(refusal.sentence))
    return redirect("programmes:channel", pk)


@require_POST
@policy(Permission.ACCOUNTS_MANAGE)
@once
def channel_forget_key(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    setup = _find(pk)
    if not setup.has_key(key):
        raise Http404
    setups.forget_key(setup=setup, name=key, by=request.user, at=timezone.now(), version=_version(request))
    messages.success(request, _("The key has been removed."))
    return redirect("programmes:channel", pk)


@require_POST
@policy(Permission.ACCOUNTS_MANAGE)
def channel_test(request: SignedInRequest, pk: int) -> HttpResponse:
    """Not `once`: the provider may think for seconds, and no transaction may wait for it. A limit stands in its place."""
    try:
        try_out_setup(setup=_find(pk), by=request.user, at=timezone.now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal.sentence))
    return redirect("programmes:channel", pk)


@require_POST
@policy(Permission.ACCOUNTS_MANAGE)
def channel_test_mail(request: SignedInRequest) -> HttpResponse:
    """To one's own address. Mail is set up on the server, so its answer is only shown."""
    try:
        _say(request, try_out("mail", address=None, by=request.user))
    except RuleBroken as refusal:
        messages.error(request, str(refusal.sentence))
    return redirect("programmes:channels")


def _say(request: SignedInRequest, outcome: Outcome) -> None:
    words = str(RESULTS[outcome.result.value])
    if outcome.result.value == "accepted":
        messages.success(request, words)
    else:
        messages.error(request, f"{words} {reason(outcome.code, outcome.words)}")


def _find(pk: int) -> ChannelSetup:
    """Only of channels this installation still has."""
    return get_object_or_404(ChannelSetup, pk=pk, channel__in=setups.channels_to_set_up())


def _version(request: SignedInRequest) -> int | None:
    form = VersionForm(request.POST)
    return form.cleaned_data["version"] if form.is_valid() else None


def _context(setup: ChannelSetup, form: ChannelForm) -> dict[str, Any]:
    found = setups.channels_to_set_up()[setup.channel]
    return {
        "form": form,
        "channel": found,
        "row": shown.row_of(setup, dict(groups().choices())),
        "setup": setup,
        "keys": shown.keys_of(setup),
        "entries": shown.history(setup),
        "crumbs": _crumbs(found.label, inside=True),
    }


def _crumbs(here: Any, *, inside: bool = False) -> list[tuple[Any, str]]:
    between = [(_("Channels"), reverse("programmes:channels"))] if inside else []
    return [(_("Settings"), reverse("programmes:settings")), *between, (here, "")]
