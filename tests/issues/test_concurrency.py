"""Many people at one issue, one form sent five times: nothing is lost, nothing is doubled.

Each guard has a twin that goes without it and loses or doubles, so that the guard is seen to do the work.
"""

import threading
import time
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from core import changes
from core.events import history_of, verify
from core.refusals import Conflict, RuleBroken
from issues import counters, services
from issues.models import Issue, IssueNumber, IssueStatus
from issues.numbering import next_codes
from issues.vault import Reported, reveal, seal
from tests.at_once import at_once, together
from tests.factories.issues import MONDAY, Journey
from tests.factories.visits import placed_visit
from tests.people import District, build_district
from visits.models import Visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

EDITORS, AT_ONCE = 200, 20


@pytest.fixture
def district() -> District:
    """The district, committed, so that other connections see it."""
    return build_district()


@pytest.fixture
def issue(district: District) -> Issue:
    return Journey(district).to(IssueStatus.IN_PROGRESS)


# -- Lost updates ----------------------------------------------------------------------------------


def test_two_hundred_editors_lose_no_update(district: District, issue: Issue) -> None:
    street = district.own["street"]

    def edit(number: int) -> None:
        services.add_progress(issue=issue, text=f"进展 {number}", public=False, by=street, at=MONDAY, version=None)

    before, events = Issue.objects.get(pk=issue.pk), history_of(issue).count()
    at_once(EDITORS, edit, workers=AT_ONCE)
    after = Issue.objects.get(pk=issue.pk)
    assert after.version == before.version + EDITORS
    assert history_of(issue).count() == events + EDITORS
    assert issue.replies.count() == EDITORS
    assert verify() is None


def test_without_the_version_in_the_update_editors_overwrite_each_other(issue: Issue) -> None:
    before = Issue.objects.get(pk=issue.pk).version

    def edit_naively(_number: int) -> None:
        row = Issue.objects.get(pk=issue.pk)
        row.version += 1
        row.save()

    at_once(EDITORS, edit_naively, workers=AT_ONCE)
    assert Issue.objects.get(pk=issue.pk).version < before + EDITORS


def test_of_editors_who_saw_the_same_form_one_wins_and_the_others_are_told(district: District, issue: Issue) -> None:
    street = district.own["street"]

    def edit(number: int) -> str:
        try:
            services.add_progress(
                issue=issue, text=f"进展 {number}", public=False, by=street, at=MONDAY, version=issue.version
            )
        except Conflict as conflict:
            return conflict.by
        return "saved"

    outcomes = at_once(AT_ONCE, edit)
    assert outcomes.count("saved") == 1
    assert outcomes.count(street.name) == AT_ONCE - 1
    assert issue.replies.count() == 1


def test_of_two_desks_that_act_on_one_issue_one_wins(district: District) -> None:
    issue = Journey(district).submitted()
    street, lead = district.own["street"], district.own["street_lead"]

    def act(number: int) -> str:
        try:
            if number % 2:
                services.accept_issue(issue=issue, by=street, at=MONDAY, version=None)
            else:
                services.return_issue(
                    issue=issue, basis="清单", proposed_unit=district.own.unit, by=lead, at=MONDAY, version=None
                )
        except RuleBroken:
            return "refused"
        return "done"

    assert sorted(at_once(10, act)) == ["done"] + ["refused"] * 9
    assert counters.differences() == []


# -- Doubled effects -------------------------------------------------------------------------------


def send_five_times(district: District, issue: Issue, form: dict[str, Any]) -> list[Any]:
    clients = [Client() for _each in range(5)]
    for client in clients:
        client.force_login(district.own["street"])
    address = reverse("issues:act", args=[issue.code, "progress"])
    return at_once(5, lambda number: clients[number].post(address, {"text": "下周划线", "public": "yes", **form}))


def test_a_form_sent_five_times_at_once_has_one_effect_and_one_answer(district: District, issue: Issue) -> None:
    answers = send_five_times(district, issue, {"form_key": str(uuid.uuid4())})
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, issue.get_absolute_url())}
    assert issue.replies.count() == 1


def test_without_its_key_a_form_sent_five_times_has_five_effects(district: District, issue: Issue) -> None:
    send_five_times(district, issue, {})
    assert issue.replies.count() == 5


# -- Numbers and counters --------------------------------------------------------------------------


def test_submissions_at_once_get_different_numbers_without_gaps(district: District) -> None:
    journey = Journey(district)
    drafts = [journey.draft() for _each in range(30)]

    def submit(number: int) -> str:
        return services.submit_issues(issues=[drafts[number]], by=district.own["lead"], at=MONDAY)[0].code

    codes = at_once(30, submit, workers=AT_ONCE)
    assert sorted(codes) == [f"26Q4-{number:04d}" for number in range(1, 31)]
    assert counters.differences() == []
    assert verify() is None


def _close_while_others_log(district: District) -> tuple[int, int]:
    """How many issues the one who closes the visit had counted, and how many there are in the end."""
    visit = placed_visit(team=district.own.team, area=district.own.area, status="recorded")
    counted, locked = [], threading.Event()

    def act(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                row = changes.lock(visit, version=None)
                counted.append(Issue.objects.count())
                locked.set()
                time.sleep(0.5)
                Visit.objects.filter(pk=row.pk).update(status="closed")
        else:
            locked.wait(10)
            services.log_issue(
                area=visit.area, visit=visit, by=district.own["lead"], at=MONDAY, original_text=f"{number}号楼"
            )

    at_once(5, act)
    return counted[0], Issue.objects.count()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_nothing_is_written_down_for_a_visit_that_is_being_closed(district: District) -> None:
    counted, there = _close_while_others_log(district)
    assert counted == there


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_without_locking_the_visit_issues_would_slip_in(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issues.services.drafts.lock_to_log", lambda visit: visit)
    counted, there = _close_while_others_log(district)
    assert counted < there


def test_reading_then_writing_the_last_number_would_give_one_twice(district: District) -> None:
    next_codes(MONDAY.date(), 1)
    ready = together(AT_ONCE)

    def take_naively(_number: int) -> int:
        row = IssueNumber.objects.get(pk="26Q4")
        ready.wait()
        row.last += 1
        row.save()
        return row.last

    taken = at_once(AT_ONCE, take_naively)
    assert len(set(taken)) < AT_ONCE


def test_looks_at_once_do_not_pass_the_limit(district: District, issue: Issue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("issues.vault.REVEALS_A_DAY", 3)
    seal(issue, Reported(name="顾秀英", phone="13812342207"))

    def look(_number: int) -> str:
        try:
            return reveal(issue=issue, by=district.own["street"], reason="约上门时间", at=MONDAY).phone
        except RuleBroken:
            return "refused"

    assert at_once(10, look).count("13812342207") == 3
