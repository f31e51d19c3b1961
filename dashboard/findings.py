"""The sentences at the top of the dashboard: what happened, what is stuck and where. Made from rules, never typed."""

from collections.abc import Iterator
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.localized import pick
from core.templatetags.core import percent
from dashboard.figures import QuarterFigures, Slice
from dashboard.satisfaction import Satisfaction
from dashboard.tallies import Progress, Tally


def findings(figures: QuarterFigures, satisfaction: Satisfaction | None) -> SafeString:
    """One paragraph; Chinese sentences follow each other without a blank."""
    tally, progress = figures.district.tally, figures.district.progress
    sentences = [*_visits(progress), *_issues(tally), *_overdue(figures.streets, tally), *_satisfied(satisfaction)]
    return format_html_join(pick("", " "), "{}", ((sentence,) for sentence in sentences))


def _visits(progress: Progress) -> Iterator[SafeString]:
    if not progress.visits:
        return
    if progress.done == progress.visits:
        yield _say(_("All <b>{visits}</b> visits of the round were held."), visits=progress.visits)
    else:
        words = _("<b>{done}</b> of {visits} visits were held.")
        yield _say(words, done=progress.done, visits=progress.visits)


def _issues(tally: Tally) -> Iterator[SafeString]:
    words = _("<b>{received}</b> issues came in, <b>{resolved}</b> of them are resolved ({rate}).")
    yield _say(words, received=tally.received, resolved=tally.resolved, rate=percent(tally.resolved_rate))


def _overdue(streets: list[Slice], tally: Tally) -> Iterator[SafeString]:
    stuck, n = stuck_streets(streets, tally.overdue), tally.overdue
    names = pgettext("between names", ", ").join(row.name for row in stuck)
    part = sum(row.tally.overdue for row in stuck)
    if stuck and part == n:
        words = ngettext(
            '<span class="r">{n} is overdue</span>, in {streets}.',
            '<span class="r">{n} are overdue</span>, all in {streets}.',
            n,
        )
        yield _say(words, n=n, streets=names)
    elif stuck:
        words = _('<span class="r">{n} are overdue</span>, {part} of them in {streets}.')
        yield _say(words, n=n, part=part, streets=names)
    elif n:
        yield _say(
            ngettext('<span class="r">{n} is overdue.</span>', '<span class="r">{n} are overdue.</span>', n), n=n
        )
    elif tally.received:
        yield _say(_("None of them is overdue."))


def _satisfied(satisfaction: Satisfaction | None) -> Iterator[SafeString]:
    if satisfaction:
        words = _("In the survey, {rate} of {n} residents are satisfied.")
        yield _say(words, rate=percent(satisfaction.overall.rate), n=satisfaction.overall.n)


def _say(words: str, **facts: Any) -> SafeString:
    """The sentence with its facts, which are escaped; marks stand in the translated words themselves."""
    return format_html(words, **facts) if facts else SafeString(words)


def stuck_streets(streets: list[Slice], overdue: int) -> list[Slice]:
    """The one or two streets that together hold at least half of what is overdue; none when it is spread."""
    worst = [row for row in streets[:2] if row.tally.overdue]
    if overdue and worst and worst[0].tally.overdue * 2 >= overdue:
        return worst[:1]
    return worst if overdue and sum(row.tally.overdue for row in worst) * 2 >= overdue else []
