"""Figures arranged for the bars and tables of a page: segments, words, and the address behind every number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dashboard import drill
from dashboard.figures import NOTHING, Slice
from dashboard.quarters import round_of_quarter
from dashboard.satisfaction import Share
from dashboard.tallies import Tally

Segment = tuple[str, int, str, str]
LEAST_CLOSED = 10  # a median of fewer says nothing


class Links:
    """The lists behind the numbers of one slice; an address is written when a page asks for it."""

    def __init__(self, quarter: str, here: Mapping[str, str]) -> None:
        lacking = {name: "" for name, key in here.items() if key == NOTHING}
        self._here = drill.issues(quarter, lacks=next(iter(lacking), ""), **{**here, **lacking})
        self._quarter, self._street = quarter, here.get("street", "")

    @property
    def received(self) -> str:
        return f"{self._here}&view=all"

    @property
    def resolved(self) -> str:
        return f"{self._here}&view=all&status=resolved"

    @property
    def explained(self) -> str:
        return f"{self._here}&view=all&status=explained"

    @property
    def closed(self) -> str:
        return f"{self._here}&view=all&status=closed"

    @property
    def open(self) -> str:
        return f"{self._here}&view=open"

    @property
    def in_time(self) -> str:
        return f"{self._here}&view=in_time"

    @property
    def overdue(self) -> str:
        return f"{self._here}&view=overdue"

    @property
    def held(self) -> str:
        return drill.visits(round_of_quarter(self._quarter), status="done", street=self._street)


@dataclass(frozen=True)
class Row:
    """A slice with its lists and its bar: segments, the longest bar's length, a sentence for screen readers."""

    slice: Slice
    links: Links
    segments: list[Segment]
    longest: int
    label: str
    share: Share | None = None

    @property
    def median(self) -> int | None:
        return self.slice.median_days if self.slice.median_n >= LEAST_CLOSED else None


def links(quarter: str, **here: str) -> Links:
    return Links(quarter, here)


def rows(
    quarter: str, slices: Sequence[Slice], facet: str, shares: Mapping[int, Share] | None = None, **more: str
) -> list[Row]:
    """`facet` is the filter that the slices' keys are values of, `more` are filters that hold for all of them."""
    longest = max((item.tally.received for item in slices), default=0)
    found = []
    for item in slices:
        here = links(quarter, **{facet: item.key}, **more)
        share = shares.get(item.thing.pk) if shares and item.thing else None
        found.append(Row(item, here, _segments(item.tally, here), longest, _sentence(item), share))
    return found


def _segments(tally: Tally, here: Links) -> list[Segment]:
    parts = [
        ("ok", tally.resolved, here.resolved, _("resolved")),
        ("ex", tally.explained, here.explained, _("explained")),
        ("go", tally.in_time, here.in_time, _("open")),
        ("od", tally.overdue, here.overdue, _("overdue")),
    ]
    return [(tone, n, url, f"{word} {n}") for tone, n, url, word in parts if n]


def _sentence(item: Slice) -> str:
    return _("%(name)s: %(received)s received, %(resolved)s resolved, %(explained)s explained, %(overdue)s overdue") % {
        "name": item.name,
        "received": item.tally.received,
        "resolved": item.tally.resolved,
        "explained": item.tally.explained,
        "overdue": item.tally.overdue,
    }
