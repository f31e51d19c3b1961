"""What every page of the scores asks first."""

from django.http import Http404

from teams.models import Programme


def scores_in_use() -> None:
    """A programme may do without scores; then these pages do not exist."""
    if not Programme.current().scores_enabled:
        raise Http404
