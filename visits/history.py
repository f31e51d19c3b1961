"""The past of a visit in sentences, read from its events."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.clock import SHANGHAI
from core.events import history_of
from core.localized import pick
from core.models import Event
from core.templatetags.core import zhday, zhdaytime
from visits.models import Visit, VisitStatus

SENTENCES = {
    "create": _("created the visit"),
    "schedule": _("scheduled it for %(place)s"),
    "move": _("moved it to %(place)s"),
    "unschedule": _("took it off the calendar"),
    "announce": _("announced it to the team and the secretary"),
    "hold": _("noted that the meeting is over"),
    "record": _("handed in the record: %(residents)s residents"),
    "confirm": _("confirmed the record"),
    "dispute": _("disputed the record"),
    "answer": _("answered the secretary"),
    "accept_late": _("accepted the late record"),
    "refuse_late": _("did not accept the late record"),
    "close": _("closed the visit"),
    "cancel": _("cancelled the visit"),
    "reinstate": _("took the visit up again"),
    "prepare": _("prepared: %(step)s"),
    "unprepare": _("not prepared after all: %(step)s"),
    "invite": _("counted the guests: %(total)s invited"),
    "add_topic": _("noted a topic residents want to speak about"),
    "remove_topic": _("took a topic out again"),
    "take_topic": _("wrote a topic down as an issue"),
}
ICONS = {
    "create": "plus",
    "schedule": "calendar-plus",
    "move": "calendar-time",
    "unschedule": "arrow-back-up",
    "announce": "speakerphone",
    "hold": "users",
    "record": "clipboard-check",
    "confirm": "circle-check",
    "dispute": "alert-triangle",
    "answer": "message-circle",
    "accept_late": "circle-check",
    "refuse_late": "alert-triangle",
    "close": "check",
    "cancel": "calendar-off",
    "reinstate": "repeat",
    "prepare": "checklist",
    "unprepare": "arrow-back-up",
    "invite": "users-group",
    "add_topic": "message-circle",
    "remove_topic": "trash",
    "take_topic": "message-report",
}
TONES = {"move": "amber", "cancel": "red", "close": "green"}
TONES |= {"confirm": "green", "dispute": "red", "refuse_late": "red"}


@dataclass(frozen=True)
class Entry:
    """A row of _parts/history.html."""

    who: str
    text: str
    at: datetime
    more: str
    icon: str
    tone: str
    verb: str = ""
    before: str = ""
    planned: date | None = None


def entries(visit: Visit) -> list[Entry]:
    return [_entry(event) for event in history_of(visit)[:60]]


def moved_from(history: list[Entry]) -> str:
    """Where the visit was when people were told; newest first, so a later announcement ends the search."""
    told = next((entry for entry in history if entry.verb in ("move", "announce")), None)
    return told.before if told and told.verb == "move" else ""


def _entry(event: Event) -> Entry:
    return Entry(
        who=event.actor_name,
        text=sentence(event),
        at=event.occurred_at,
        more=_more(event),
        icon=ICONS.get(event.verb, "circle-dot"),
        tone=TONES.get(event.verb, ""),
        verb=event.verb,
        before=_before(event.payload) if event.payload.get("status") == VisitStatus.ANNOUNCED else "",
        planned=_planned(event),
    )


def sentence(event: Event) -> str:
    """What somebody did: moved it to 10月9日（周五）14:00."""
    facts: dict[str, Any] = {
        "residents": event.payload.get("residents", ""),
        "place": place_words(event.payload),
        "step": pick(event.payload.get("step_zh", ""), event.payload.get("step_en", "")),
        "total": event.payload.get("total", ""),
    }
    return str(SENTENCES.get(event.verb, event.verb)) % facts


def place_words(facts: dict[str, Any]) -> str:
    """10月9日（周五）14:00，春申坊活动室."""
    if not facts.get("day"):
        return ""
    day, hour = date.fromisoformat(facts["day"]), time.fromisoformat(facts["starts_at"])
    when = zhdaytime(datetime.combine(day, hour, tzinfo=SHANGHAI))
    return str(_("%(when)s, %(venue)s") % {"when": when, "venue": facts["venue"]}) if facts.get("venue") else when


def _before(payload: dict[str, Any]) -> str:
    """The place in time it had, if it had one."""
    before = payload.get("before") or {}
    return place_words(before) if before.get("day") else ""


def _planned(event: Event) -> date | None:
    """The day a meeting was planned for that was on another one."""
    before = event.payload.get("before") if event.verb in ("hold", "record") else None
    return date.fromisoformat(before["day"]) if before else None


def _more(event: Event) -> str:
    """What it was before, and every reason that was given."""
    payload, before, lines = event.payload, _before(event.payload), []
    if planned := _planned(event):
        days = {"day": zhday(date.fromisoformat(payload["day"])), "planned": zhday(planned)}
        lines = [str(_("The meeting was on %(day)s; planned was %(planned)s.") % days)]
    elif before:
        lines = [str(_("Before: %(place)s") % {"place": before})]
    lines += [payload[name] for name in ("note", "outside_reason", "clash_reason", "late_reason") if payload.get(name)]
    return "\n".join(lines)
