"""A score sheet in words: what was measured, how the points came about, and the rows behind every number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assessment.advice import advice_for
from assessment.models import OfficeRating, ScoreLine, ScoreSheet
from assessment.rules import Indicator, Labelled, Rules
from assessment.wording import COUNTED_WORDS, NOT_COUNTED_WORDS, UNITS
from core.templatetags.core import percent, zhdate
from issues.models import Issue
from teams.models import Area, Membership, Pairing, Team, User
from teams.permissions import Role
from visits.models import Visit

LARGEST_LOSSES = 3


@dataclass(frozen=True)
class Box:
    """One box of the arithmetic: the sign before it, the value, what it is."""

    value: str
    label: str
    sign: str = ""
    is_result: bool = False


@dataclass(frozen=True)
class Reason:
    """Rows that were counted, or not, for the same reason."""

    words: str
    n: int
    amount: str
    rows: list[tuple[str, str]]


@dataclass(frozen=True)
class LineView:
    indicator: Indicator
    points: Decimal
    max_points: Decimal
    data: str
    note: str
    boxes: list[Box] = field(default_factory=list)
    counted: list[Reason] = field(default_factory=list)
    not_counted: list[Reason] = field(default_factory=list)

    @property
    def lost(self) -> Decimal:
        return self.max_points - self.points

    @property
    def amount_counted(self) -> str:
        return self._amount(self.counted)

    @property
    def amount_not_counted(self) -> str:
        return self._amount(self.not_counted)

    def _amount(self, reasons: list[Reason]) -> str:
        return _count(Decimal(sum(reason.n for reason in reasons)), UNITS[self.indicator.formula][0])


@dataclass(frozen=True)
class GroupView:
    group: Labelled
    points: Decimal
    max_points: Decimal
    lines: list[LineView]


@dataclass(frozen=True)
class Losses:
    """Where the points went, largest first, and a sentence on what would help most."""

    total: Decimal
    rows: list[tuple[LineView, bool]]
    most: Decimal
    advice: str

    @property
    def first(self) -> LineView | None:
        return self.rows[0][0] if self.rows else None


Titles = dict[str, dict[int, tuple[str, str]]]


def sheet_view(sheet: ScoreSheet, rules: Rules, user: User) -> list[GroupView]:
    """The sheet by groups. Four queries: lines, visits, issues, the office's rating."""
    lines = {line.indicator: line for line in sheet.lines.all()}
    titles = _titles(lines.values(), rules, user)
    rating = OfficeRating.objects.filter(year=sheet.run.year, team=sheet.team_id).first()
    groups = []
    for group in rules.groups:
        views = [
            _line_view(indicator, lines[indicator.code], titles, rating)
            for indicator in rules.of_group(group.code)
            if indicator.code in lines
        ]
        points = sum((view.points for view in views), Decimal(0))
        groups.append(GroupView(group, points, sum((view.max_points for view in views), Decimal(0)), views))
    return groups


def losses_of(groups: list[GroupView]) -> Losses:
    lines = [line for group in groups for line in group.lines if line.lost > 0]
    lines.sort(key=lambda line: (-line.lost, line.indicator.code))
    rows = [(line, position < LARGEST_LOSSES) for position, line in enumerate(lines)]
    advice = advice_for(lines[0]) if lines else ""
    return Losses(sum((line.lost for line in lines), Decimal(0)), rows, lines[0].lost if lines else Decimal(0), advice)


# -- One line ---------------------------------------------------------------------------------------


def _line_view(indicator: Indicator, line: ScoreLine, titles: Titles, rating: OfficeRating | None) -> LineView:
    basis = line.working.get("basis", "ratio")
    if indicator.formula == "survey_share":
        data, note, boxes = _survey_words(line, basis)
    elif indicator.formula == "office_rating":
        data, note, boxes = _office_words(line, basis, rating)
    elif indicator.formula == "deductions":
        data, note, boxes = _("No deductions"), _("Nothing was deducted this year."), []
    else:
        data, note, boxes = _ratio_words(indicator, line, basis)
    kind = UNITS.get(indicator.formula, ("", ""))[0]
    known = titles.get(kind, {})
    return LineView(
        indicator,
        line.points,
        line.max_points,
        data,
        note,
        boxes,
        _reasons(line.counted, kind, known, COUNTED_WORDS),
        _reasons(line.not_counted, kind, known, NOT_COUNTED_WORDS),
    )


def _ratio_words(indicator: Indicator, line: ScoreLine, basis: str) -> tuple[str, str, list[Box]]:
    kind = UNITS[indicator.formula][0]
    if basis == "nothing":
        words = _("No visit was due yet") if kind == "visits" else _("No issue was the team's to solve")
        return words, _("Where there was nothing to do, nothing can be lost: full points."), []
    part, whole = _short(line.numerator), _short(line.denominator)
    share = line.numerator / line.denominator
    data = _("%(part)s / %(whole)s visits") if kind == "visits" else _("%(part)s / %(whole)s issues")
    done, all_of_them = UNITS[indicator.formula][1]
    boxes = [
        Box(_count(line.numerator, kind), str(done)),
        Box(_count(line.denominator, kind), str(all_of_them), "÷"),
        *_to_points(line, percent(share), indicator.name),
    ]
    note = _("Issues that others must solve never lower the team's score.") if kind == "issues" else ""
    return f"{data % {'part': part, 'whole': whole}}{_comma()}{percent(share)}", note, boxes


