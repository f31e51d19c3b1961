"""From facts and rules to points. Pure: frozen values in, frozen lines out; Decimal throughout, no clock, no database.

Every share is a fraction of two whole amounts, multiplied by the maximum before it is divided, and rounded half up to
one decimal on its own line; the total adds the rounded lines, so that a sheet can be checked with a pencil.
Issues are all measured against the same base, the issues that were the team's to solve: thus ending one, even late,
never costs points.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from assessment.rules import Indicator, Rules

TENTH = Decimal("0.1")
ZERO = Decimal(0)
Ids = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class VisitFact:
    """`outcome`: in_window, makeup, missed, cancelled, not_due, or other_kind for visits outside the rounds."""

    pk: int
    outcome: str
    recorded: bool = False
    came: int = 0


@dataclass(frozen=True)
class IssueFact:
    """`level` 0 while nobody has set it; `ending` resolved, explained or "" while open; `due` when its time is up.

    `untold`: closed in a ledger kept before, which does not say how the resident took it.
    """

    pk: int
    level: int
    ending: str = ""
    due: bool = False
    in_time: bool = False
    confirmed: bool = False
    untold: bool = False

    @property
    def counts(self) -> bool:
        return self.due or bool(self.ending)


@dataclass(frozen=True)
class Share:
    positive: int
    valid: int


@dataclass(frozen=True)
class SurveyFact:
    """Shares of one question. `own` of the team's areas, `street` and `district` to lean on; None where not shown."""

    own: Share | None
    street: Share | None
    district: Share | None


@dataclass(frozen=True)
class TeamFacts:
    """`survey` by indicator code, None while no survey is closed; `rating` None while the office has not rated."""

    team: int
    visits: tuple[VisitFact, ...] = ()
    issues: tuple[IssueFact, ...] = ()
    survey: Mapping[str, SurveyFact] | None = None
    rating: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """`working["basis"]` says what the points rest on; `counted` and `not_counted` hold the rows behind them."""

    code: str
    numerator: Decimal
    denominator: Decimal
    points: Decimal
    max_points: Decimal
    counted: Ids = field(default_factory=dict)
    not_counted: Ids = field(default_factory=dict)
    working: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    team: int
    lines: tuple[Line, ...]
    total: Decimal
    band: str


def score(facts: TeamFacts, rules: Rules) -> Sheet:
    lines = tuple(FORMULAS[indicator.formula](indicator, facts, rules) for indicator in rules.indicators)
    total = max(sum((line.points for line in lines), ZERO), ZERO)
    return Sheet(facts.team, lines, total, rules.band_of(total).code)


def rounded(value: Decimal) -> Decimal:
    return value.quantize(TENTH, rounding=ROUND_HALF_UP)


# -- Visits -----------------------------------------------------------------------------------

DUE_OUTCOMES = ("in_window", "makeup", "missed", "cancelled")


def visits_on_time(indicator: Indicator, facts: TeamFacts, rules: Rules) -> Line:
    """A visit in its window counts whole, one outside it `makeup_share`, a missed or cancelled one nothing."""
    counted = _grouped((visit.outcome, visit.pk) for visit in facts.visits if visit.outcome in DUE_OUTCOMES)
    worth = len(counted.get("in_window", ())) + indicator.number("makeup_share") * len(counted.get("makeup", ()))
    return _ratio(indicator, Decimal(worth), counted, _other_visits(facts))


def records_complete(indicator: Indicator, facts: TeamFacts, rules: Rules) -> Line:
    """Of the visits due: held, the record handed in, and at least `least_came` members there."""
    least = indicator.number("least_came")
    counted = _grouped(
        (_completeness(visit, least), visit.pk) for visit in facts.visits if visit.outcome in DUE_OUTCOMES
    )
    return _ratio(indicator, Decimal(len(counted.get("complete", ()))), counted, _other_visits(facts))


def _completeness(visit: VisitFact, least: Decimal) -> str:
    if visit.outcome not in ("in_window", "makeup"):
        return "not_held"
    if not visit.recorded:
        return "no_record"
    return "complete" if visit.came >= least else "few_came"


def _other_visits(facts: TeamFacts) -> Ids:
    return _grouped((visit.outcome, visit.pk) for visit in facts.visits if visit.outcome not in DUE_OUTCOMES)


# -- Issues -----------------------------------------------------------------------------------


def issues_closed(indicator: Indicator, facts: TeamFacts, rules: Rules) -> Line:
    counted, others = _issues(indicator, facts, lambda issue: issue.ending or "open")
    worth = len(counted.get("resolved", ())) + len(counted.get("explained", ()))
    return _ratio(indicator, Decimal(worth), counted, others)


