"""Every status × every move × who asks, read from the table; and nobody else writes the status."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from tests.factories.visits import RoundFactory, placed_visit
from tests.people import District
from visits.models import RoundStatus, Visit, VisitStatus
from visits.transitions import ROUND, VISIT, available, change_many, change_status, locked

AT = datetime(2026, 10, 9, 8, tzinfo=UTC)
CASES = [(status, move.name) for status in VisitStatus for move in VISIT]
ROUND_CASES = [(status, move.name) for status in RoundStatus for move in ROUND]
WHO_MAY = {
    "schedule": {"coordinator", "lead"},
    "move": {"coordinator", "lead"},
    "unschedule": {"coordinator", "lead"},
    "announce": {"coordinator", "lead"},
    "cancel": {"coordinator", "lead"},
    "reinstate": {"coordinator", "lead"},
    "hold": {"lead", "party_delegate", "lawyer"},
    "record": {"lead", "party_delegate", "lawyer"},
    "close": {"coordinator", "lead"},
}
ASKING = [
    "coordinator",
    "official",
    "auditor",
    "lead",
    "party_delegate",
    "lawyer",
    "secretary",
    "street",
    "pairing_unit",
]


def visit_of(district: District, status: str) -> Visit:
    return placed_visit(status=status, team=district.own.team, area=district.own.area)


def person(district: District, who: str):
    return district[who] if who in district.people else district.own[who]


def somebody_who_may(district: District, name: str):
    return person(district, sorted(WHO_MAY[name])[0])


@pytest.mark.parametrize(("status", "name"), CASES)
def test_a_move_is_possible_exactly_from_the_statuses_of_the_table(district: District, status: str, name: str) -> None:
    move, visit, by = VISIT.find(name), visit_of(district, status), somebody_who_may(district, name)

    if status in move.sources:
        current = locked(visit, name, by=by, version=visit.version, note="原因")
        change_status(current, name, by=by, at=AT, note="原因")
        visit.refresh_from_db()
        event = history_of(visit).get()
        assert visit.status == (move.target or status)
        assert (event.verb, event.payload["from"], event.payload["status"]) == (name, status, visit.status)
    else:
        with pytest.raises(RuleBroken):
            locked(visit, name, by=by, version=visit.version, note="原因")
        assert not history_of(visit).exists()


@pytest.mark.parametrize("name", [move.name for move in VISIT])
@pytest.mark.parametrize("who", ASKING)
def test_a_move_is_open_to_exactly_those_who_may(district: District, name: str, who: str) -> None:
    visit = visit_of(district, sorted(VISIT.find(name).sources)[0])
    by = person(district, who)

    if who in WHO_MAY[name]:
        assert locked(visit, name, by=by, version=None, note="原因") == visit
    else:
        with pytest.raises(PermissionDenied):
            locked(visit, name, by=by, version=None, note="原因")
    assert (name in available(visit, by)) == (who in WHO_MAY[name])


@pytest.mark.parametrize("name", [move.name for move in VISIT])
def test_nobody_of_another_team_may_move_a_visit(district: District, name: str) -> None:
    visit = visit_of(district, sorted(VISIT.find(name).sources)[0])
    with pytest.raises(PermissionDenied):
        locked(visit, name, by=district.foreign["lead"], version=None, note="原因")


@pytest.mark.parametrize("name", [move.name for move in VISIT if move.needs_note])
def test_a_move_that_asks_for_a_reason_is_refused_without_one(district: District, name: str) -> None:
    visit = visit_of(district, sorted(VISIT.find(name).sources)[0])
    with pytest.raises(RuleBroken):
        locked(visit, name, by=district["coordinator"], version=None, note="  ")


@pytest.mark.parametrize(("status", "name"), ROUND_CASES)
def test_a_round_moves_exactly_as_its_table_says(district: District, status: str, name: str) -> None:
    round_, move, by = RoundFactory(status=status), ROUND.find(name), district["coordinator"]

    if status in move.sources:
        change_status(locked(round_, name, by=by, version=None), name, by=by, at=AT)
        round_.refresh_from_db()
        assert round_.status == (move.target or status)
    else:
        with pytest.raises(RuleBroken):
            locked(round_, name, by=by, version=None)


@pytest.mark.parametrize("who", ["official", "auditor", "lead", "secretary", "street"])
def test_only_the_office_manages_rounds(district: District, who: str) -> None:
    with pytest.raises(PermissionDenied):
        locked(RoundFactory(), "open", by=person(district, who), version=None)


def test_an_older_version_is_a_conflict(district: District) -> None:
    visit = visit_of(district, VisitStatus.SCHEDULED)
    with pytest.raises(Conflict):
        locked(visit, "announce", by=district["coordinator"], version=visit.version - 1)


def test_a_row_changed_after_it_was_read_is_not_overwritten(district: District) -> None:
    by, visit = district["coordinator"], visit_of(district, VisitStatus.SCHEDULED)
    mine = locked(visit, "announce", by=by, version=None)
    change_status(locked(visit, "cancel", by=by, version=None, note="下雨"), "cancel", by=by, at=AT, note="下雨")

    with pytest.raises(Conflict):
        change_status(mine, "announce", by=by, at=AT)
    visit.refresh_from_db()
    assert visit.status == VisitStatus.CANCELLED


def test_many_moves_leave_one_event_each_in_few_queries(district: District, django_assert_max_num_queries) -> None:
    visits = [placed_visit(status=VisitStatus.SCHEDULED) for _ in range(30)]
    by = district["coordinator"]
    assert by.grants
    with django_assert_max_num_queries(10):
        change_many(visits, "announce", by=by, at=AT)

    assert Visit.objects.filter(status=VisitStatus.ANNOUNCED, version=2).count() == 30
    assert all(history_of(visit).get().verb == "announce" for visit in visits)


def test_one_forbidden_move_among_many_changes_nothing(district: District) -> None:
    visits = [placed_visit(status=VisitStatus.SCHEDULED), placed_visit(status=VisitStatus.CLOSED)]
    with pytest.raises(RuleBroken):
        change_many(visits, "announce", by=district["coordinator"], at=AT)
    assert not Visit.objects.filter(status=VisitStatus.ANNOUNCED).exists()


def writes_of_status(path: Path) -> list[int]:
    """Lines that assign `….status` or pass `status=` to update()."""
    lines = []
    for node in ast.walk(ast.parse(path.read_text())):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Attribute) and target.attr == "status" for target in targets):
            lines.append(node.lineno)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("update", "update_or_create"):
            lines += [node.lineno for keyword in node.keywords if keyword.arg == "status"]
    return lines


def test_no_other_code_writes_the_status_of_a_visit_or_round() -> None:
    root = Path(settings.BASE_DIR) / "visits"
    writers = {path.relative_to(root).as_posix() for path in root.rglob("*.py") if writes_of_status(path)}
    assert writers == {"transitions.py"}
