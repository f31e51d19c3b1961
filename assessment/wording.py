"""The words a score sheet uses for each kind of row: what it was counted as, or why it was not."""

from typing import Any

from django.utils.translation import gettext_lazy as _

# formula: (kind of rows, (what the numerator is, what the denominator is))
UNITS: dict[str, tuple[str, Any]] = {
    "visits_on_time": ("visits", (_("in time, make-ups in part"), _("due"))),
    "records_complete": ("visits", (_("complete"), _("due"))),
    "issues_closed": ("issues", (_("closed"), _("the team's to solve"))),
    "issues_in_time": ("issues", (_("answered in time"), _("the team's to solve"))),
    "issues_confirmed": ("issues", (_("confirmed"), _("the team's to solve"))),
}

COUNTED_WORDS: dict[str, Any] = {
    "in_window": _("Held inside the window"),
    "makeup": _("Made up outside the window"),
    "missed": _("Not held"),
    "cancelled": _("Cancelled"),
    "complete": _("Record handed in, enough members there"),
    "no_record": _("Record missing"),
    "few_came": _("Too few members there"),
    "not_held": _("Not held"),
    "resolved": _("Resolved"),
    "explained": _("Could not be solved, explained to the resident"),
    "open": _("Not closed yet"),
    "in_time": _("Answered in time"),
    "late": _("Answered late or not at all"),
    "confirmed": _("Accepted or understood by the resident"),
    "unconfirmed": _("Not closed, or the resident could not be reached"),
}

NOT_COUNTED_WORDS: dict[str, Any] = {
    "not_due": _("Not due yet"),
    "other_kind": _("Other kinds of visits"),
    "running": _("Time limit still running"),
    "untold": _("Closed in the imported ledger, which does not say what the resident said"),
    "level_0": _("Level not set yet"),
    "level_1": _("Level of the pairing unit"),
    "level_2": _("Level of the street office"),
    "level_3": _("Level of a district department"),
    "level_4": _("District coordination"),
}
