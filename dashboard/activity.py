"""The event log as people read it: when, who, what was done, and to which thing.

The log keeps ids, not names, so names are looked up: one query for each kind of thing on the page.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.apps import apps
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Event
from core.rows import join_rows
from core.statements import Statement, written
from core.templatetags.core import zhmoment
from core.transitions import Machine
from issues.models import Issue, IssueStatus
from issues.transitions import ISSUE
from teams.transitions import NOMINATION
from visits.transitions import CONFIRMATION, LATENESS, PLAN, REQUEST, ROUND, VISIT

NOBODY = -1

MACHINES: dict[str, Machine] = {
    "issues.issue": ISSUE,
    "visits.visit": Machine(*VISIT, *CONFIRMATION, *LATENESS),
    "visits.round": ROUND,
    "visits.planrun": PLAN,
    "visits.visitrequest": REQUEST,
    "teams.nomination": NOMINATION,
}
VERBS = {
    "create": _("Created"),
    "import": _("Imported"),
    "load": _("Loaded with the programme"),
    "log": _("Written down"),
    "change": _("Changed"),
    "photos": _("Photos changed"),
    "follow_up": _("Follow-up visit planned"),
    "followed_up": _("Looked at again on a follow-up visit"),
    "promise_heard": _("Reported back at a visit: residents heard it"),
    "promise_accepted": _("Reported back at a visit: residents accept it"),
    "promise_objected": _("Reported back at a visit: residents object"),
    "prepare": _("A step of the preparation done"),
    "unprepare": _("A step of the preparation not done after all"),
    "invite": _("Guests counted"),
    "add_topic": _("Topic of residents noted"),
    "remove_topic": _("Topic of residents taken out"),
    "take_topic": _("Topic written down as an issue"),
    "brief": _("Added to the briefing pack"),
    "unbrief": _("Taken out of the briefing pack"),
    "brief_document": _("Document added to the briefing pack"),
    "unbrief_document": _("Document taken out of the briefing pack"),
    "check": _("Record found right as it is"),
    "remove": _("Draft removed"),
    "reveal": _("Looked at the resident's number"),
    "export_ledger": _("Took the ledger along"),
    "take_back": _("Taken back"),
    "make_feed": _("Calendar address made"),
    "switch_feed_off": _("Calendar address switched off"),
    "subscribe": _("Own calendar subscribed"),
    "unsubscribe": _("Own calendar read no longer"),
    "allow": _("Allowed"),
    "forbid": _("Allowed no longer"),
    "read_calendar": _("Own calendar read"),
    "grant": _("Role given"),
    "revoke": _("Role taken back"),
    "replace": _("Seat taken over"),
    "vacate": _("Seat left"),
    "nominate": _("Nominated"),
    "pair": _("Paired"),
    "end_pairing": _("Pairing ended"),
    "deactivate": _("Account closed"),
    "reactivate": _("Account opened again"),
    "password_link": _("Password link made"),
    "change_password": _("Password changed"),
    "ask_for_email": _("Another e-mail address asked for"),
    "confirm_email": _("E-mail address confirmed"),
    "change_email": _("E-mail address changed"),
    "refuse_email": _("Change of address refused from the old one"),
    "withdraw_email": _("Change of address withdrawn"),
    "ask_for_phone": _("Another mobile number asked for"),
    "change_phone": _("Mobile number changed"),
    "refuse_phone": _("Change of number ended after wrong codes"),
    "withdraw_phone": _("Change of number withdrawn"),
    "set_large_text": _("Large text chosen"),
    "tested": _("Tested"),
    "send_by_hand": _("Reminders sent by hand"),
    "try_again": _("Sent once more"),
    "say_arrived": _("Said to have arrived"),
    "created": _("Created"),
    "edited": _("Changed"),
    "cards_made": _("Cards made"),
    "cards_voided": _("Cards made void"),
    "opened": _("Opened"),
    "closed": _("Closed"),
    "approved_first": _("First approval"),
    "approved": _("Approved"),
    "rated": _("Points given by the office"),
    "computed": _("Computed"),
    "published": _("Published"),
}
# Verbs that say something else of other things.
OF_TYPE = {
    ("notifications.restore", "release"): _("Held messages decided on"),
    ("visits.planrun", "ask"): _("Plan asked for"),
}
TYPES = {
    "issues.issue": pgettext_lazy("thing", "Issue"),
    "issues.level": pgettext_lazy("thing", "Level"),
    "issues.category": pgettext_lazy("thing", "Category"),
    "issues.deadlinerule": pgettext_lazy("thing", "Time limit"),
    "issues.responsibility": pgettext_lazy("thing", "Responsibility"),
    "notifications.reminderrule": pgettext_lazy("thing", "Reminder rule"),
    "notifications.channelsetup": pgettext_lazy("thing", "Channel"),
    "visits.visit": pgettext_lazy("thing", "Visit"),
    "visits.round": pgettext_lazy("thing", "Round"),
    "visits.planrun": pgettext_lazy("thing", "Plan of the round"),
    "visits.visitrequest": pgettext_lazy("thing", "Request for a visit"),
    "visits.similarrecord": pgettext_lazy("thing", "Similar records"),
    "visits.visitkind": pgettext_lazy("thing", "Kind of visit"),
    "visits.calendarday": pgettext_lazy("thing", "Day of the calendar"),
    "visits.outsidecalendar": pgettext_lazy("thing", "Own calendar"),
    "visits.calendarhost": pgettext_lazy("thing", "Calendar server"),
    "visits.calendarfeed": pgettext_lazy("thing", "Calendar address"),
    "visits.busytime": pgettext_lazy("thing", "Busy time"),
    "teams.programme": pgettext_lazy("thing", "Programme"),
    "teams.teamtemplate": pgettext_lazy("thing", "Team template"),
    "teams.seatkind": pgettext_lazy("thing", "Kind of seat"),
    "teams.team": pgettext_lazy("thing", "Team"),
    "teams.seat": pgettext_lazy("thing", "Seat"),
    "teams.nomination": pgettext_lazy("thing", "Nomination"),
    "teams.user": pgettext_lazy("thing", "Person"),
    "teams.orgunit": pgettext_lazy("thing", "Unit"),
    "teams.area": pgettext_lazy("thing", "Residential area"),
    "notifications.sentbyhand": pgettext_lazy("thing", "Reminder"),
    "notifications.delivery": pgettext_lazy("thing", "Message"),
    "notifications.restore": pgettext_lazy("thing", "Backup that was restored"),
    "notifications.preference": pgettext_lazy("thing", "Wishes for reminders"),
    "assessment.survey": pgettext_lazy("thing", "Survey"),
    "assessment.ruleset": pgettext_lazy("thing", "Rules of the appraisal"),
    "assessment.officerating": pgettext_lazy("thing", "Rating by the office"),
    "assessment.scorerun": pgettext_lazy("thing", "Computation of scores"),
}
# What is read of things there are very many of.
SHOWN = {"issues.issue": ("code", "status")}
# What the name of a thing is made of.
NAMED_BY: dict[str, tuple[str, ...]] = {
    "visits.visit": ("area",),
    "visits.planrun": ("round",),
    "visits.visitrequest": ("area",),
    "visits.similarrecord": ("visit__area",),
    "teams.seat": ("team", "kind"),
    "teams.nomination": ("user", "seat__team", "seat__kind"),
    "issues.responsibility": ("category", "unit"),
    "issues.deadlinerule": ("level",),
    "assessment.officerating": ("team",),
    "notifications.sentbyhand": ("rule",),
}


@dataclass(frozen=True)
class Entry:
    seq: int
    at: datetime
    recorded_at: datetime
    who: str
    verb: Any
    kind: Any
    name: str
    url: str


ROW = (
    '<tr><td class="nowrap">{}</td><td>{}</td><td>{}</td><td class="wide"><span class="muted">{}</span> {}</td>'
    '<td class="num muted">{}</td></tr>'
)
LINK = '<a href="{}">{}</a>'


def newest() -> models.QuerySet[Event]:
    """The events without what only the check of the log reads."""
    return Event.objects.defer("payload", "previous", "hash")


def entries(events: Iterable[Event]) -> list[Entry]:
    events = list(events)
    things, base = _things(events), reverse("issues:queue")
    return [_entry(event, things.get((event.object_type, event.object_id)), base) for event in events]


def rows_html(rows: Iterable[Entry]) -> SafeString:
    """The rows of the log as one string."""
    words = _Words()
    return join_rows(
        ROW,
        (
            (
                zhmoment(row.at),
                row.who or words[_("the site itself")],
                words[row.verb],
                words[row.kind],
                format_html(LINK, row.url, row.name) if row.url else row.name,
                row.seq,
            )
            for row in rows
        ),
    )


class _Words(dict[Any, str]):
    """Each text translated once a page."""

    def __missing__(self, text: Any) -> str:
        self[text] = str(text)
        return self[text]


def verb_words(object_type: str, verb: str) -> Any:
    """The label of the move, else the word for it, else the verb itself."""
    machine = MACHINES.get(object_type)
    label = next((move.label for move in machine or () if move.name == verb), None)
    return label or OF_TYPE.get((object_type, verb)) or VERBS.get(verb, verb)


def _entry(event: Event, thing: models.Model | None, base: str) -> Entry:
    return Entry(
        seq=event.seq,
        at=event.occurred_at,
        recorded_at=event.recorded_at,
        who=event.actor_name,
        verb=verb_words(event.object_type, event.verb),
        kind=TYPES.get(event.object_type, event.object_type),
        name=_name(thing),
        url=_url(thing, base),
    )


def _things(events: Iterable[Event]) -> dict[tuple[str, int], models.Model]:
    ids: dict[str, set[int]] = defaultdict(set)
    for event in events:
        ids[event.object_type].add(event.object_id)
    found: dict[tuple[str, int], models.Model] = {}
    for label, pks in ids.items():
        things = written("things of the log", label, make=partial(_of_kind, label))
        found |= {(label, row.pk): row for row in things.rows(things=sorted(pks))}
    return found


def _of_kind(label: str) -> Statement:
    rows = apps.get_model(label)._default_manager.filter(pk__in=[NOBODY]).order_by()
    rows = rows.only(*SHOWN[label]) if label in SHOWN else rows
    rows = rows.select_related(*NAMED_BY[label]) if label in NAMED_BY else rows
    return Statement(rows, blanks={NOBODY: "things"})


def _name(thing: models.Model | None) -> str:
    """Nothing of a draft: what it says belongs to its team until it is submitted."""
    return "" if thing is None or _is_draft(thing) else str(thing)


def _url(thing: models.Model | None, base: str) -> str:
    if thing is None or _is_draft(thing) or not hasattr(thing, "get_absolute_url"):
        return ""
    if isinstance(thing, Issue):  # most of the log
        return f"{base}{thing.code}/"
    try:
        return thing.get_absolute_url()
    except NoReverseMatch:
        return ""


def _is_draft(thing: models.Model) -> bool:
    return isinstance(thing, Issue) and thing.status == IssueStatus.DRAFT
