"""The strip of bands: to scale, every band visible, the marker inside the team's own band."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.bands import draw
from assessment.rules import read_rules
from tests.factories.assessment import rules_body

RULES = read_rules(rules_body())
COUNTS = {"fail": 4, "pass": 61, "good": 168, "excellent": 74}
codes = ["fail", "pass", "good", "excellent"]


def test_the_reference_district_is_drawn_to_scale():
    strip = draw(COUNTS, RULES, Decimal("88.5"))
    drawn = [(segment.band.code, segment.points, segment.n, round(segment.width)) for segment in strip.segments]
    assert drawn == [
        ("fail", "below 60", 4, 1),
        ("pass", "60–79.9", 61, 20),
        ("good", "80–89.9", 168, 55),
        ("excellent", "90–100", 74, 24),
    ]
    assert (strip.teams, [segment.band.code for segment in strip.segments if segment.mine]) == (307, ["good"])
    good = strip.segments[2]
    assert strip.marker == pytest.approx(good.x + good.width * Decimal("0.85"), abs=Decimal("0.02"))


def test_without_a_sheet_there_is_no_marker():
    strip = draw(COUNTS, RULES, None)
    assert (strip.marker, any(segment.mine for segment in strip.segments)) == (None, False)


@given(st.fixed_dictionaries({code: st.integers(0, 400) for code in codes}), st.decimals(0, 100, places=1))
def test_the_strip_is_full_and_the_marker_stands_in_its_band(counts, total):
    strip = draw(counts, RULES, total)
    assert sum(segment.width for segment in strip.segments) == pytest.approx(100, abs=Decimal("0.05"))
    assert all(segment.width > Decimal("0.9") for segment in strip.segments)
    mine = next(segment for segment in strip.segments if segment.mine)
    assert mine.x <= strip.marker <= mine.x + mine.width
