"""One's own mobile number: asking for another one, and typing the codes that were sent to both."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core.guards import signed_in
from core.once import once
from core.refusals import RuleBroken
from notifications.codes import can_send_texts
from teams import services
from teams.forms import CodesForm, PhoneForm
from teams.models import PhoneChange
from teams.requests import SignedInRequest


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@once
def change_phone(request: SignedInRequest) -> HttpResponse:
    form = PhoneForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_for_phone(
                user=request.user, phone=form.cleaned_data["phone"], by=request.user, at=timezone.now()
            )
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return redirect("teams:change_phone")
    return _page(request, form=form)


@never_cache
@sensitive_post_parameters()
@require_POST
@signed_in
@once
def confirm_phone(request: SignedInRequest) -> HttpResponse:
    change = PhoneChange.objects.filter(user=request.user).first()
    if change is None:
        return redirect("teams:change_phone")
    codes = CodesForm(change, request.POST)
    if codes.is_valid():
        try:
            services.confirm_phone(user=request.user, by=request.user, at=timezone.now(), **codes.cleaned_data)
        except RuleBroken as refusal:
            codes.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Sign in with your new number from now on."))
            return redirect("teams:profile")
    return _page(request, codes=codes)


@require_POST
@signed_in
@once
def send_phone_codes(request: SignedInRequest) -> HttpResponse:
    try:
        services.send_codes_again(user=request.user, by=request.user, at=timezone.now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal.sentence))
    return redirect("teams:change_phone")


@require_POST
@signed_in
@once
def withdraw_phone(request: SignedInRequest) -> HttpResponse:
    services.withdraw_phone(user=request.user, by=request.user, at=timezone.now())
    messages.success(request, _("Your number stays as it is."))
    return redirect("teams:change_phone")


def _page(request: SignedInRequest, *, form: Any = None, codes: Any = None) -> HttpResponse:
    """While codes are awaited the page asks for nothing else; words about a change that is over stay above the form."""
    last = PhoneChange.objects.filter(user=request.user).first()
    change = last if last and last.waits(timezone.now()) else None
    context = {
        "change": change,
        "codes": codes or (CodesForm(change) if change else None),
        "form": form or PhoneForm(request.user),
        "can_send": can_send_texts(),
        "crumbs": [(_("My details"), reverse("teams:profile")), (_("Mobile phone"), "")],
    }
    wrong = (form and form.errors) or (codes and codes.errors)
    return render(request, "teams/change_phone.html", context, status=422 if wrong else 200)
