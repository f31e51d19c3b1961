"""One's own e-mail address: asking for another one, and the pages behind the links in the two mails."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core.guards import public, signed_in
from core.once import once
from core.refusals import RuleBroken
from teams import services
from teams.contact_mails import NEW, OLD, can_send, read_token
from teams.forms import EmailForm
from teams.models import EmailChange
from teams.requests import SignedInRequest


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@once
def change_email(request: SignedInRequest) -> HttpResponse:
    """Asks for the password: an open screen must not be enough to lead somebody's messages elsewhere."""
    at = timezone.now()
    form = EmailForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_for_email(user=request.user, email=form.cleaned_data["email"], by=request.user, at=at)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return redirect("teams:change_email")
    last = EmailChange.objects.filter(user=request.user).first()
    context = {
        "form": form,
        "change": last if last and last.waits(at) else None,
        "can_send": can_send(),
        "crumbs": [(_("My details"), reverse("teams:profile")), (_("E-mail address"), "")],
    }
    return render(request, "teams/change_email.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
@once
def send_email_links(request: SignedInRequest) -> HttpResponse:
    try:
        services.send_again(user=request.user, by=request.user, at=timezone.now())
    except RuleBroken as refusal:
        messages.error(request, str(refusal.sentence))
    return redirect("teams:change_email")


@require_POST
@signed_in
@once
def withdraw_email(request: SignedInRequest) -> HttpResponse:
    services.withdraw_email(user=request.user, by=request.user, at=timezone.now())
    messages.success(request, _("Your address stays as it is."))
    return redirect("teams:change_email")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it changes nothing, because mail programs open links by themselves; the button does."""
    at, found = timezone.now(), read_token(token)
    if found is None:
        return render(request, "teams/email_confirm.html", {"change": None}, status=404)
    change, side = found
    context = {"change": change, "is_old": side == OLD, "is_new": side == NEW, "waits": change.waits(at)}
    if request.method == "POST":
        no = request.POST.get("answer") == "no" and side == OLD
        try:
            change = (
                services.refuse_email(change=change, at=at)
                if no
                else services.confirm_email(change=change, side=side, at=at)
            )
        except RuleBroken:
            return render(request, "teams/email_confirm.html", context | {"waits": False}, status=422)
        return render(request, "teams/email_confirm.html", context | {"change": change, "answered": True})
    return render(request, "teams/email_confirm.html", context)
