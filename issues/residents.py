"""What the person who raised an issue may see and say. No person's name, no telephone number, nothing internal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import today
from core.personal import without_numbers
from core.refusals import RuleBroken
from core.templatetags.core import zhdate, zhdaytime
from issues.models import Assignment, Channel, Ending, Issue, IssueStatus, Reaction
from issues.queries import public_answers
from issues.services import feed_back, reopen_issue
from visits.models import RequestStatus, Source, Visit, VisitRequest, VisitStatus
from visits.services import ask_for_visit

S = IssueStatus
STILL_OBJECTS = timedelta(days=30)
UNANSWERED = frozenset(S.unanswered_states)


@dataclass(frozen=True)
class Step:
    """One line of “where it stands”: look is ok (done), now or fut (to come)."""

    look: str
    title: Any
    detail: Any = ""


class Told:
    """An issue in the words of the resident's page."""

    def __init__(self, issue: Issue, at: datetime) -> None:
        self.issue, self.at, self.day = issue, at, today(at)
        newest = issue.explanations.order_by("-pk").first()
        self.explanation = newest if newest and newest.upheld else None
        self.answers = public_answers(issue)
        self.waits_for_resident = issue.status == S.AWAITING_CONFIRMATION and (
            issue.ending != Ending.EXPLAINED or self.explanation is not None
        )
        self.is_explained = issue.ending == Ending.EXPLAINED and self.explanation is not None

    @property
    def headline(self) -> str:
        return without_numbers(self.issue.headline)

    @property
    def words(self) -> str:
        return without_numbers(self.issue.original_text)

    @property
    def status(self) -> Any:
        if self.waits_for_resident:
            return _("Please confirm")
        if self.issue.status == S.ASSIGNED:
            return _("Waiting for %(unit)s to accept") % {"unit": self.issue.owner_unit}
        return _WORDS[S(self.issue.status)]

    @property
    def look(self) -> str:
        if self.issue.status in S.closed_states:
            return "green"
        return "amber" if self.waits_for_resident else "blue"

    @property
    def promise(self) -> Any:
        """What is to happen by when, and honestly so when that day has passed. "" when it is over."""
        if self.issue.status in UNANSWERED and self.issue.promised_on is None:
            return str(_FIRST_WHO)
        who = self.issue.owner_unit or _("The office")
        return self._deadline(_ACCEPT, _ACCEPT_LATE, _ANSWER, _ANSWER_LATE, who)

    @cached_property
    def visit_request(self) -> VisitRequest | None:
        """The last visit the resident asked for from this page."""
        return VisitRequest.objects.filter(issue_code=self.issue.code).select_related("visit").first()

    @property
    def may_ask_for_visit(self) -> bool:
        return self.visit_request is None or self.visit_request.status != RequestStatus.WAITING

    @property
    def visit_answer(self) -> str:
        """What became of the visit asked for; "" when none was."""
        asked = self.visit_request
        if asked is None:
            return ""
        if asked.status == RequestStatus.WAITING:
            return _("You asked for a visit on %(day)s. The office will decide.") % {"day": zhdate(asked.created_at)}
        if asked.visit is None:
            return _("The visit you asked for is not possible: %(reason)s") % {"reason": asked.answer}
        return _visit_words(asked.visit)

    @property
    def steps(self) -> list[Step]:
        return [*self._past(), *self._present()]

    @property
    def may_object(self) -> bool:
        """While the answer is waiting for a yes, and for thirty days after it was over."""
        closed = self.issue.closed_at
        return self.waits_for_resident or bool(
            self.issue.status in S.closed_states and closed and self.at - closed <= STILL_OBJECTS
        )

    @property
    def objection(self) -> Any:
        """How somebody who does not accept it says so: of an explained one nobody claimed that it was done."""
        return _("I do not agree with this answer") if self.is_explained else _("It is not in order")

    def _past(self) -> Iterator[Step]:
        yield Step(
            "ok",
            _("You raised it"),
            _("%(day)s, %(area)s") % {"day": zhdate(self.issue.raised_on), "area": self.issue.area},
        )
        for desk in self.issue.assignments.select_related("unit"):
            if not self._has_it(desk):
                until = desk.until or self.issue.answered_at or self.issue.closed_at
                yield Step("ok", _("%(unit)s dealt with it") % {"unit": desk.unit}, _days(desk.since, until))

    def _present(self) -> Iterator[Step]:
        if self.issue.status in S.closed_states:
            yield Step("ok", _WORDS[S(self.issue.status)], zhdate(self.issue.closed_at))
        elif self.waits_for_resident:
            yield Step("now", _("Please confirm"), _("Has it been put right? You can answer on this page."))
        else:
            detail = self._deadline(_TO_ACCEPT, _TO_ACCEPT_LATE, _TO_ANSWER, _TO_ANSWER_LATE)
            yield Step("now", self._now(), detail)
            yield Step("fut", _("When it is done you will be asked"))

    def _now(self) -> Any:
        if self.issue.status == S.IN_PROGRESS:
            return _("%(unit)s is dealing with it") % {"unit": self.issue.owner_unit}
        if self.issue.status == S.AWAITING_CONFIRMATION:
            return _("The office checks the answer before you get it")
        return self.status

    def _deadline(self, accept: Any, accept_late: Any, answer: Any, answer_late: Any, who: Any = "") -> str:
        issue = self.issue
        if issue.status == S.ASSIGNED and issue.accept_by:
            due, in_time, late = issue.accept_by, accept, accept_late
        elif issue.status in UNANSWERED and issue.promised_on:
            due, in_time, late = issue.promised_on, answer, answer_late
        else:
            return ""
        return str(late if due < self.day else in_time) % {"day": zhdate(due), "unit": who}

    def _has_it(self, desk: Assignment) -> bool:
        return desk.until is None and self.issue.status in (S.ASSIGNED, S.IN_PROGRESS)


