"""What the pages of the scores share: whether they exist, and the way to them."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from assessment.forms import YEARS
from teams.models import Programme


def scores_in_use(year: int = YEARS[0]) -> None:
    """A programme may do without scores; then these pages do not exist, no more than those of a year nobody means."""
    if not Programme.current().scores_enabled or not YEARS[0] <= year <= YEARS[1]:
        raise Http404


def crumbs_to(year: int, here: str) -> list[tuple[str, str]]:
    scores = reverse("assessment:scores", args=[year])
    return [(_("Appraisal"), reverse("assessment:periods")), (str(year), scores), (here, "")]
