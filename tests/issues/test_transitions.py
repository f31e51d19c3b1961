"""Every move from every status, read from the table; who may make it; and nobody else writes a status."""

import ast
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from core.events import history_of
from core.refusals import Conflict, RuleBroken
from issues import policies, services
from issues.models import Issue, IssueStatus
from issues.transitions import ISSUE, Moves, moving
from teams.permissions import Permission
from tests.factories.issues import MONDAY, Journey
from tests.people import District

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ("lead", "party_delegate", "lawyer", "secretary", "street", "street_lead", "department", "pairing_unit")
OFFICE = ("coordinator", "official", "auditor", "administrator", "organ", "nobody")

# Who may make a move with an issue of the own side that lies at the street's desk.
ALLOWED = {
    "submit": {"lead"},
    "resubmit": {"lead"},
    "route": {"coordinator"},
    "send_back": {"coordinator"},
    "rule": {"coordinator"},
    "uphold": {"coordinator"},
    "overturn": {"coordinator"},
    "grant_extension": {"coordinator"},
    "refuse_extension": {"coordinator"},
    "reopen": {"coordinator"},
    "confirm_resolved": {"lead", "secretary"},
    "confirm_explained": {"lead", "secretary"},
    "object": {"lead", "secretary"},
    "tell": {"lead", "secretary"},
    "legal_opinion": {"lawyer"},
}
AT_THE_DESK = {"street", "street_lead"}


def outcome(moves: Moves, issue: Issue, name: str, note: str) -> str:
    try:
        return moves.check(issue, name, by=None, note=note).name
    except RuleBroken as refused:
        return str(refused.sentence)


@pytest.mark.parametrize("status", IssueStatus.values)
def test_the_table_decides_about_every_move(district: District, status: str) -> None:
    """All moves from this status: those of the table go, the others are refused with the status as the reason."""
    issue, label = Journey(district).to(status), str(IssueStatus(status).label)
    with moving(MONDAY) as moves:
        row = moves.lock(issue, version=None)
        found = {move.name: outcome(moves, row, move.name, "原因") for move in ISSUE}
    assert {name for name, answer in found.items() if answer == name} == {move.name for move in ISSUE.available(status)}
    assert [answer for name, answer in found.items() if answer != name and label not in answer] == []


def test_a_move_that_needs_a_reason_is_refused_without_one(district: District) -> None:
    issue = Journey(district).to(IssueStatus.IN_PROGRESS)
    with moving(MONDAY) as moves:
        row = moves.lock(issue, version=None)
        free = {move.name for move in ISSUE.available(row.status) if outcome(moves, row, move.name, " ") == move.name}
    assert free == {"assign_handler", "grant_extension", "ask_lawyer"}


def test_only_the_right_people_may_make_a_move(district: District) -> None:
    issue = Journey(district).to(IssueStatus.IN_PROGRESS)
    everybody = {who: district.own[who] for who in PEOPLE} | {who: district[who] for who in OFFICE}
    for move in ISSUE:
        permission = Permission(move.permission)
        found = {who for who, person in everybody.items() if policies.may(person, permission, issue)}
        assert (move.name, found) == (move.name, ALLOWED.get(move.name, AT_THE_DESK))


@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_of_another_side_may_make_any_move(district: District, who: str) -> None:
    issue = Journey(district).to(IssueStatus.IN_PROGRESS)
    stranger = district.foreign[who]
    assert [move.name for move in ISSUE if policies.may(stranger, Permission(move.permission), issue)] == []


def test_a_service_refuses_whoever_may_not(district: District) -> None:
    issue = Journey(district).submitted()
    with pytest.raises(PermissionDenied):
        services.accept_issue(issue=issue, by=district.foreign["street"], at=MONDAY, version=None)


def test_a_move_raises_the_version_and_leaves_one_event(district: District) -> None:
    issue = Journey(district).submitted()
    accepted = services.accept_issue(issue=issue, by=district.own["street"], at=MONDAY, version=issue.version)
    last = history_of(issue).first()
    assert accepted.version == issue.version + 1
    assert (last.verb, last.actor_id, last.occurred_at) == ("accept", district.own["street"].pk, MONDAY)
    assert Issue.objects.get(pk=issue.pk).status == IssueStatus.IN_PROGRESS


def test_an_old_version_is_a_conflict_and_changes_nothing(district: District) -> None:
    issue = Journey(district).submitted()
    services.accept_issue(issue=issue, by=district.own["street"], at=MONDAY, version=issue.version)
    with pytest.raises(Conflict) as refused:
        services.escalate_issue(
            issue=issue, by=district.own["street_lead"], at=MONDAY, version=issue.version, note="超出职责"
        )
    assert refused.value.by == district.own["street"].name
    assert Issue.objects.get(pk=issue.pk).status == IssueStatus.IN_PROGRESS


# -- One writer ----------------------------------------------------------------------------------


def writes_of_status(tree: ast.AST) -> list[int]:
    """Lines that assign `something.status` or write it through a queryset or a constructor of Issue."""
    found = []
    for node in ast.walk(tree):
        targets: list[Any] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        found += [target.lineno for target in targets if isinstance(target, ast.Attribute) and target.attr == "status"]
        if isinstance(node, ast.Call) and _called(node) in {"update", "bulk_update", "Issue", "create", "setattr"}:
            names = [keyword.arg for keyword in node.keywords] + [
                each.value for argument in node.args for each in ast.walk(argument) if isinstance(each, ast.Constant)
            ]
            found += [node.lineno] if "status" in names else []
    return found


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_only_transitions_writes_the_status_of_an_issue() -> None:
    writers = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sorted((ROOT / "issues").rglob("*.py"))
        if "migrations" not in path.parts and (lines := writes_of_status(ast.parse(path.read_text(encoding="utf-8"))))
    }
    # An imported ledger's row is born with the status the ledger tells; from then on it moves like the others.
    assert {path: len(lines) for path, lines in writers.items()} == {
        "issues/importing.py": 1,
        "issues/transitions.py": 1,
    }


@pytest.mark.parametrize(
    "line",
    [
        "issue.status = 'resolved'",
        "Issue.objects.filter(pk=1).update(status='resolved')",
        "setattr(issue, 'status', 'x')",
    ],
)
def test_the_search_for_writers_finds_one(line: str) -> None:
    assert writes_of_status(ast.parse(line)) == [1]
