"""What happened to an issue, told from its events: the timeline, the ladder of levels, the people.

Events name rows; the words people wrote are read from those rows, all in one query.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import today
from core.dated import valid_on
from core.events import history_of
from core.models import Event
from core.statements import Statement, written
from core.templatetags.core import zhdate
from issues.duewords import in_days
from issues.models import (
    Assignment,
    Channel,
    Explanation,
    Extension,
    Feedback,
    Issue,
    LegalOpinion,
    Level,
    Outcome,
    Reaction,
    Reply,
    Return,
)
from issues.rulebook import all_levels
from teams.models import Grant, Membership
from teams.permissions import Role
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
class Entry:
    """One line of the timeline, as _parts/history.html shows it."""

    icon: str
    tone: str
    who: str
    text: str
    at: datetime
    more: str = ""
    quote: str = ""
    public: bool = False


@dataclass(frozen=True)
class Rung:
    """One level of the ladder: look is skipl, past, cur or nextl."""

    number: int
    name: str
    look: str
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Contact:
    name: str
    detail: str
    phone: str
    law: bool = False


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
                return self.words.get((kind, event.payload[kind]), Words()).text, event.occurred_at
        return None

    def to_know(self, action: str) -> list[str]:
        """What somebody has to read before this action: the answer to tell, the request to decide on."""
        if action == "confirm":
            return [self.answer[0]] if self.answer else []
        kind = {"rule": "return", "review": "explanation", "decide-extension": "extension"}.get(action)
        rows = self.of_kind(kind) if kind else []
        if kind == "explanation" and rows:
            return _explanation(rows[0])
        if kind:
            return [rows[0].text] if rows else []
        return self._last_note() if action in ("route", "resubmit") else []

    def _last_note(self) -> list[str]:
        """Why it was escalated or sent back."""
        for event in self.events:
            if event.verb in ("escalate", "send_back", "resubmit") and event.payload.get("reply"):
                return [self.words.get(("reply", event.payload["reply"]), Words()).text]
        return []

    # -- the timeline --

    def timeline(self, only: str = "") -> list[Entry]:
        entries = [self._entry(event) for event in self.events if event.verb not in HIDDEN]
        if only:
            return [entry for entry in entries if entry.public == (only == PUBLIC)]
        return entries

    def _entry(self, event: Event) -> Entry:
        facts = event.payload
        public = bool(facts.get("public"))
        verb = SPECIAL.get((event.verb, bool(event.actor_name), public), event.verb)
        icon, tone, sentence = VERBS.get(verb, ("circle-dot", "", lambda _story, _facts: event.verb))
        return Entry(
            icon=icon,
            tone=tone,
            who=event.actor_name,
            text=str(sentence(self, facts)),
            at=event.occurred_at,
            more=self._more(event),
            quote=self.issue.original_text if event.verb == "submit" else "",
            public=public,
        )

    def _more(self, event: Event) -> str:
        """The words behind an event, one paragraph each."""
        parts = []
        for kind in ("reply", "extension", "explanation", "feedback", "opinion"):
            pk = event.payload.get(kind)
            if pk and not (kind == "extension" and event.verb != "ask_extension"):
                parts += _paragraphs(kind, self.words.get((kind, pk), Words()), event.verb)
        if pk := event.payload.get("return"):
            words = self.words.get(("return", pk), Words())
            parts.append(words.more[0] if event.verb == "rule" else words.text)
        return "\n".join(part for part in parts if part)

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

    # -- the people --

    def people(self) -> list[Contact]:
        """Whom to call: the case handler or the desk, the lead, the lawyer, the secretary."""
        return [*self._desk(), *self._team_and_secretary()]

    def _desk(self) -> list[Contact]:
        issue = self.issue
        if issue.handler:
            detail = " · ".join(str(part) for part in (_("Case handler"), issue.owner_unit) if part)
            return [Contact(issue.handler.name, detail, issue.handler.phone)]
        unit = issue.owner_unit
        return [Contact(unit.contact_name or unit.name, unit.name, unit.contact_phone)] if unit else []

    def _team_and_secretary(self) -> list[Contact]:
        issue = self.issue
        rows = written("people", make=_people)
        found = {
            role: (name, phone, firm)
            for role, name, phone, firm in rows.rows(team=issue.team_id, area=issue.area_id, day=_stored(self.day))
        }
        people = []
        for role in (*CALLED, Role.SECRETARY):
            if role in found:
                name, phone, firm = found[role]
                people.append(Contact(name, self._role_words(role, firm), phone, law=role == Role.LAWYER))
        return people

    def _role_words(self, role: str, firm: str) -> str:
        where = {Role.TEAM_LEAD: str(self.issue.team or ""), Role.LAWYER: firm, Role.SECRETARY: str(self.issue.area)}
        return " · ".join(part for part in (str(Role(role).label), where[Role(role)]) if part)


# -- Rows that hold words, and how they are told ------------------------------------------------

# kind, model, who wrote it, the words, and up to four more columns
SOURCES: tuple[tuple[str, Any, str, str, tuple[str, ...]], ...] = (
    ("reply", Reply, "by_id", "text", ("public", "unit_id")),
    ("return", Return, "asked_by_id", "basis", ("ruling",)),
    ("extension", Extension, "asked_by_id", "reason", ()),
    ("explanation", Explanation, "by_id", "text", ("rule", "explained_by", "review_on", "reviewed_at")),
    ("feedback", Feedback, "by_id", "told", ("channel", "told_on", "reaction", "note")),
    ("opinion", LegalOpinion, "by_id", "text", ()),
)


# What the statements below are asked about each time.
ISSUE, TEAM, AREA, DAY = -1, -2, -3, date(1, 1, 1)
CALLED = (Role.TEAM_LEAD, Role.LAWYER)


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


def _people() -> Statement:
    seats = Membership.objects.filter(
        valid_on(DAY), seat__team_id=TEAM, seat__kind__role__in=CALLED, user__is_active=True
    )
    secretaries = Grant.objects.on(DAY).filter(role=Role.SECRETARY, area_id=AREA, user__is_active=True)
    rows = seats.order_by().values_list("seat__kind__role", "user__name", "user__phone", "user__law_firm")
    others = secretaries.order_by().values_list("role", "user__name", "user__phone", "user__law_firm")
    return Statement(rows.union(others, all=True), blanks={TEAM: "team", AREA: "area", _stored(DAY): "day"})


def _stored(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)


def _paragraphs(kind: str, words: Words, verb: str) -> list[str]:
    if kind == "feedback":
        return _feedback(words)
    if kind == "explanation":
        return _explanation(words) if verb == "explain" else []
    return [words.text]


def _feedback(words: Words) -> list[str]:
    channel, told_on, reaction, note = words.more
    told = _("Told %(person)s (%(channel)s) on %(day)s") % {
        "person": words.text,
        "channel": Channel(channel).label if channel in Channel.values else channel,
        "day": zhdate(date.fromisoformat(told_on)),
    }
    return [told, _("How it was taken: %(reaction)s") % {"reaction": Reaction(reaction).label}, note]


def _explanation(words: Words) -> list[str]:
    rule, explained_by, review_on, _reviewed = words.more
    values = {"name": explained_by, "day": zhdate(date.fromisoformat(review_on))}
    return [
        words.text,
        _("Rule: %(rule)s") % {"rule": rule},
        _("Explained by %(name)s; to be looked at again on %(day)s") % values,
    ]


def _day(facts: dict[str, Any], name: str) -> str:
    value = facts.get(name)
    return zhdate(date.fromisoformat(value)) if value else "–"


Sentence = Callable[[Story, dict[str, Any]], str]


def _submitted(story: Story, _facts: dict[str, Any]) -> str:
    writer = next((event.actor_name for event in reversed(story.events) if event.verb == "log"), "")
    return _("submitted it, written down by %(name)s") % {"name": writer} if writer else _("submitted it")


def _sent(story: Story, facts: dict[str, Any]) -> str:
    """By the office, or at once by the rules."""
    values = {"level": story.level_name(facts), "unit": facts.get("unit_name", ""), "due": _day(facts, "due_on")}
    return _("sent it to %(unit)s (%(level)s), answer by %(due)s") % values


def _went(story: Story, facts: dict[str, Any]) -> str:
    values = {"level": story.level_name(facts), "unit": facts.get("unit_name", ""), "due": _day(facts, "due_on")}
    return _("Went straight to %(unit)s (%(level)s), answer by %(due)s") % values


def _escalated(story: Story, facts: dict[str, Any]) -> str:
    return _("escalated it: %(level)s") % {"level": story.level_name(facts)}


def _with_name(sentence: Callable[[str], str], key: str) -> Sentence:
    return lambda _story, facts: sentence(facts.get(key, ""))


def _granted(_story: Story, facts: dict[str, Any]) -> str:
    values = {"day": _day(facts, "due_on"), "old": _day(facts, "old_due_on")}
    return _("granted the extension to %(day)s (it was due on %(old)s)") % values


def _followed_up(_story: Story, facts: dict[str, Any]) -> str:
    return _("looked again on a follow-up visit: %(found)s") % {"found": Outcome(facts["outcome"]).label}


def _at_the_visit(sentence: Any) -> Sentence:
    return lambda _story, facts: str(sentence) % {"day": _day(facts, "day")}


# (verb, by a person, public): events that read differently
SPECIAL = {
    ("route", False, False): "route_at_once",
    ("progress", True, False): "progress_inside",
    ("confirm_resolved", False, False): "said_resolved",
    ("confirm_explained", False, False): "said_explained",
    ("object", False, False): "said_no",
    ("reopen", False, False): "came_back",
}
VERBS: dict[str, tuple[str, str, Sentence]] = {
    "submit": ("users", "", _submitted),
    "resubmit": ("users", "", lambda *_facts: _("added the details and submitted it again")),
    "route": ("arrow-right", "", _sent),
    "route_at_once": ("arrow-right", "", _went),
    "send_back": ("arrow-back-up", "amber", lambda *_facts: _("asked the team for details")),
    "accept": (
        "check",
        "",
        _with_name(lambda name: _("accepted it, case handler: %(name)s") % {"name": name}, "handler_name"),
    ),
    "assign_handler": (
        "user-check",
        "",
        _with_name(lambda name: _("named %(name)s as case handler") % {"name": name}, "handler_name"),
    ),
    "return": (
        "arrow-back-up",
        "amber",
        _with_name(lambda unit: _("returned it and proposes %(unit)s") % {"unit": unit}, "unit_name"),
    ),
    "rule": (
        "gavel",
        "blue",
        _with_name(lambda unit: _("ruled on the return: %(unit)s handles it") % {"unit": unit}, "unit_name"),
    ),
    "escalate": ("stairs-up", "blue", _escalated),
    "progress": ("eye", "blue", lambda *_facts: _("updated the answer to residents")),
    "progress_inside": ("notes", "", lambda *_facts: _("noted progress")),
    "resolve": ("circle-check", "blue", lambda *_facts: _("handed in the result")),
    "explain": ("info-circle", "blue", lambda *_facts: _("explained why it cannot be solved")),
    "uphold": ("checks", "", lambda *_facts: _("agreed with the explanation (second opinion)")),
    "overturn": ("x", "red", lambda *_facts: _("did not agree with the explanation (second opinion)")),
    "tell": ("phone", "", lambda *_facts: _("tried to tell the resident")),
    "confirm_resolved": ("circle-check", "green", lambda *_facts: _("told the resident; it is resolved")),
    "confirm_explained": ("circle-check", "green", lambda *_facts: _("told the resident; it is explained")),
    "object": ("message-circle", "amber", lambda *_facts: _("told the resident, who does not accept it")),
    "ask_extension": ("calendar-time", "", lambda *_facts: _("asked for an extension")),
    "grant_extension": ("calendar-time", "", _granted),
    "refuse_extension": ("calendar-off", "", lambda *_facts: _("refused the extension")),
    "ask_lawyer": ("scale", "violet", lambda *_facts: _("asked the lawyer for an opinion")),
    "legal_opinion": ("scale", "violet", lambda *_facts: _("wrote a legal opinion")),
    "reopen": ("repeat", "amber", lambda *_facts: _("reopened it")),
    "follow_up": ("repeat", "blue", lambda *_facts: _("planned a follow-up visit")),
    "followed_up": ("eye", "blue", _followed_up),
    "said_resolved": ("circle-check", "green", lambda *_facts: _("The resident says it is resolved")),
    "said_explained": ("circle-check", "green", lambda *_facts: _("The resident has read the explanation")),
    "said_no": ("message-circle", "amber", lambda *_facts: _("The resident does not accept the answer")),
    "came_back": ("repeat", "amber", lambda *_facts: _("Opened again: the resident says so, or its review day came")),
    "promise_heard": (
        "speakerphone",
        "",
        _at_the_visit(gettext_lazy("reported back at the visit on %(day)s: residents heard it")),
    ),
    "promise_accepted": (
        "speakerphone",
        "green",
        _at_the_visit(gettext_lazy("reported back at the visit on %(day)s: residents accept it")),
    ),
    "promise_objected": (
        "message-circle",
        "amber",
        _at_the_visit(gettext_lazy("reported back at the visit on %(day)s: residents object")),
    ),
    "reveal": ("lock-open", "", lambda *_facts: _("looked at the name and number")),
}
