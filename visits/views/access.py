"""Getting the round or visit of an address: 404 for what somebody may not see, 403 for what may not be done."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from core.forms import LayoutMixin
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.forms import VersionForm
from visits.models import Round, Visit
from visits.policies import may

RECORD_PARTS = ("residents_came__kind", "ideas", "legal_services", "duties_done__duty")


def round_for(request: SignedInRequest, code: str) -> Round:
    return get_object_or_404(Round.objects.visible_to(request.user), code=code)


def visit_for(request: SignedInRequest, code: str, permission: Permission | None = None) -> Visit:
    """The visit with its names; with a permission, only for who may do that to it."""
    visits = Visit.objects.visible_to(request.user).select_related("area__street", "team__unit", "round", "kind")
    visit = get_object_or_404(visits, code=code)
    if permission and not may(request.user, permission, visit):
        raise PermissionDenied
    return visit


def version_of(request: HttpRequest) -> int | None:
    """The version a button was shown with; None if it is missing or no number."""
    form = VersionForm(request.POST)
    return form.cleaned_data["version"] if form.is_valid() else None


def status_of(form: LayoutMixin) -> int:
    return 422 if form.errors else 200  # type: ignore[attr-defined]
