"""The five numbers at the top of the dashboard, each against the quarter before at the same point."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from dashboard.charts import Links, links
from dashboard.figures import QuarterFigures, Slice
from dashboard.satisfaction import Satisfaction
from dashboard.tallies import Tally


@dataclass(frozen=True)
class Tile:
    """A row of _parts/tile.html. `better` says whether the change is good news; None is plain."""

    label: str
    value: Any
    url: str
    unit: str = ""
    note: str = ""
    better: bool | None = None
    points: Sequence[Any] = ()
    tone: str = ""


def tiles(figures: QuarterFigures, satisfaction: Satisfaction | None, survey_url: str) -> list[Tile]:
    """Five numbers; the satisfaction of residents takes the place of the closed rate once it is known."""
    tally, before, here = figures.district.tally, figures.before, links(figures.quarter)
    past = [item for _name, item in figures.trend]
    last = _rated(satisfaction, survey_url) if satisfaction else _closed(tally, before, here, past)
    return [
        _visits(figures.district, here),
        Tile(
            _("Issues received"),
            tally.received,
            here.received,
            note=_more(tally.received - before.received)
            if before
            else _("%(open)s of them open") % {"open": tally.open},
            points=[item.received for item in past],
        ),
        Tile(
            _("Resolved rate"),
            bare_percent(tally.resolved_rate),
            here.resolved,
            unit=_of(tally.resolved, tally.received),
            points=[item.resolved_rate for item in past],
            tone="b",
            **_change(tally.resolved_rate, before.resolved_rate if before else None),
        ),
        _overdue(tally, before, here),
        last,
    ]


def _visits(district: Slice, here: Links) -> Tile:
    progress = district.progress
    words = _("%(all)s residents came, %(mean)s a visit")
    mean = progress.mean_residents
    note = words % {"all": f"{progress.residents:,}", "mean": mean} if mean is not None else _("no visit held yet")
    return Tile(_("Concentrated visits"), progress.done, here.held, unit=f"/ {progress.visits}", note=note)


def _overdue(tally: Tally, before: Tally | None, here: Links) -> Tile:
    more = tally.overdue - before.overdue if before else 0
    note = _more(more) if before else _("of %(open)s open") % {"open": tally.open}
    return Tile(_("Overdue, still open"), tally.overdue, here.overdue, note=note, better=more < 0 if more else None)


def _closed(tally: Tally, before: Tally | None, here: Links, past: list[Tally]) -> Tile:
    return Tile(
        _("Closed rate"),
        bare_percent(tally.closed_rate),
        here.closed,
        unit=_of(tally.closed, tally.received),
        points=[item.closed_rate for item in past],
        tone="b",
        **_change(tally.closed_rate, before.closed_rate if before else None),
    )


def _rated(satisfaction: Satisfaction, url: str) -> Tile:
    words = _("%(n)s answers of %(year)s's survey") % {"n": f"{satisfaction.overall.n:,}", "year": satisfaction.year}
    return Tile(_("Satisfaction of residents"), bare_percent(satisfaction.overall.rate), url, unit="%", note=words)


def _of(part: int, whole: int) -> str:
    """The n of a rate, beside it."""
    return f"% · {part}/{whole}" if whole else ""


def _more(difference: int) -> str:
    if not difference:
        return _("as many as last quarter at this point")
    words = (
        _("%(n)s more than last quarter at this point")
        if difference > 0
        else _("%(n)s fewer than last quarter at this point")
    )
    return words % {"n": abs(difference)}


def _change(now: Decimal | None, before: Decimal | None) -> dict[str, Any]:
    """The difference of two rates in points, as note and judgement."""
    if now is None or before is None:
        return {}
    points = ((now - before) * 100).quantize(Decimal("0.1"))
    if not points:
        return {"note": _("the same as last quarter at this point")}
    words = (
        _("%(n)s points up on last quarter at this point")
        if points > 0
        else _("%(n)s points down on last quarter at this point")
    )
    return {"note": words % {"n": abs(points)}, "better": points > 0}


def bare_percent(share: Decimal | None) -> str:
    """Without its sign, which a tile writes smaller."""
    return "–" if share is None else f"{share * 100:.1f}"
