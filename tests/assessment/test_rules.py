"""Rule sets are read once, strictly, and sealed by their content."""

from decimal import Decimal

import pytest

from assessment.rules import BadRules, read_rules, seal_of
from tests.factories.assessment import rules_body


def test_the_reference_rules_have_the_agreed_weights():
    rules = read_rules(rules_body())
    weights = {group.code: sum(one.max_points for one in rules.of_group(group.code)) for group in rules.groups}
    assert weights == {"A": 20, "B": 35, "C": 30, "D": 15, "E": 0}


@pytest.mark.parametrize(
    ("total", "band"),
    [
        ("100", "excellent"),
        ("90", "excellent"),
        ("89.9", "good"),
        ("80", "good"),
        ("79.9", "pass"),
        ("60", "pass"),
        ("59.9", "fail"),
        ("0", "fail"),
    ],
)
def test_bands_begin_where_the_rules_say(total, band):
    assert read_rules(rules_body()).band_of(Decimal(total)).code == band


def without(position, name):
    body = rules_body()
    del body["indicators"][position][name]
    return body


def with_indicator(position, **changes):
    body = rules_body()
    body["indicators"][position] |= changes
    return body


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([], "not an object"),
        ({}, "groups"),
        (without(0, "zh"), "zh is missing"),
        (without(0, "max"), "max must be"),
        (with_indicator(0, max=16.5), "max must be"),
        (with_indicator(0, max=True), "max must be"),
        (with_indicator(0, max="-1"), "0 or more"),
        (with_indicator(0, max="NaN"), "0 or more"),
        (with_indicator(0, max="sixteen"), "no number"),
        (with_indicator(0, max=17), "add up to 101"),
        (with_indicator(0, formula="guess"), "no formula guess"),
        (with_indicator(0, group="Z"), "no group Z"),
        (with_indicator(0, params={}), "makeup_share"),
        (with_indicator(0, params={"makeup_share": 0.75}), "write 0.75 as a text"),
        (with_indicator(0, code="A2"), "occurs twice"),
        (rules_body(bands=[{"code": "good", "zh": "良好", "en": "Good", "from": 80}]), "begin at 0"),
        (rules_body(small_sample={"shown_from": 40, "full_from": 30}), "shown_from"),
        (rules_body(small_sample=None), "shown_from"),
    ],
)
def test_rules_that_cannot_be_used_are_refused_with_the_place(body, says):
    with pytest.raises(BadRules, match=says):
        read_rules(body)


def test_the_seal_follows_the_content_not_the_order():
    body = rules_body()
    assert seal_of(dict(reversed(body.items()))) == seal_of(body)
    assert seal_of(with_indicator(0, params={"makeup_share": "0.5"})) != seal_of(body)