def ask_for_visit_here(*, issue: Issue, words: str, at: datetime) -> VisitRequest:
    """The resident wants the team to come and look; the office decides."""
    if not Told(issue, at).may_ask_for_visit:
        raise RuleBroken(_("A visit has been asked for already. The office will decide."))
    topic = without_numbers(issue.headline)[:60]
    return ask_for_visit(
        area=issue.area, source=Source.RESIDENT, topic=topic, words=words, issue_code=issue.code or "", by=None, at=at
    )


def say_solved(*, issue: Issue, at: datetime) -> Issue:
    """The resident says it is in order: their own confirmation, under no official's name."""
    told = Told(issue, at)
    if not told.waits_for_resident:
        raise RuleBroken(_("There is nothing to confirm right now."))
    reaction = Reaction.UNDERSTANDS if told.is_explained else Reaction.ACCEPTS
    return _feed_back(issue, reaction, "", at)


def say_not_solved(*, issue: Issue, words: str, at: datetime) -> Issue:
    """The resident does not accept the answer, and says why. The unit that had it has it again."""
    told = Told(issue, at)
    if not told.may_object:
        raise RuleBroken(_("This can no longer be answered here. Please call us."))
    if told.waits_for_resident:
        return _feed_back(issue, Reaction.OBJECTS, words, at)
    return reopen_issue(issue=issue, by=None, at=at, version=None, note=words)


def _feed_back(issue: Issue, reaction: str, words: str, at: datetime) -> Issue:
    return feed_back(
        issue=issue,
        told="",
        channel=Channel.SLIP,
        told_on=today(at),
        reaction=reaction,
        note=words,
        by=None,
        at=at,
        version=None,
    )


def _visit_words(visit: Visit) -> str:
    if visit.status == VisitStatus.ANNOUNCED:
        words = {"when": zhdaytime(visit.begins), "venue": visit.venue}
        return _("The team comes: %(when)s, %(venue)s.") % words
    if visit.status in VisitStatus.done:
        return _("The team was here on %(day)s.") % {"day": zhdate(visit.day)}
    if visit.status == VisitStatus.CANCELLED:
        return _("The visit you asked for was cancelled. You can ask again.")
    return _("The team will come. The day stands here once it is fixed.")


def _days(since: datetime, until: datetime | None) -> str:
    if until is None or today(since) == today(until):
        return zhdate(since)
    return _("%(first)s to %(last)s") % {"first": zhdate(since), "last": zhdate(until)}


_WORDS = {
    S.AWAITING_LEVEL: gettext_lazy("Waiting for the office to decide who does it"),
    S.AWAITING_RULING: gettext_lazy("Waiting for the office to decide who does it"),
    S.RETURNED: gettext_lazy("Waiting for the visit team to add details"),
    S.IN_PROGRESS: gettext_lazy("Being dealt with"),
    S.AWAITING_CONFIRMATION: gettext_lazy("Being dealt with"),
    S.RESOLVED: gettext_lazy("It is done"),
    S.EXPLAINED: gettext_lazy("Not possible for now (explained)"),
}
_FIRST_WHO = gettext_lazy(
    "The leading group's office first decides who deals with it. Then the day of the answer stands here."
)
_ACCEPT = gettext_lazy("%(unit)s has to accept it by %(day)s.")
_ACCEPT_LATE = gettext_lazy(
    "%(unit)s should have accepted it by %(day)s and is late. The office has it on its list of late ones."
)
_ANSWER = gettext_lazy("%(unit)s has to answer by %(day)s.")
_ANSWER_LATE = gettext_lazy(
    "%(unit)s should have answered by %(day)s and is late. The office has it on its list of late ones."
)
_TO_ACCEPT = gettext_lazy("To be accepted by %(day)s.")
_TO_ACCEPT_LATE = gettext_lazy(
    "Should have been accepted by %(day)s and is late. The office has it on its list of late ones."
)
_TO_ANSWER = gettext_lazy("To be answered by %(day)s.")
_TO_ANSWER_LATE = gettext_lazy(
    "Should have been answered by %(day)s and is late. The office has it on its list of late ones."
)
