"""What every page of the scores asks first, and the way between surveys and scores."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from teams.grants import holds
from teams.models import Programme
from teams.permissions import Permission
from teams.requests import SignedInRequest


def scores_in_use() -> None:
    """A programme may do without scores; then these pages do not exist."""
    if not Programme.current().scores_enabled:
        raise Http404


def tabs(request: SignedInRequest) -> list[dict[str, Any]]:
    """Surveys and appraisal beside each other, for whoever reads both."""
    wanted = (
        (Permission.SURVEY_RESULTS, _("Surveys"), reverse("assessment:surveys")),
        (Permission.SCORE_VIEW, _("Appraisal"), reverse("assessment:periods")),
    )
    found = [
        {"label": label, "url": url, "count": None, "current": url == request.path}
        for permission, label, url in wanted
        if holds(request.user, permission)
    ]
    return found if len(found) > 1 and Programme.current().scores_enabled else []
