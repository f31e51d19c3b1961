"""The inbox, one's own reminders as the ledger has them, and what one wants of them."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.guards import public, signed_in
from core.once import once
from core.paging import page_of
from notifications.forecast import coming_to
from notifications.forms import WishesForm
from notifications.models import Delivery, Message
from notifications.queries import sentence_of, unread_count
from notifications.services import mark_read
from notifications.way_out import mute, read_token
from notifications.wishes import keep_wishes, preference_of, rule_wishes
from notifications.words import label_of

SHOWN_COMING = 5


class SignedIn(HttpRequest):
    """A request behind `signed_in`; which model the user is of, this app does not know."""

    user: Any


@never_cache
@require_safe
@signed_in
def inbox(request: SignedIn) -> HttpResponse:
    mine = Message.objects.visible_to(request.user)
    page = page_of(mine, order=["-created_at", "-pk"], cursor=request.GET.get("cursor", ""))
    page = replace(page, rows=[(message, sentence_of(message)) for message in page.rows])
    return render(request, "notifications/inbox.html", {"page": page, "unread": unread_count(request.user)})


@never_cache
@require_safe
@signed_in
def open(request: SignedIn, pk: int) -> HttpResponse:  # the url's name; Python's own open is not used here
    """Mark as read and go to what the message is about."""
    message = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)
    mark_read(by=request.user, at=timezone.now(), message=message)
    inside = url_has_allowed_host_and_scheme(message.url, allowed_hosts=None)
    return redirect(message.url if inside else "notifications:inbox")


@require_POST
@signed_in
def read_all(request: SignedIn) -> HttpResponse:
    mark_read(by=request.user, at=timezone.now())
    return redirect("notifications:inbox")


# -- My reminders -----------------------------------------------------------------------------


@never_cache
@require_safe
@signed_in
def my_reminders(request: SignedIn) -> HttpResponse:
    """Every message the ledger has for this person, whatever became of it."""
    mine = Delivery.objects.filter(recipient=request.user).select_related("occurrence").defer("occurrence__facts")
    page = page_of(mine, order=["-due_at", "-pk"], cursor=request.GET.get("cursor", ""))
    return render(request, "notifications/my_reminders.html", {"page": page})


@never_cache
@require_safe
@signed_in
def coming(request: SignedIn) -> HttpResponse:
    """What will come in the next two weeks: its beginning as a part of the page above, or all on a page of its own."""
    lines = coming_to(request.user, timezone.now())
    if request.headers.get("HX-Request"):
        context = {"lines": lines[:SHOWN_COMING], "more": len(lines) - SHOWN_COMING}
        return render(request, "notifications/_coming.html", context)
    return render(request, "notifications/coming.html", {"lines": lines})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@once
def preferences(request: SignedIn) -> HttpResponse:
    """What leaves the app for this person, in which language and at which hours."""
    free, fixed = rule_wishes(request.user)
    wish = preference_of(request.user)
    initial = {name: getattr(wish, name) for name in ("language", "quiet_from", "quiet_until")} if wish else {}
    form = WishesForm(request.POST or None, wishes=[one for one in free if one.ways], initial=initial)
    if request.method == "POST" and form.is_valid():
        names = ("language", "quiet_from", "quiet_until")
        values = {name: form.cleaned_data[name] for name in names}
        keep_wishes(by=request.user, at=timezone.now(), shown=form.wishes, silent=form.silent(), **values)
        messages.success(request, _("Your choice is kept and holds for what is planned from now on."))
        return redirect("notifications:preferences")
    context = {"form": form, "fixed": fixed}
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The way out of a mail. Opening it changes nothing, because mail programs open links by themselves; sending does.

    It needs no form token: the address is signed, and mail providers send it on a reader's behalf (RFC 8058).
    """
    found = read_token(token)
    if found is None:
        raise Http404
    person, rule = found
    if request.method == "POST":
        mute(person=person, rule=rule)
    return render(
        request, "notifications/unsubscribe.html", {"label": label_of(rule), "done": request.method == "POST"}
    )