def _survey_words(line: ScoreLine, basis: str) -> tuple[str, str, list[Box]]:
    working = line.working
    if basis == "no_survey":
        return _("The survey is not closed yet"), _("Results of the survey count after its close."), []
    if basis == "too_few":
        return _("Too few answers in the whole district"), _("Fewer than ten answers are never shown."), []
    name = _("the street") if working.get("reference") == "street" else _("the district")
    if basis in ("street", "district"):
        share = percent(line.numerator / line.denominator)
        note = _("Fewer than 10 answers are never shown. The average of %(place)s is used instead.") % {"place": name}
        return (
            _("%(share)s, average of %(place)s") % {"share": share, "place": name},
            note,
            _to_points(line, share, name),
        )
    positive, valid = working["own"]
    own = percent(Decimal(positive) / valid)
    data = _("%(part)s / %(whole)s answers") % {"part": positive, "whole": valid} + _comma() + own
    if basis == "own":
        boxes = [Box(_answers(positive), _("positive")), Box(_answers(valid), _("valid answers"), "÷")]
        return data, "", [*boxes, *_to_points(line, own, _("share"))]
    lent, reference = working["lent"], percent(Decimal(working["reference_share"][0]) / working["reference_share"][1])
    note = _("Only %(n)s answers: filled up to %(full)s with the average of %(place)s.") % {
        "n": valid,
        "full": valid + lent,
        "place": name,
    }
    boxes = [
        Box(_answers(positive), _("positive")),
        Box(f"{lent} × {reference}", _("average of %s") % name, "+"),
        Box(_answers(valid + lent), _("filled up"), "÷"),
        *_to_points(line, percent(line.numerator / line.denominator), _("share")),
    ]
    return data, note, boxes


def _office_words(line: ScoreLine, basis: str, rating: OfficeRating | None) -> tuple[str, str, list[Box]]:
    if basis == "unrated":
        return _("Not rated yet"), _("The office has not given its points yet."), []
    data = _("%(points)s points") % {"points": _short(line.points)}
    if rating is None or rating.points != line.points:
        return data, _("The rating was changed after this computation."), []
    return data, _("Reason: %s") % rating.reason, []


def _comma() -> str:
    return pgettext("sentence", ", ")


def _to_points(line: ScoreLine, share: str, label: str) -> list[Box]:
    return [
        Box(share, label, "="),
        Box(_("%s points") % _short(line.max_points), _("maximum"), "×"),
        Box(_("%s points") % line.points, _("rounded to one decimal"), "=", is_result=True),
    ]


def _count(value: Decimal, kind: str) -> str:
    """`8 issues`, `3.75 visits`: fractions take the plural."""
    n = int(value) if value == value.to_integral_value() else 2
    words = (
        ngettext("%(n)s visit", "%(n)s visits", n) if kind == "visits" else ngettext("%(n)s issue", "%(n)s issues", n)
    )
    return words % {"n": _short(value)}


def _answers(n: int) -> str:
    return ngettext("%(n)s answer", "%(n)s answers", n) % {"n": n}


def _short(value: Decimal) -> str:
    """Without zeros at the end: 8.000 is 8, 3.750 is 3.75."""
    return f"{value.quantize(Decimal('0.001'), ROUND_HALF_UP):f}".rstrip("0").rstrip(".")


# -- The rows behind the numbers ------------------------------------------------------------------------


def _reasons(
    found: Mapping[str, list[int]], kind: str, titles: Mapping[int, tuple[str, str]], words: Mapping[str, Any]
) -> list[Reason]:
    """Each reason with its rows; a row the reader may not see stays a number."""
    return [
        Reason(
            str(words.get(reason, reason)),
            len(ids),
            _count(Decimal(len(ids)), kind),
            [titles[pk] for pk in ids if pk in titles],
        )
        for reason, ids in found.items()
        if ids
    ]


def _titles(lines: Iterable[ScoreLine], rules: Rules, user: User) -> Titles:
    """`{"visits": {id: (title, url)}, "issues": …}` for every row the sheet mentions."""
    wanted: dict[str, set[int]] = {"visits": set(), "issues": set()}
    for line in lines:
        formula = rules.by_code[line.indicator].formula if line.indicator in rules.by_code else ""
        kind = UNITS.get(formula, ("", ""))[0]
        if kind:
            for ids in (*line.counted.values(), *line.not_counted.values()):
                wanted[kind].update(ids)
    visits = Visit.objects.visible_to(user).filter(pk__in=wanted["visits"]).select_related("area", "round", "kind")
    issues = Issue.objects.visible_to(user).filter(pk__in=wanted["issues"]).distinct()
    return {
        "visits": {visit.pk: (_visit_title(visit), visit.get_absolute_url()) for visit in visits},
        "issues": {issue.pk: (f"{issue.code} {issue.headline}", issue.get_absolute_url()) for issue in issues},
    }


def _visit_title(visit: Visit) -> str:
    occasion = visit.round or visit.kind
    return f"{occasion} {visit.area}" + (f" {zhdate(visit.day)}" if visit.day else "")


# -- Who and where ----------------------------------------------------------------------------------------


def places_of(teams: Iterable[int], day: date) -> dict[int, list[Area]]:
    """The areas of teams on a day, with their streets. One query."""
    found: dict[int, list[Area]] = {}
    pairings = Pairing.objects.on(day).filter(team_id__in=list(teams)).select_related("area__street")
    for pairing in pairings.order_by("area__position", "area_id"):
        found.setdefault(pairing.team_id, []).append(pairing.area)
    return found


def lead_of(team: Team, day: date) -> User | None:
    seats = Membership.objects.on(day).filter(seat__team=team, seat__kind__role=Role.TEAM_LEAD)
    membership = seats.select_related("user__unit").first()
    return membership.user if membership else None
