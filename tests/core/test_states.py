"""The page about states says what the tables say."""

from django.core.management import call_command
from django.utils import translation

from core.management.commands.states import machines, page, section
from core.transitions import Machine, Transition
from visits.models import VisitStatus


def test_the_page_is_what_the_tables_say() -> None:
    call_command("states", "--check")


def test_every_table_of_every_app_is_on_the_page() -> None:
    names = [name for name, _machine in machines()]
    assert {"visits.VISIT", "visits.ROUND", "issues.ISSUE", "teams.NOMINATION"} <= set(names)
    assert all(f"## {name}\n" in page() for name in names)


def test_a_table_becomes_a_diagram_and_rows() -> None:
    drop = Transition("drop", frozenset({VisitStatus.SCHEDULED}), VisitStatus.CANCELLED, "visit.plan", "Drop it", True)
    look = Transition("look", frozenset({VisitStatus.SCHEDULED}), None, "visit.view", "Look")
    with translation.override("en"):
        text = section("visits.SMALL", Machine(drop, look))
    assert '    state "Scheduled" as scheduled\n' in text
    assert "    scheduled --> cancelled: Drop it\n    cancelled --> [*]\n" in text
    assert "| Drop it (`drop`) | Scheduled | Cancelled | `visit.plan` | yes |" in text
    assert "| Look (`look`) | Scheduled | as it was | `visit.view` |  |" in text
