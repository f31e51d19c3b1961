"""What rules look at: things with an anchor date, the people who should know, and whether it is still true.

An app above lists its sources in settings.REMINDER_SOURCES by the dotted path of a function that returns them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from core.clock import SHANGHAI
from core.wiring import load
from notifications.rules import Anchor, WorkingDays, day_of

DAY = timedelta(days=1)
Key = tuple[int, str]  # subject's id, period
People = Mapping[str, Mapping[int, Collection[int]]]  # audience → subject's id → people


@dataclass(frozen=True)
class Ask:
    """Which things: those whose anchor lies from `first` to `last`, or those with these ids whatever their anchor."""

    at: datetime
    first: date = date.min
    last: date = date.max
    ids: frozenset[int] | None = None

    def narrow(self, rows: Any, anchor: str) -> Any:
        """A QuerySet with only what is asked for; `anchor` is its field of dates or moments."""
        if self.ids is not None:
            return rows.filter(pk__in=self.ids)
        return rows.filter(**{f"{anchor}__range": (self.first, self.last)})

    def narrow_moments(self, rows: Any, anchor: str) -> Any:
        """The same where the anchor is a moment."""
        if self.ids is not None:
            return rows.filter(pk__in=self.ids)
        start, end = (datetime.combine(day, time(0), tzinfo=SHANGHAI) for day in (self.first, self.last + DAY))
        return rows.filter(**{f"{anchor}__gte": start, f"{anchor}__lt": end})


@dataclass(frozen=True)
class Subject:
    """A thing that is true now. `facts` and `url` are what the message says; `row` is for the source's own audience."""

    id: int
    anchor: Anchor
    facts: dict[str, Any]
    url: str = ""
    period: str = ""
    kind: str = ""
    row: Any = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> Key:
        """The period is the anchor's day unless the source says another."""
        return self.id, self.period or day_of(self.anchor).isoformat()


@dataclass(frozen=True)
class Source:
    """`subjects` gives only what is true now, so asking it again is `still_true`.

    `audience(subjects, names, day)` gives the people of each audience, in as many queries for one subject as for ten
    thousand. `audiences` are the names a rule may use, each with its words.
    `in_app` is off for what is in the inbox already and only has to leave the app.
    """

    name: str
    label: str | Promise
    subject_type: str
    audiences: Mapping[str, str | Promise]
    subjects: Callable[[Ask], Iterable[Subject]]
    audience: Callable[[list[Subject], Collection[str], date], People]
    in_app: bool = True

    def still_true(self, keys: Collection[Key], at: datetime) -> set[Key]:
        """Those of them that hold and have not moved to another day."""
        asked = Ask(at, ids=frozenset(pk for pk, _period in keys))
        return {subject.key for subject in self.subjects(asked)} & set(keys)


@cache
def sources() -> dict[str, Source]:
    """Every source there is, by name."""
    found = [source for listed in load("REMINDER_SOURCES") for source in listed()]
    return {source.name: source for source in found}


def working_days(first: date, last: date) -> WorkingDays:
    """The district's calendar, from the app above that keeps it (settings.WORKING_DAYS)."""
    return import_string(settings.WORKING_DAYS)(first, last)
