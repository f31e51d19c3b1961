"""The inbox."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.guards import public, signed_in
from core.paging import page_of
from notifications.models import Message
from notifications.queries import sentence_of, unread_count
from notifications.services import mark_read
from notifications.way_out import mute, read_token


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
    return render(request, "notifications/unsubscribe.html", {"rule": rule, "done": request.method == "POST"})
