"""The rates of two years as lines, drawn by the server: figures in, points of an SVG out."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dashboard.quarters import in_short
from dashboard.tallies import Tally
from dashboard.tiles import bare_percent

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340, 190, 38, 52, 10, 24


@dataclass(frozen=True)
class Line:
    """One line of the chart: its points for an SVG polyline, and where its last value is written.

    `unsure` is the last stretch while its quarter is under way: most of its issues have not had their time yet.
    """

    tone: str
    points: str
    unsure: str
    dots: list[tuple[float, float]]
    last: str
    at: tuple[float, float]


@dataclass(frozen=True)
class LineChart:
    lines: list[Line]
    grid: list[tuple[float, str]]
    names: list[tuple[float, str]]
    label: str
    under_way: bool


def trend_chart(trend: list[tuple[str, Tally]], now: str) -> LineChart | None:
    """Resolved and closed rate by quarter; nothing to draw before there are two. `now` is the quarter under way."""
    known = [(name, tally) for name, tally in trend if tally.received]
    if len(known) < 2:
        return None
    rates = {
        "cl": [_in_hundred(tally.closed_rate) for _name, tally in known],
        "re": [_in_hundred(tally.resolved_rate) for _name, tally in known],
    }
    low = max(int(min(rates["cl"] + rates["re"]) // 20 * 20), 0)
    step = (WIDTH - LEFT - RIGHT) / (len(known) - 1)
    across = [round(LEFT + at * step, 1) for at in range(len(known))]
    under_way = known[-1][0] == now
    lines = [_line(tone, across, values, low, under_way) for tone, values in rates.items()]
    return LineChart(_apart(lines), _grid(low), _names(across, known), _spoken(known), under_way)


def _in_hundred(rate: Decimal | None) -> Decimal:
    return Decimal(0) if rate is None else rate * 100


def _grid(low: int) -> list[tuple[float, str]]:
    return [(_down(Decimal(value), low), f"{value}%") for value in range(low, 101, 20)]


def _names(across: list[float], known: list[tuple[str, Tally]]) -> list[tuple[float, str]]:
    """Under the points, from the last one back: every second where they would stand too close."""
    every = 1 if len(known) <= 4 else 2
    return [(x, in_short(name)) for x, (name, _tally) in list(zip(across, known, strict=True))[::-1][::every]]


def _line(tone: str, across: list[float], values: list[Decimal], low: int, under_way: bool) -> Line:
    dots = [(x, _down(value, low)) for x, value in zip(across, values, strict=True)]
    points = [f"{x},{y}" for x, y in dots]
    firm, unsure = (points[:-1], points[-2:]) if under_way else (points, [])
    return Line(tone, " ".join(firm), " ".join(unsure), dots, f"{values[-1]:.1f}%", (dots[-1][0] + 6, dots[-1][1]))


def _down(value: Decimal, low: int) -> float:
    return round(TOP + float(100 - value) / (100 - low) * (HEIGHT - TOP - BOTTOM), 1)


def _apart(lines: list[Line]) -> list[Line]:
    """Values written at the ends of two lines that nearly meet are moved away from each other, above the names."""
    upper, lower = lines
    gap = lower.at[1] - upper.at[1]
    if gap >= 14:
        return lines
    middle = min((lower.at[1] + upper.at[1]) / 2, HEIGHT - BOTTOM - 14)
    return [
        replace(upper, at=(upper.at[0], middle - 7)),
        replace(lower, at=(lower.at[0], middle + 7)),
    ]


def _spoken(known: list[tuple[str, Tally]]) -> str:
    return pgettext("between names", ", ").join(
        _("%(quarter)s: resolved %(resolved)s, closed %(closed)s")
        % {
            "quarter": in_short(name),
            "resolved": f"{bare_percent(tally.resolved_rate)}%",
            "closed": f"{bare_percent(tally.closed_rate)}%",
        }
        for name, tally in known
    )
