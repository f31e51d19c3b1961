"""The ledger of what was sent to whom: looking, taking it along, trying again, releasing what was held."""

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.clock import today
from core.csv_export import csv_answer
from core.once import once
from core.paging import page_of
from dashboard.ledger import FAILED, HEADER, LedgerFilter, ledger, lines, standing
from dashboard.reminder_tabs import tabs
from notifications.mending import AT_ONCE, say_arrived, try_again
from notifications.models import Delivery, DeliveryState
from notifications.restored import held_after_restore, open_restore, release_after_restore
from teams.grants import holds
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest


@require_safe
@policy(Permission.MESSAGES_VIEW)
def deliveries(request: SignedInRequest) -> HttpResponse:
    form = LedgerFilter(request.GET)
    page = page_of(form.apply(ledger()), order=["-due_at", "-pk"], cursor=request.GET.get("cursor", ""))
    manages = holds(request.user, Permission.REMINDERS_MANAGE)
    restore = open_restore()
    context = {
        "page": page,
        "form": form,
        "standing": standing(),
        "restore": restore,
        "held": held_after_restore() if restore else 0,
        "manages": manages,
        "only_failed": form.asked.get("state") in (FAILED, *DeliveryState.failed),
        "failed_states": DeliveryState.failed,
        "at_once": AT_ONCE,
        "tabs": tabs(request.user, "dashboard:deliveries"),
    }
    return render(request, "dashboard/deliveries.html", context)


@require_safe
@policy(Permission.MESSAGES_VIEW)
def deliveries_export(request: SignedInRequest) -> StreamingHttpResponse:
    """What the filter shows, for Excel."""
    rows = LedgerFilter(request.GET).apply(ledger())
    return csv_answer(f"reminders-{today(timezone.now()):%Y%m%d}.csv", HEADER, lines(rows))


@require_POST
@policy(Permission.REMINDERS_MANAGE)
@once
def deliver_again(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Delivery, pk=pk)
    try_again(deliveries=Delivery.objects.filter(pk=found.pk), by=request.user, at=timezone.now())
    messages.success(request, _("It goes out again within a minute."))
    return redirect(_back(request))


@require_POST
@policy(Permission.REMINDERS_MANAGE)
@once
def deliver_all_again(request: SignedInRequest) -> HttpResponse:
    """Everything that failed among what the filter shows."""
    n = try_again(
        deliveries=LedgerFilter(request.GET).apply(Delivery.objects.all()), by=request.user, at=timezone.now()
    )
    words = ngettext("%(n)s message goes out again.", "%(n)s messages go out again.", n)
    messages.success(request, words % {"n": n})
    return redirect(_back(request))


@require_POST
@policy(Permission.REMINDERS_MANAGE)
@once
def delivery_arrived(request: SignedInRequest, pk: int) -> HttpResponse:
    say_arrived(delivery=get_object_or_404(Delivery, pk=pk), by=request.user, at=timezone.now())
    messages.success(request, _("Noted: the message arrived."))
    return redirect(_back(request))


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.REMINDERS_MANAGE)
@once
def deliveries_release(request: SignedInRequest) -> HttpResponse:
    """What waits since the data came back from a backup: send it, or write it off."""
    choice = request.POST.get("choice", "")
    if choice in ("send", "write-off"):
        n = release_after_restore(by=request.user, at=timezone.now(), send=choice == "send")
        sent = ngettext("%(n)s message goes out now.", "%(n)s messages go out now.", n)
        written_off = ngettext("%(n)s message is written off.", "%(n)s messages are written off.", n)
        said = (sent if choice == "send" else written_off) % {"n": n} if n else _("Reminders are sent as usual.")
        messages.success(request, said)
        return redirect("dashboard:deliveries")
    restore = open_restore()
    crumbs = [(_("Sent reminders"), reverse("dashboard:deliveries")), (_("Release"), "")]
    context = {"restore": restore, "held": held_after_restore() if restore else 0, "crumbs": crumbs}
    return render(request, "dashboard/deliveries_release.html", context)


def _back(request: SignedInRequest) -> str:
    """The list as it was filtered."""
    asked = request.POST.get("next", "")
    here = reverse("dashboard:deliveries")
    safe = url_has_allowed_host_and_scheme(asked, None) and asked.startswith(here)
    return asked if safe else here
