"""The first screen of every role, and the search box."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.guards import signed_in
from dashboard.homes import home_of
from dashboard.search import SearchForm, search_everything
from dashboard.shell import active_role, roles_of
from teams.requests import SignedInRequest


@require_safe
@signed_in
def home(request: SignedInRequest) -> HttpResponse:
    """What this person has to do now, in the role they are in."""
    at = timezone.now()
    role = active_role(request, roles_of(request.user))
    return render(request, "dashboard/home.html", {"home": home_of(request.user, role, at), "now": at})


@require_safe
@signed_in
def search(request: SignedInRequest) -> HttpResponse:
    """A full issue number leads straight to the issue."""
    form = SearchForm(request.GET or None)
    found = search_everything(request.user, form.cleaned_data["q"]) if form.is_valid() else None
    if found and found.exact:
        return redirect(found.exact)
    return render(request, "dashboard/search.html", {"form": form, "found": found})
