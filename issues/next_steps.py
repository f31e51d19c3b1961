"""What happens after submission, as sentences: who does what by when."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.utils.translation import ngettext

from core.templatetags.core import zhdate
from issues.models import Issue
from teams.models import OrgUnit


def next_steps(issues: Iterable[Issue]) -> list[str]:
    """One sentence a unit and day, then one for what waits for the office."""
    by_desk: dict[tuple[OrgUnit, date], int] = defaultdict(int)
    waiting: list[Issue] = []
    for issue in issues:
        if issue.owner_unit and issue.accept_by:
            by_desk[issue.owner_unit, issue.accept_by] += 1
        else:
            waiting.append(issue)
    sentences = [_desk(unit, day, n) for (unit, day), n in by_desk.items()]
    if waiting:
        sentences.append(_office(waiting))
    return sentences


def _desk(unit: OrgUnit, day: date, n: int) -> str:
    return ngettext("%(unit)s accepts %(n)d issue by %(day)s.", "%(unit)s accepts %(n)d issues by %(day)s.", n) % {
        "unit": unit,
        "n": n,
        "day": zhdate(day),
    }


def _office(waiting: list[Issue]) -> str:
    """All of them were submitted at once. The sentence is true on later days, too."""
    n, submitted = len(waiting), waiting[0].submitted_at
    return ngettext(
        "The leading group's office decides who solves %(n)d issue; the time limit runs from %(day)s.",
        "The leading group's office decides who solves %(n)d issues; the time limit runs from %(day)s.",
        n,
    ) % {"n": n, "day": zhdate(submitted)}
