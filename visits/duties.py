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
    """Only what counts something; the action is a verb for those who plan."""
    code = round_.code
    found = [
        Duty(
            progress.missed,
            _("Clear up the visits whose day is over"),
            _("nobody noted that they were held"),
            _list(code, "missed"),
            _("Look"),
            "late",
        ),
        Duty(
            progress.conflicts,
            _("Settle the clashes"),
            _("people or venues that are taken twice"),
            reverse("visits:conflicts", args=[code]),
            _("Settle") if plans else _("Look"),
            "late",
        ),
        Duty(
            progress.unscheduled,
            _("Schedule the visits that have no day"),
            "",
            reverse("visits:unscheduled", args=[code]),
            _("Schedule") if plans else _("Look"),
            "soon",
        ),
        Duty(
            progress.scheduled,
            _("Announce the visits that are scheduled"),
            _("the teams and the secretaries do not know yet"),
            reverse("visits:announce_all", args=[code]) if plans else _list(code, "scheduled"),
            _("Announce") if plans else _("Look"),
        ),
        Duty(
            progress.overdue,
            _("Ask for records and issues"),
            _("held, and the days for the paperwork are over"),
            _list(code, "overdue"),
            _("Look"),
            "soon",
        ),
    ]
    return [duty for duty in found if duty.count]


def _list(code: str, status: str) -> str:
    return f"{reverse('visits:visits')}?round={code}&status={status}"
