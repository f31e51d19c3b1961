"""Which servers people's own calendars may be read from. The environment names some; the administrator adds others."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.once import once
from core.refusals import RuleBroken
from programmes import calendar_hosts as shown
from programmes.forms import HostForm, VersionForm
from teams.guards import policy
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.models import CalendarHost
from visits.services.calendar_hosts import allow_host, forbid_host


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ACCOUNTS_MANAGE)
@once
def calendar_hosts(request: SignedInRequest) -> HttpResponse:
    form = HostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = allow_host(name=form.cleaned_data["name"], by=request.user, at=timezone.now())
        except RuleBroken as refusal:
            form.add_error("name", str(refusal.sentence))
        else:
            messages.success(request, _("Calendars may be read from %(host)s from now on.") % {"host": row.name})
            return redirect("programmes:calendar_hosts")
    context = {
        "form": form,
        "rows": shown.overview(),
        "entries": shown.history(),
        "crumbs": [(_("Settings"), reverse("programmes:settings")), (_("Calendar servers"), "")],
    }
    return render(request, "programmes/calendar_hosts.html", context, status=422 if form.errors else 200)


@require_POST
@policy(Permission.ACCOUNTS_MANAGE)
@once
def calendar_host_forbid(request: SignedInRequest, pk: int) -> HttpResponse:
    host, form = get_object_or_404(CalendarHost, pk=pk), VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else None
    forbid_host(host=host, by=request.user, at=timezone.now(), version=version)
    messages.success(request, _("Calendars on %(host)s are not read any more.") % {"host": host.name})
    return redirect("programmes:calendar_hosts")