def issues_in_time(indicator: Indicator, facts: TeamFacts, rules: Rules) -> Line:
    counted, others = _issues(indicator, facts, lambda issue: "in_time" if issue.in_time else "late")
    return _ratio(indicator, Decimal(len(counted.get("in_time", ()))), counted, others)


def issues_confirmed(indicator: Indicator, facts: TeamFacts, rules: Rules) -> Line:
    """An issue that came closed from a ledger counts neither way: nobody wrote down what the resident said."""
    counted, others = _issues(indicator, facts, _taken)
    untold = {"untold": counted.pop("untold")} if "untold" in counted else {}
    return _ratio(indicator, Decimal(len(counted.get("confirmed", ()))), counted, {**others, **untold})


def _taken(issue: IssueFact) -> str:
    if issue.untold:
        return "untold"
    return "confirmed" if issue.confirmed else "unconfirmed"


def _issues(indicator: Indicator, facts: TeamFacts, word: Callable[[IssueFact], str]) -> tuple[Ids, Ids]:
    """Only issues on the levels the team answers for, and only those whose time is up or that are ended."""
    levels = set(indicator.params["levels"])
    own = [issue for issue in facts.issues if issue.level in levels]
    others = [(f"level_{issue.level}", issue.pk) for issue in facts.issues if issue.level not in levels]
    running = [("running", issue.pk) for issue in own if not issue.counts]
    return _grouped((word(issue), issue.pk) for issue in own if issue.counts), _grouped([*others, *running])


# -- Residents, the office, deductions -----------------------------------------------------------


def survey_share(indicator: Indicator, facts: TeamFacts, rules: Rules) -> Line:
    """The share of positive answers; a small sample leans on the street's, one too small to show is the street's."""
    if facts.survey is None:
        return _without_data(indicator, "no_survey")
    fact = facts.survey[indicator.code]
    basis, reference = ("street", fact.street) if fact.street else ("district", fact.district)
    if reference is None or reference.valid == 0:
        return _without_data(indicator, "too_few")
    own = fact.own
    working: dict[str, Any] = {"reference": basis, "reference_share": [reference.positive, reference.valid]}
    if own is None or own.valid < rules.shown_from:
        numerator, denominator = reference.positive, reference.valid
        working |= {"basis": basis}
    elif own.valid < rules.full_from:
        lent = rules.full_from - own.valid
        numerator = own.positive * reference.valid + lent * reference.positive
        denominator = rules.full_from * reference.valid
        working |= {"basis": "shrunk", "own": [own.positive, own.valid], "lent": lent}
    else:
        numerator, denominator = own.positive, own.valid
        working = {"basis": "own", "own": [own.positive, own.valid]}
    points = rounded(indicator.max_points * numerator / denominator)
    return Line(indicator.code, Decimal(numerator), Decimal(denominator), points, indicator.max_points, working=working)


def office_rating(indicator: Indicator, facts: TeamFacts, rules: Rules) -> Line:
    if facts.rating is None:
        return _without_data(indicator, "unrated")
    points = rounded(min(max(facts.rating, ZERO), indicator.max_points))
    working = {"basis": "office"}
    return Line(indicator.code, points, indicator.max_points, points, indicator.max_points, working=working)


def deductions(indicator: Indicator, facts: TeamFacts, rules: Rules) -> Line:
    """Nothing can be deducted yet: the rule is in the set, its cases come with supervision."""
    return _without_data(indicator, "none")


FORMULAS: dict[str, Callable[[Indicator, TeamFacts, Rules], Line]] = {
    "visits_on_time": visits_on_time,
    "records_complete": records_complete,
    "issues_closed": issues_closed,
    "issues_in_time": issues_in_time,
    "issues_confirmed": issues_confirmed,
    "survey_share": survey_share,
    "office_rating": office_rating,
    "deductions": deductions,
}


def _ratio(indicator: Indicator, worth: Decimal, counted: Ids, not_counted: Ids) -> Line:
    """`worth` out of everything counted; where nothing was there to be done, nothing can be lost."""
    whole = Decimal(sum(len(ids) for ids in counted.values()))
    points = rounded(indicator.max_points * worth / whole) if whole else rounded(indicator.max_points)
    working = {"basis": "ratio" if whole else "nothing"}
    return Line(indicator.code, worth, whole, points, indicator.max_points, counted, not_counted, working)


def _without_data(indicator: Indicator, basis: str) -> Line:
    return Line(indicator.code, ZERO, ZERO, rounded(ZERO), indicator.max_points, working={"basis": basis})


def _grouped(pairs: Any) -> Ids:
    """`{reason: ids}`, reasons and ids in a fixed order whatever order they came in."""
    found: dict[str, list[int]] = {}
    for reason, pk in pairs:
        found.setdefault(reason, []).append(pk)
    return {reason: tuple(sorted(found[reason])) for reason in sorted(found)}
