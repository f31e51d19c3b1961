"""After the meeting: what is left to do, as the issues raised there get on their way."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import translation

from tests.visits.conftest import AFTER, Plan
from visits import services
from visits.models import Visit
from visits.paperwork import IssueCounts
from visits.tasks import VisitPage, view_of

pytestmark = pytest.mark.usefixtures("in_2026")

COUNTS: dict[str, IssueCounts] = {}


def counted(visit: Visit) -> IssueCounts:
    return COUNTS["now"]


@pytest.fixture(autouse=True)
def issues() -> Any:
    with override_settings(VISIT_ISSUE_COUNTS=[f"{__name__}.counted"]), translation.override("en"):
        yield


def page_with(plan: Plan, who: str = "lead", **counts: int) -> VisitPage:
    COUNTS["now"] = IssueCounts(**counts)
    return view_of(Visit.objects.get(pk=plan.own.pk), plan.district.own[who], AFTER)


@pytest.fixture
def recorded(plan: Plan) -> Plan:
    plan.schedule(plan.own)
    plan.record(plan.own)
    return plan


@pytest.mark.parametrize(
    ("counts", "log", "submit"),
    [
        ({}, "todo", "off"),
        ({"drafts": 2}, "doing", "todo"),
        ({"drafts": 1, "submitted": 3}, "doing", "todo"),
        ({"submitted": 3}, "done", "done"),
    ],
)
def test_logging_and_submitting_are_done_once_no_draft_is_left(
    plan: Plan, counts: dict[str, int], log: str, submit: str
) -> None:
    plan.schedule(plan.own)
    tasks = page_with(plan, **counts).tasks
    assert [task.status for task in tasks] == ["todo", log, submit, "off"]


def test_what_was_due_yesterday_is_late(plan: Plan) -> None:
    plan.schedule(plan.own)
    COUNTS["now"] = IssueCounts(drafts=1)
    for days, late in ((0, False), (30, True)):
        page = view_of(Visit.objects.get(pk=plan.own.pk), plan.district.own["lead"], AFTER + timedelta(days=days))
        record, submit = page.tasks[0], page.tasks[2]
        assert (record.is_late, submit.is_late) == (late, late)
        assert ("was due by" in record.detail, "was due by" in submit.detail) == (late, late)


def test_a_member_who_does_not_submit_sees_how_far_the_issues_are(recorded: Plan) -> None:
    tasks = page_with(recorded, "npc_deputy", submitted=3).tasks
    assert [(task.detail, task.status) for task in tasks] == [
        ("28 residents, 4 of the team", "done"),
        ("by 14 October", "off"),  # the secretary's word
        ("3 issues written down", "done"),
    ]


def test_the_lead_reads_how_many_are_left_and_how_many_went_out(recorded: Plan) -> None:
    assert page_with(recorded, drafts=2, submitted=1).tasks[3].detail == "2 issues to submit · by 13 October"
    assert page_with(recorded, submitted=3).tasks[3].detail == "3 issues submitted"


def test_a_recorded_visit_can_be_closed_once_no_draft_is_left(recorded: Plan) -> None:
    waiting, ready = page_with(recorded, drafts=1), page_with(recorded, submitted=1)
    assert (waiting.tasks[-1].status, waiting.tasks[-1].url) == ("off", "")
    assert (ready.tasks[-1].status, ready.tasks[-1].url) == ("todo", "/visits/118-2026q4/close/")
    assert (str(waiting.state.label), str(ready.state.label)) == (
        "Recorded, issues to submit",
        "Recorded, to be closed",
    )


def test_a_closed_visit_on_which_nothing_was_raised_has_nothing_left(recorded: Plan) -> None:
    services.close_visit(visit=recorded.own, by=recorded.district.own["lead"], at=AFTER)
    assert [task.status for task in page_with(recorded).tasks] == ["done", "off", "done", "done", "done"]


@pytest.mark.parametrize(("counts", "asks"), [({"drafts": 1}, True), ({"submitted": 1}, False)])
def test_the_page_asks_to_submit_only_while_something_is_left(
    recorded: Plan, client: Any, counts: dict[str, int], asks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: AFTER)
    COUNTS["now"] = IssueCounts(**counts)
    client.force_login(recorded.district.own["lead"])
    assert (
        "Please submit the issues"
        in client.get("/visits/118-2026q4/", headers={"accept-language": "en"}).content.decode()
    ) is asks
