"""For any list of ticks, with gaps, repeats and jumps of the clock, what comes up is what perfect ticking would bring
up, without what was too late at every one of them.
"""

import os
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.clock import SHANGHAI
from notifications.models import Occurrence, ReminderRule
from notifications.planner import plan
from tests.notifications.conftest import step
from tests.notifications.things import shelf

BEGIN = datetime(2026, 9, 28, 0, tzinfo=SHANGHAI)
LATE = timedelta(hours=8)
TICKS = st.lists(st.integers(0, 12 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes)), max_size=12)
# Worked out by hand: 1 to 7 October are off, the 10th is worked.
DUE = {
    (1, "T-3"): datetime(2026, 10, 6, 9, tzinfo=SHANGHAI),
    (1, "T-2w"): datetime(2026, 9, 30, 16, tzinfo=SHANGHAI),
    (1, "T+0"): datetime(2026, 10, 9, 8, tzinfo=SHANGHAI),
    (2, "T-3"): datetime(2026, 9, 27, 9, tzinfo=SHANGHAI),
    (2, "T-2w"): datetime(2026, 9, 28, 16, tzinfo=SHANGHAI),
    (2, "T+0"): datetime(2026, 9, 30, 8, tzinfo=SHANGHAI),
}


# `make fuzz` has thousands.
EXAMPLES = settings.default.max_examples if "HYPOTHESIS_PROFILE" in os.environ else 30


@pytest.mark.usefixtures("shelf")
class AnyTicks(TestCase):
    @settings(max_examples=EXAMPLES)
    @given(TICKS)
    def test_any_list_of_ticks_brings_up_what_perfect_ticking_would(self, ticks: list[datetime]) -> None:
        shelf.anchors = {1: date(2026, 10, 9), 2: date(2026, 9, 30)}
        steps = [step(-3), step(-2, "16:00", working=True, code="T-2w"), step(0, "08:00")]
        rule = ReminderRule.objects.create(
            code="thing", kind="visit-coming", source="thing", steps=steps, channels=["post"], late_hours=8
        )
        for moment in ticks:
            plan(at=moment, rules=[rule])
        found = Occurrence.objects.values_list("subject_id", "step")
        assert sorted(found) == sorted(
            key for key, at in DUE.items() if any(at <= moment < at + LATE for moment in ticks)
        )
