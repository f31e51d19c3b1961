"""Whom a rule would tell, a page of people at a time, each with what they would hear of."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.paging import Page, page_of
from notifications.models import ReminderRule
from notifications.preview import Line, Preview
from notifications.texts import subject_of
from notifications.words import channel_label
from teams.models import User

SHOWN = 3


@dataclass(frozen=True)
class Told:
    person: User
    about: list[str]
    more: int
    goes_at: datetime


def told_context(rule: ReminderRule, preview: Preview, cursor: str) -> dict[str, Any]:
    """How many, by which way, and a page of the people, as dashboard/_told.html shows them."""
    return {
        "preview": preview,
        "people": len(preview.people),
        "by_channel": [(channel_label(name), n) for name, n in preview.by_channel.items()],
        "page": told_page(rule, preview, cursor),
        "is_off": not rule.is_active,
    }


def told_page(rule: ReminderRule, preview: Preview, cursor: str) -> Page:
    """One query, however many people there are."""
    people = User.objects.filter(pk__in=preview.people).select_related("unit")
    page = page_of(people, order=["name_key", "pk"], cursor=cursor)
    lines = preview.of({person.pk for person in page.rows})
    return replace(page, rows=[_told(rule, person, lines[person.pk]) for person in page.rows])


def _told(rule: ReminderRule, person: User, lines: list[Line]) -> Told:
    subjects = [subject_of(line.due.kind(rule), line.due.subject.facts) for line in lines[:SHOWN]]
    return Told(person, list(dict.fromkeys(subjects)), len(lines) - SHOWN, min(line.goes_at for line in lines))
