"""A table of moves answers what is possible and says why something is not."""

import pytest

from core.refusals import RuleBroken
from core.transitions import Machine, Transition

OPEN, SHUT = "open", "shut"
DOOR = Machine(
    Transition("close", frozenset({OPEN}), SHUT, "door.use", "Close"),
    Transition("lock", frozenset({SHUT}), None, "door.lock", "Lock", needs_note=True),
)


def test_available_lists_the_moves_from_a_status():
    assert [move.name for move in DOOR.available(OPEN)] == ["close"]
    assert [move.name for move in DOOR.available(SHUT)] == ["lock"]


def test_a_move_from_the_wrong_status_is_refused_in_words():
    with pytest.raises(RuleBroken, match="Lock"):
        DOOR.check("lock", status=OPEN, status_label="Open", note="night")


@pytest.mark.parametrize("note", ["", "   "])
def test_a_move_that_needs_a_reason_is_refused_without_one(note):
    with pytest.raises(RuleBroken):
        DOOR.check("lock", status=SHUT, status_label="Shut", note=note)
    assert DOOR.check("lock", status=SHUT, status_label="Shut", note="night").target is None
