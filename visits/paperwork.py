"""What is left after the meeting, in the order in which it is done, and how far the issues raised there are."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.templatetags.core import zhdate
from core.wiring import load
from teams.models import User
from teams.permissions import Permission
from visits.models import Confirmation, Lateness, Visit, VisitStatus
from visits.policies import may


@dataclass(frozen=True)
class IssueCounts:
    """Issues raised on a visit: still drafts, and on their way; last time's, and those of them without a mark."""

    drafts: int = 0
    submitted: int = 0
    promises: int = 0
    unmarked: int = 0

    @property
    def all_submitted(self) -> bool:
        return self.submitted > 0 and not self.drafts


@dataclass(frozen=True)
class Task:
    """A row of _parts/task_list.html; no url means it cannot be started yet."""

    title: str
    detail: str
    status: str
    url: str = ""
    words: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Pill:
    """What _parts/status_pill.html shows."""

    label: str | Promise
    look: str


ISSUES_OPEN = Pill(gettext_lazy("Recorded, issues to submit"), VisitStatus.RECORDED.look)


def counts_of(visit: Visit) -> IssueCounts:
    """Asked of every path in settings.VISIT_ISSUE_COUNTS: callables (visit) -> IssueCounts."""
    found = [count(visit) for count in load("VISIT_ISSUE_COUNTS")]
    names = [field.name for field in fields(IssueCounts)]
    return IssueCounts(**{name: sum(getattr(one, name) for one in found) for name in names})


def standing_of(visit: Visit, counts: IssueCounts) -> VisitStatus | Pill:
    """The status in words, more exactly where drafts keep the visit from being closed."""
    return ISSUES_OPEN if visit.status == VisitStatus.RECORDED and counts.drafts else visit.state


def tasks_of(
    visit: Visit,
    user: User,
    counts: IssueCounts,
    *,
    now: date,
    moves: list[str],
    came: int,
    due: date | None,
    after: Sequence[Task] = (),
) -> list[Task]:
    """What this person may do of it; `moves` are those the table allows now, `after` is what follows the record."""
    found = [*_promises(visit, user, counts), _record(visit, came, "record" in moves, now), *after]
    if may(user, Permission.ISSUE_LOG, visit) and (url := elsewhere("issues:log_start", visit.code)):
        found.append(_log(visit, counts, url))
    if may(user, Permission.ISSUE_SUBMIT, visit) and elsewhere("issues:check", visit.code):
        found.append(_submit(visit, counts, due, now))
    if may(user, Permission.VISIT_CLOSE, visit):
        found.append(_close(visit, counts))
    return found


def elsewhere(name: str, *args: Any) -> str:
    """The address of a page of an app above, "" where that app has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _promises(visit: Visit, user: User, counts: IssueCounts) -> list[Task]:
    """Reporting back comes first: what residents said to each of last time's issues."""
    url = elsewhere("issues:promises", visit.code) if may(user, Permission.ISSUE_LOG, visit) else ""
    if not counts.promises or not url:
        return []
    title, marked = _("Mark last time's promises"), counts.promises - counts.unmarked
    words = _("%(marked)s of %(total)s marked") % {"marked": marked, "total": counts.promises}
    return [Task(title, words, "done" if not counts.unmarked else "doing" if marked else "todo", url)]


def _record(visit: Visit, came: int, is_open: bool, now: date) -> Task:
    title = _("Check who came, hand in the record")
    url = reverse("visits:record", args=[visit.code]) if is_open else ""
    if visit.recorded_at:
        residents = ngettext("%(n)s resident", "%(n)s residents", visit.residents_count or 0) % {
            "n": visit.residents_count
        }
        return Task(
            title, _("%(residents)s, %(came)s of the team") % {"residents": residents, "came": came}, "done", url
        )
    due = visit.record_due
    status, word = ("todo", "") if url else ("off", _("Not there yet"))
    return Task(title, _by(due, now) if due else "", status, url, word, is_late=_is_late(due, now))


def _log(visit: Visit, counts: IssueCounts, url: str) -> Task:
    title, total = _("Write down what residents raised"), counts.drafts + counts.submitted
    if total:
        words = ngettext("%(n)s issue written down", "%(n)s issues written down", total) % {"n": total}
        return Task(title, words, "doing" if counts.drafts else "done", url)
    if visit.status == VisitStatus.CLOSED:
        return Task(title, _("No issue was raised"), "done", url)
    return Task(title, _("One after the other, each takes a minute"), "todo", url)


def _submit(visit: Visit, counts: IssueCounts, due: date | None, now: date) -> Task:
    title = _("Check and submit")
    if counts.drafts:
        words = ngettext("%(n)s issue to submit", "%(n)s issues to submit", counts.drafts) % {"n": counts.drafts}
        detail = f"{words} · {_by(due, now)}" if due else words
        return Task(title, detail, "todo", reverse("issues:check", args=[visit.code]), is_late=_is_late(due, now))
    if counts.submitted:
        words = ngettext("%(n)s issue submitted", "%(n)s issues submitted", counts.submitted) % {"n": counts.submitted}
        return Task(title, words, "done", elsewhere("issues:for_visit", visit.code))
    if visit.status == VisitStatus.CLOSED:
        return Task(title, _("No issue was raised"), "done")
    words = _by(due, now) if due else _("The team's lead submits")
    return Task(title, words, "off", words=_("Nothing to submit yet"), is_late=_is_late(due, now))


def _close(visit: Visit, counts: IssueCounts) -> Task:
    title = _("Close the visit")
    if visit.status == VisitStatus.CLOSED:
        return Task(title, _("Closed on %(day)s") % {"day": zhdate(visit.closed_at)}, "done")
    if visit.status != VisitStatus.RECORDED:
        return Task(title, _("First the record"), "off")
    if counts.drafts:
        return Task(title, _("When every issue is submitted"), "off")
    if visit.confirmation == Confirmation.DISPUTED:
        return Task(title, _("When the secretary has an answer"), "off")
    if visit.lateness == Lateness.WAITING:
        return Task(title, _("When the office has decided on the late record"), "off")
    if counts.unmarked:
        return Task(title, _("When last time's promises are marked"), "off")
    return Task(title, _("Nothing is left to submit"), "todo", reverse("visits:close", args=[visit.code]))


def _by(due: date, now: date) -> str:
    words = _("was due by %(day)s") if _is_late(due, now) else _("by %(day)s")
    return words % {"day": zhdate(due)}


def _is_late(due: date | None, now: date) -> bool:
    return due is not None and now > due
