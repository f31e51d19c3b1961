"""The past of an issue in sentences, one for each event, with the words people wrote behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Event
from core.templatetags.core import zhdate
from issues.models import Channel, Outcome, Reaction
from issues.services.answers import REVIEW_DAY

if TYPE_CHECKING:
    from issues.story import Story, Words


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


def entry_of(event: Event, story: "Story") -> Entry:
    facts = event.payload
    public = bool(facts.get("public"))
    verb = SPECIAL.get((event.verb, bool(event.actor_name), public), event.verb)
    icon, tone, sentence = VERBS.get(verb, ("circle-dot", "", lambda _story, _facts: event.verb))
    return Entry(
        icon=icon,
        tone=tone,
        who=event.actor_name,
        text=str(sentence(story, facts)),
        at=event.occurred_at,
        more=_more(event, story),
        quote=story.issue.original_text if event.verb == "submit" else "",
        public=public,
    )


def _more(event: Event, story: "Story") -> str:
    """The words behind an event, one paragraph each."""
    parts = []
    for kind in ("reply", "extension", "explanation", "feedback", "opinion"):
        pk = event.payload.get(kind)
        if pk and not (kind == "extension" and event.verb != "ask_extension"):
            parts += _paragraphs(kind, story.words_of(kind, pk), event.verb)
    if pk := event.payload.get("return"):
        words = story.words_of("return", pk)
        parts.append(words.more[0] if event.verb == "rule" else words.text)
    return "\n".join(part for part in parts if part)


def _paragraphs(kind: str, words: "Words", verb: str) -> list[str]:
    if kind == "feedback":
        return _feedback(words)
    if kind == "explanation":
        return explanation(words) if verb == "explain" else []
    return [words.text]


def _feedback(words: "Words") -> list[str]:
    channel, told_on, reaction, note = words.more
    told = _("Told %(person)s (%(channel)s) on %(day)s") % {
        "person": words.text or _("the resident"),
        "channel": Channel(channel).label if channel in Channel.values else channel,
        "day": zhdate(date.fromisoformat(told_on)),
    }
    return [told, _("How it was taken: %(reaction)s") % {"reaction": Reaction(reaction).label}, note]


def explanation(words: "Words") -> list[str]:
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


Sentence = Callable[["Story", dict[str, Any]], str]


def _submitted(story: "Story", _facts: dict[str, Any]) -> str:
    writer = next((event.actor_name for event in reversed(story.events) if event.verb == "log"), "")
    return _("submitted it, written down by %(name)s") % {"name": writer} if writer else _("submitted it")


def _sent(story: "Story", facts: dict[str, Any]) -> str:
    """By the office, or at once by the rules."""
    values = {"level": story.level_name(facts), "unit": facts.get("unit_name", ""), "due": _day(facts, "due_on")}
    return _("sent it to %(unit)s (%(level)s), answer by %(due)s") % values


def _went(story: "Story", facts: dict[str, Any]) -> str:
    values = {"level": story.level_name(facts), "unit": facts.get("unit_name", ""), "due": _day(facts, "due_on")}
    return _("Went straight to %(unit)s (%(level)s), answer by %(due)s") % values


def _escalated(story: "Story", facts: dict[str, Any]) -> str:
    return _("escalated it: %(level)s") % {"level": story.level_name(facts)}


def _with_name(sentence: Callable[[str], str], key: str) -> Sentence:
    return lambda _story, facts: sentence(facts.get(key, ""))


def _granted(_story: "Story", facts: dict[str, Any]) -> str:
    values = {"day": _day(facts, "due_on"), "old": _day(facts, "old_due_on")}
    return _("granted the extension to %(day)s (it was due on %(old)s)") % values


def _came_back(_story: "Story", facts: dict[str, Any]) -> str:
    """In what was written down before the two were told apart, the words behind it say which it was."""
    if facts.get(REVIEW_DAY):
        return _("Opened again: the review day of its explanation has come")
    return _("Opened again: the resident says so, or its review day came")


def _followed_up(_story: "Story", facts: dict[str, Any]) -> str:
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
    "came_back": ("repeat", "amber", _came_back),
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
