"""What is left to do in a round, each with the list behind it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from visits.models import Round
from visits.progress import Progress


@dataclass(frozen=True)
class Duty:
    """A row of _parts/duty_list.html."""

    count: int
    title: str
    detail: str
    url: str
    action: str
    tone: str = ""


def left_to_do(round_: Round, progress: Progress, *, plans: bool) -> list[Duty]:
    """Only what counts something; the action is a verb for those who plan the whole round."""
    code, look = round_.code, _("Look")
    missed = (_("Clear up the visits whose day is over"), _("nobody noted that they were held"))
    clashes = (_("Settle the clashes"), _("people or venues that are taken twice"))
    without = (_("Schedule the visits that have no day"), "")
    scheduled = (_("Announce the visits that are scheduled"), _("the teams and the secretaries do not know yet"))
    overdue = (_("Ask for records and issues"), _("held, and the days for the paperwork are over"))
    announce = _page("announce_all", code) if plans else _list(code, "scheduled")
    found = [
        Duty(progress.missed, *missed, _list(code, "missed"), look, "late"),
        Duty(progress.conflicts, *clashes, _page("conflicts", code), _("Settle") if plans else look, "late"),
        Duty(progress.unscheduled, *without, _page("unscheduled", code), _("Schedule") if plans else look, "soon"),
        Duty(progress.scheduled, *scheduled, announce, _("Announce") if plans else look),
        Duty(progress.overdue, *overdue, _list(code, "overdue"), look, "soon"),
    ]
    return [duty for duty in found if duty.count]


def _page(name: str, code: str) -> str:
    return reverse(f"visits:{name}", args=[code])


def _list(code: str, status: str) -> str:
    return f"{reverse('visits:visits')}?round={code}&status={status}"
