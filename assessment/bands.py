"""How the teams of a run spread over the bands: counts and a strip drawn to scale. Bands, never places."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count
from django.utils.translation import gettext as _

from assessment.models import ScoreRun, ScoreSheet
from assessment.rules import FULL_MARKS, Band, Rules

THINNEST = Decimal(1)
WIDE, WIDE_AT_THE_EDGE = Decimal(22), Decimal(15)


@dataclass(frozen=True)
class Segment:
    """`x` and `width` are per cent of the strip; `points` the range in words; `mine` the band of the sheet shown.

    `is_wide`: its words fit under it on a desk; the last one's end at the right edge and may lean to the left.
    """

    band: Band
    points: str
    n: int
    x: Decimal
    width: Decimal
    mine: bool
    is_wide: bool

    @property
    def right(self) -> Decimal:
        """Where the last segment's words end."""
        return self.x + self.width


@dataclass(frozen=True)
class Strip:
    """Lowest band first. `marker` is where the shown sheet's total stands, None without one."""

    segments: list[Segment]
    teams: int
    marker: Decimal | None


def strip_of(run: ScoreRun, rules: Rules, sheet: ScoreSheet | None = None) -> Strip:
    """One query."""
    rows = ScoreSheet.objects.filter(run=run).order_by().values_list("band").annotate(n=Count("pk"))
    return draw(dict(rows), rules, sheet.total if sheet else None)


def draw(counts: dict[str, int], rules: Rules, total: Decimal | None) -> Strip:
    """The strip for `{band code: teams}`; a band with one team of hundreds can still be seen."""
    teams = sum(counts.values())
    mine = rules.band_of(total).code if total is not None else ""
    raw = [max(Decimal(100 * counts.get(band.code, 0)) / (teams or 1), THINNEST) for band in rules.bands]
    segments, x, marker = [], Decimal(0), None
    for band, share, upper in zip(rules.bands, raw, _uppers(rules), strict=True):
        width = share * 100 / sum(raw)
        if band.code == mine and total is not None:
            marker = x + width * _clamped((total - band.from_points) / (upper - band.from_points))
        points = _range(band.from_points, upper)
        wide = width >= (WIDE_AT_THE_EDGE if upper == FULL_MARKS else WIDE)
        segments.append(Segment(band, points, counts.get(band.code, 0), _two(x), _two(width), band.code == mine, wide))
        x += width
    return Strip(segments, teams, _two(marker) if marker is not None else None)


def _uppers(rules: Rules) -> list[Decimal]:
    """Where each band ends: at the next one's beginning, the last at full marks."""
    return [*(band.from_points for band in rules.bands[1:]), FULL_MARKS]


def _range(lower: Decimal, upper: Decimal) -> str:
    """`80–89.9`, `90–100`, `below 60`."""
    if lower == 0:
        return _("below %(points)s") % {"points": _short(upper)}
    return f"{_short(lower)}–{_short(upper if upper == FULL_MARKS else upper - Decimal('0.1'))}"


def _short(value: Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def _clamped(share: Decimal) -> Decimal:
    return min(max(share, Decimal("0.02")), Decimal("0.98"))


def _two(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))
