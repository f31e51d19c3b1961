"""A rule set as plain data: read from JSON, checked once, frozen. No database, no clock.

The body names groups, indicators, bands and the thresholds of small samples; its numbers are whole or texts ("0.75"),
never floats, so that every machine reads the same value and the hash of the body seals it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from core.localized import pick

FULL_MARKS = Decimal(100)
FORMULAS = frozenset(
    {
        "visits_on_time",
        "records_complete",
        "issues_closed",
        "issues_in_time",
        "issues_confirmed",
        "survey_share",
        "office_rating",
        "deductions",
    }
)
NEEDED_PARAMS: dict[str, tuple[str, ...]] = {
    "visits_on_time": ("makeup_share",),
    "records_complete": ("least_came",),
    "issues_closed": ("levels",),
    "issues_in_time": ("levels",),
    "issues_confirmed": ("levels",),
    "survey_share": ("question", "positive", "valid"),
}


class BadRules(ValueError):
    """The body cannot be read; the message names the place."""


@dataclass(frozen=True)
class Labelled:
    code: str
    name_zh: str
    name_en: str

    @property
    def name(self) -> str:
        return pick(self.name_zh, self.name_en)


@dataclass(frozen=True)
class Band(Labelled):
    """Totals from `from_points` up to the next band."""

    from_points: Decimal


@dataclass(frozen=True)
class Indicator(Labelled):
    group: str
    rule_zh: str
    rule_en: str
    max_points: Decimal
    formula: str
    params: Mapping[str, Any]

    @property
    def rule(self) -> str:
        return pick(self.rule_zh, self.rule_en)

    def number(self, name: str) -> Decimal:
        return Decimal(str(self.params[name]))


@dataclass(frozen=True)
class Rules:
    """`shown_from` answers are needed to show a share at all, `full_from` to let it stand alone."""

    groups: tuple[Labelled, ...]
    indicators: tuple[Indicator, ...]
    bands: tuple[Band, ...]
    shown_from: int
    full_from: int

    @cached_property
    def by_code(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in self.indicators}

    def of_group(self, code: str) -> list[Indicator]:
        return [indicator for indicator in self.indicators if indicator.group == code]

    def with_formula(self, formula: str) -> list[Indicator]:
        return [indicator for indicator in self.indicators if indicator.formula == formula]

    def band_of(self, total: Decimal) -> Band:
        """The highest band the total reaches."""
        return max((band for band in self.bands if total >= band.from_points), key=lambda band: band.from_points)


def seal_of(body: Any) -> str:
    """SHA-256 of the body in one fixed spelling."""
    return hashlib.sha256(spell(body).encode()).hexdigest()


def spell(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_rules(body: Any) -> Rules:
    """The rules in `body`, or BadRules naming what is wrong with it."""
    if not isinstance(body, dict):
        raise BadRules("the rule set is not an object")
    groups = tuple(Labelled(**_labels(entry, "groups")) for entry in _list(body, "groups"))
    rules = Rules(
        groups=groups,
        indicators=tuple(_indicator(entry, {group.code for group in groups}) for entry in _list(body, "indicators")),
        bands=tuple(
            sorted(
                (
                    Band(**_labels(entry, "bands"), from_points=_number(entry, "from", "bands"))
                    for entry in _list(body, "bands")
                ),
                key=lambda band: band.from_points,
            )
        ),
        shown_from=int(_number(body.get("small_sample", {}), "shown_from", "small_sample")),
        full_from=int(_number(body.get("small_sample", {}), "full_from", "small_sample")),
    )
    _check_whole(rules)
    return rules


def _indicator(entry: Any, groups: set[str]) -> Indicator:
    labels = _labels(entry, "indicators")
    place = f"indicator {labels['code']}"
    formula, params = _text(entry, "formula", place), entry.get("params", {})
    if formula not in FORMULAS:
        raise BadRules(f"{place}: there is no formula {formula}")
    missing = [name for name in NEEDED_PARAMS.get(formula, ()) if name not in params]
    if missing:
        raise BadRules(f"{place}: params lack {', '.join(missing)}")
    _refuse_floats(params, place)
    if (group := _text(entry, "group", place)) not in groups:
        raise BadRules(f"{place}: there is no group {group}")
    return Indicator(
        **labels,
        group=group,
        rule_zh=_text(entry, "rule_zh", place),
        rule_en=_text(entry, "rule_en", place),
        max_points=_number(entry, "max", place),
        formula=formula,
        params=params,
    )


def _check_whole(rules: Rules) -> None:
    for name, things in (("groups", rules.groups), ("indicators", rules.indicators), ("bands", rules.bands)):
        codes = [thing.code for thing in things]
        if len(codes) != len(set(codes)):
            raise BadRules(f"{name}: a code occurs twice")
    total = sum((indicator.max_points for indicator in rules.indicators), Decimal(0))
    if total != FULL_MARKS:
        raise BadRules(f"indicators: the points add up to {total}, not {FULL_MARKS}")
    if rules.bands[0].from_points != 0:
        raise BadRules("bands: the lowest must begin at 0")
    if not 1 <= rules.shown_from <= rules.full_from:
        raise BadRules("small_sample: shown_from must be from 1 to full_from")


def _list(body: dict[str, Any], name: str) -> list[Any]:
    found = body.get(name)
    if not isinstance(found, list) or not found:
        raise BadRules(f"{name}: expected a list with at least one entry")
    return found


def _labels(entry: Any, place: str) -> dict[str, str]:
    if not isinstance(entry, dict):
        raise BadRules(f"{place}: an entry is not an object")
    return {
        "code": _text(entry, "code", place),
        "name_zh": _text(entry, "zh", place),
        "name_en": _text(entry, "en", place),
    }


def _text(entry: dict[str, Any], name: str, place: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadRules(f"{place}: {name} is missing")
    return value


def _number(entry: Any, name: str, place: str) -> Decimal:
    value = entry.get(name) if isinstance(entry, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise BadRules(f'{place}: {name} must be a whole number or a text such as "7.5"')
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise BadRules(f"{place}: {name} is no number: {value}") from None
    if not number.is_finite() or number < 0:
        raise BadRules(f"{place}: {name} must be 0 or more")
    return number


def _refuse_floats(value: Any, place: str) -> None:
    if isinstance(value, float):
        raise BadRules(f'{place}: write {value} as a text, "{value}"')
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        _refuse_floats(child, place)
