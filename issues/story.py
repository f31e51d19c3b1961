"""What happened to an issue, told from its events: the timeline, the ladder of levels, the answer residents read.

Events name rows; the words people wrote are read from those rows, all in one query.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from core.clock import today
from core.events import history_of
from core.models import Event
from core.statements import Statement, written
from core.templatetags.core import zhdate
from issues.duewords import in_days
from issues.history import Entry, entry_of, explanation
from issues.models import (
    Assignment,
    Explanation,
    Extension,
    Feedback,
    Issue,
    LegalOpinion,
    Level,
    Reply,
    Return,
)
from issues.rulebook import all_levels
from visits.workdays import Workdays

PUBLIC, INTERNAL = "public", "internal"
HIDDEN = {"log", "change", "photos"}


@dataclass(frozen=True)
class Words:
    """What somebody wrote in a row that an event names. `more` holds what else the row says."""

    text: str = ""
    more: tuple[str, ...] = ()
    by: int | None = None


@dataclass(frozen=True)
class Rung:
    """One level of the ladder: look is skipl, past, cur or nextl."""

    number: int
    name: str
    look: str
    lines: list[str] = field(default_factory=list)


class Story:
    """Everything the pages of one issue tell, each part read once."""

    def __init__(self, issue: Issue, at: datetime, workdays: Workdays) -> None:
        self.issue, self.at, self.day, self.workdays = issue, at, today(at), workdays

    @cached_property
    def events(self) -> list[Event]:
        return written("history", make=_history).rows(issue=self.issue.pk)

    @cached_property
    def words(self) -> dict[tuple[str, int], Words]:
        rows = written("words", make=_words).rows(issue=self.issue.pk)
        return {
            (kind, pk): Words(text or "", tuple(part or "" for part in more), by) for kind, pk, by, text, *more in rows
        }

    @cached_property
    def assignments(self) -> list[Assignment]:
        return written("assignments", make=_assignments).rows(issue=self.issue.pk)

    @cached_property
    def levels(self) -> dict[int, Level]:
        return {level.number: level for level in all_levels()}

    def words_of(self, kind: str, pk: int) -> Words:
        return self.words.get((kind, pk), Words())

    def of_kind(self, kind: str) -> list[Words]:
        """Rows of one kind, newest first."""
        return [words for (name, _pk), words in sorted(self.words.items(), reverse=True) if name == kind]

    @property
    def waits_for_review(self) -> bool:
        """The newest explanation has no second opinion yet."""
        explanations = self.of_kind("explanation")
        return bool(explanations) and not explanations[0].more[3]

    @property
    def handlers(self) -> set[int]:
        """Whoever had it on the desk or wrote an answer for the unit."""
        had = {row.handler_id for row in self.assignments if row.handler_id}
        return had | {row.by for row in self.of_kind("reply") if row.by and row.more[1]}

    # -- the answer residents read --

    @cached_property
    def answer(self) -> tuple[str, datetime] | None:
        """The newest public answer and when it was given."""
        for event in self.events:
            if event.payload.get("public"):
                kind = "explanation" if "explanation" in event.payload else "reply"
                return self.words_of(kind, event.payload[kind]).text, event.occurred_at
        return None

    def to_know(self, action: str) -> list[str]:
        """What somebody has to read before this action: the answer to tell, the request to decide on."""
        if action == "confirm":
            return [self.answer[0]] if self.answer else []
        kind = {"rule": "return", "review": "explanation", "decide-extension": "extension"}.get(action)
        rows = self.of_kind(kind) if kind else []
        if kind == "explanation" and rows:
            return explanation(rows[0])
        if kind:
            return [rows[0].text] if rows else []
        return self._last_note() if action in ("route", "resubmit") else []

    def _last_note(self) -> list[str]:
        """Why it was escalated or sent back."""
        for event in self.events:
            if event.verb in ("escalate", "send_back", "resubmit") and event.payload.get("reply"):
                return [self.words_of("reply", event.payload["reply"]).text]
        return []

    # -- the timeline --

    def timeline(self, only: str = "") -> list[Entry]:
        entries = [entry_of(event, self) for event in self.events if event.verb not in HIDDEN]
        if only:
            return [entry for entry in entries if entry.public == (only == PUBLIC)]
        return entries

    def level_name(self, facts: dict[str, Any]) -> str:
        level = self.levels.get(facts.get("level", 0))
        return level.name if level else ""

    # -- the ladder --

    def ladder(self) -> list[Rung]:
        current = self.issue.level.number if self.issue.level else 0
        return [self._rung(level, current) for level in sorted(self.levels.values(), key=lambda level: level.number)]

    def _rung(self, level: Level, current: int) -> Rung:
        stays = [row for row in self.assignments if row.level_id == level.pk]
        if stays and level.number == current and self.issue.is_open:
            return Rung(level.number, level.name, "cur", self._stay_lines(stays))
        if stays:
            return Rung(level.number, level.name, "past", self._stay_lines(stays))
        if level.number == current and self.issue.is_open:
            return Rung(level.number, level.name, "cur", [_("The office decides which unit")])
        if level.number < current or not self.issue.is_open:
            return Rung(level.number, level.name, "skipl", [_("Not involved")])
        return Rung(level.number, level.name, "nextl", [_("Not yet")])

    def _stay_lines(self, stays: list[Assignment]) -> list[str]:
        """Who has or had it there, and how many working days that took."""
        last = stays[-1]
        who = " · ".join(str(part) for part in (last.unit, last.handler) if part)
        first = today(stays[0].since)
        until = last.until or self.issue.answered_at
        days = sum(self._days(row) for row in stays)
        if until is None:
            words = _("since %(first)s, %(days)s used")
        else:
            words = _("%(first)s – %(last)s, %(days)s")
        values = {"first": zhdate(first), "last": zhdate(today(until)) if until else "", "days": in_days(days)}
        return [who, words % values]

    def _days(self, row: Assignment) -> int:
        until = row.until or self.issue.answered_at or self.at
        return max(self.workdays.between(today(row.since), today(until)), 0)


# -- The statements behind it ---------------------------------------------------------------------

# kind, model, who wrote it, the words, and up to four more columns
SOURCES: tuple[tuple[str, Any, str, str, tuple[str, ...]], ...] = (
    ("reply", Reply, "by_id", "text", ("public", "unit_id")),
    ("return", Return, "asked_by_id", "basis", ("ruling",)),
    ("extension", Extension, "asked_by_id", "reason", ()),
    ("explanation", Explanation, "by_id", "text", ("rule", "explained_by", "review_on", "reviewed_at")),
    ("feedback", Feedback, "by_id", "told", ("channel", "told_on", "reaction", "note")),
    ("opinion", LegalOpinion, "by_id", "text", ()),
)


ISSUE = -1  # what the statements are asked about each time


def _history() -> Statement:
    return Statement(history_of(Issue(pk=ISSUE)), blanks={ISSUE: "issue"})


def _assignments() -> Statement:
    rows = Assignment.objects.filter(issue_id=ISSUE).select_related("unit", "handler", "level")
    return Statement(rows, blanks={ISSUE: "issue"})


def _words() -> Statement:
    first, *rest = (_texts(*source) for source in SOURCES)
    return Statement(first.union(*rest, all=True), blanks={ISSUE: "issue"})


def _texts(kind: str, model: Any, by: str, text: str, more: tuple[str, ...]) -> QuerySet[Any]:
    columns = [Cast(name, CharField()) for name in more]
    blanks = [Value("", output_field=CharField())] * (4 - len(more))
    rows = model.objects.filter(issue_id=ISSUE).order_by()
    return rows.values_list(Value(kind, output_field=CharField()), F("pk"), F(by), F(text), *columns, *blanks)
