"""What the pages of the scores share: whether they exist, and the way to them."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from teams.models import Programme


def scores_in_use() -> None:
    """A programme may do without scores; then these pages do not exist."""
    if not Programme.current().scores_enabled:
        raise Http404


def crumbs_to(year: int, here: str) -> list[tuple[str, str]]:
    scores = reverse("assessment:scores", args=[year])
    return [(_("Appraisal"), reverse("assessment:periods")), (str(year), scores), (here, "")]
