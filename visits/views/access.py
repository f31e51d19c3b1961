"""Getting the round or visit of an address: 404 for what somebody may not see, 403 for what may not be done."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from core.forms import LayoutMixin
from core.statements import Statement, written
from teams.permissions import Permission
from teams.requests import SignedInRequest
from visits.forms import VersionForm
from visits.models import Round, Visit
from visits.policies import may, round_scope, visit_scope

RECORD_PARTS = ("residents_came__kind", "ideas", "legal_services", "duties_done__duty")


def round_for(request: SignedInRequest, code: str) -> Round:
    def seen() -> Statement:
        return Statement(Round.objects.visible_to(request.user).filter(code="?"), blanks={"?": "code"})

    return _only(written("round", round_scope(request.user), make=seen).rows(code=code))


def visit_for(request: SignedInRequest, code: str, permission: Permission | None = None) -> Visit:
    """The visit with its names; with a permission, only for who may do that to it."""

    def seen() -> Statement:
        visits = Visit.objects.visible_to(request.user).select_related("area__street", "team__unit", "round", "kind")
        return Statement(visits.filter(code="?"), blanks={"?": "code"})

    visit: Visit = _only(written("visit", visit_scope(request.user), make=seen).rows(code=code))
    if permission and not may(request.user, permission, visit):
        raise PermissionDenied
    return visit


def _only(found: list[Any]) -> Any:
    if not found:
        raise Http404
    return found[0]


def version_of(request: HttpRequest) -> int | None:
    """The version a button was shown with; None if it is missing or no number."""
    form = VersionForm(request.POST)
    return form.cleaned_data["version"] if form.is_valid() else None


def status_of(form: LayoutMixin) -> int:
    return 422 if form.errors else 200  # type: ignore[attr-defined]
