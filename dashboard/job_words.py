"""Words for the work that runs by itself: the names of the jobs, and what they said of their last run.

Jobs speak English to the log of the server and leave the same line in their heartbeat; here people read it.
"""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NAMES = {
    "scheduler": gettext_lazy("The clock that rings every minute"),
    "plan": gettext_lazy("Working out what is due"),
    "drain": gettext_lazy("Sending what is due"),
    "reconcile": gettext_lazy("Putting right what got stuck"),
    "compare_counters": gettext_lazy("Comparing counters with issues"),
    "check_chain": gettext_lazy("Checking the activity log"),
    "forget_reporters": gettext_lazy("Destroying residents' names after twelve months"),
    "reopen_due": gettext_lazy("Reopening explained issues whose time has come"),
    "forget_photos": gettext_lazy("Forgetting photos a year after their issue was closed"),
    "forget_uploads": gettext_lazy("Clearing away uploaded workbooks"),
    "read_all": gettext_lazy("Reading people's own calendars"),
    "forget_old_forms": gettext_lazy("Clearing away old forms and sessions"),
    "give_up_lost": gettext_lazy("Giving up plans whose computing got lost"),
}
COUNTS = {
    "occurrences": gettext_lazy("reminders due"),
    "deliveries": gettext_lazy("messages planned"),
    "accepted": gettext_lazy("messages sent"),
    "temporary": gettext_lazy("to be tried again"),
    "permanent": gettext_lazy("could not be sent"),
    "unknown": gettext_lazy("perhaps sent"),
    "not_yet": gettext_lazy("kept back for later"),
    "cancelled": gettext_lazy("no longer needed"),
    "lost lease": gettext_lazy("taken over by another worker"),
    "expired": gettext_lazy("too late"),
    "dead": gettext_lazy("given up"),
    "left behind": gettext_lazy("waiting anew"),
}
NOTHING = ("nothing due", "nothing to do")
COUNT = re.compile(r"(?:(?P<n>\d+) (?P<what>[a-z_ ]+))|(?:'(?P<key>[a-z_ ]+)': (?P<many>\d+))")


def job_name(name: str) -> Any:
    return NAMES.get(name, name)


def said(note: str) -> str:
    """`97 occurrences, 533 deliveries` in the reader's language; what is not known stays as it is."""
    if note in NOTHING:
        return _("nothing to do")
    counts, _comma, failed = note.partition("failed: ")
    pairs = [(found["what"] or found["key"], found["n"] or found["many"]) for found in COUNT.finditer(counts)]
    if any(what not in COUNTS for what, _n in pairs):
        return note
    words = [_("%(what)s: %(n)s") % {"n": n, "what": COUNTS[what]} for what, n in pairs if n != "0"]
    if failed:
        words.append(_("rules that could not be worked out: %(rules)s") % {"rules": failed})
    return _(", ").join(words) or (_("nothing to do") if pairs else note)
