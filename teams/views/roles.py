"""The administrator gives somebody a role of one place and ends it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.clock import today
from core.once import once
from core.refusals import RuleBroken
from core.templatetags.core import zhdate
from teams import services
from teams.forms import EndRoleForm, GiveRoleForm
from teams.guards import policy
from teams.models import Grant, User
from teams.permissions import Permission, Role
from teams.requests import SignedInRequest
from teams.views.account_form import account_form


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ACCOUNTS_MANAGE)
@once
def account_give_role(request: SignedInRequest, pk: int) -> HttpResponse:
    at = timezone.now()
    person = get_object_or_404(User, pk=pk)
    form = GiveRoleForm(request.POST or None, day=today(at))
    if request.method == "POST" and form.is_valid():
        try:
            given = services.grant(user=person, by=request.user, at=at, **form.given())
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            said = _said(given)
            messages.success(request, _("From %(day)s on %(name)s is: %(role)s, %(place)s.") % said)
            return redirect("teams:account", pk)
    words = {
        "title": _("A role for %(name)s") % {"name": person.name},
        "lead": _("Seats in teams are given by the office. Roles over the whole district are given on the server."),
        "submit": _("Give the role"),
    }
    return account_form(request, person, form, words)


@require_http_methods(["GET", "HEAD", "POST"])
@policy(Permission.ACCOUNTS_MANAGE)
@once
def account_end_role(request: SignedInRequest, grant: int) -> HttpResponse:
    at = timezone.now()
    held = get_object_or_404(Grant.objects.select_related("user", "unit", "area"), pk=grant)
    form = EndRoleForm(request.POST or None, grant=held, day=today(at))
    if request.method == "POST" and form.is_valid():
        try:
            services.revoke(grant=held, by=request.user, at=at, **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            said = _said(held) | {"day": zhdate(form.cleaned_data["last_day"])}
            messages.success(request, _("%(name)s is %(role)s, %(place)s, until the end of %(day)s.") % said)
            return redirect("teams:account", held.user_id)
    words = {
        "title": _("Take a role back from %(name)s: %(role)s, %(place)s") % _said(held),
        "lead": _("The last day still counts. Open issues stay with the unit, which names another case handler.")
        if held.role in (Role.HANDLER, Role.UNIT_LEAD)
        else _("The last day still counts."),
        "submit": _("Take the role back"),
        "danger": True,
    }
    return account_form(request, held.user, form, words)


def _said(grant: Grant) -> dict[str, object]:
    return {
        "name": grant.user.name,
        "role": grant.get_role_display(),
        "place": grant.area or grant.unit or _("the whole district"),
        "day": zhdate(grant.from_day),
    }
