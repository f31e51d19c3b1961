"""What each act does: to the clock, the desks, the two endings and the people who are told."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from core.events import history_of
from core.refusals import RuleBroken
from issues import services
from issues.models import Assignment, Channel, Explanation, Feedback, Issue, IssueStatus, Reaction, Reply
from issues.vault import Reported
from notifications.kinds import Kind
from notifications.models import Message
from tests.factories.issues import MONDAY, CategoryFactory, Journey, ResponsibilityFactory
from tests.factories.visits import holidays, placed_visit, shanghai
from tests.people import District
from visits.models import VisitStatus

S = IssueStatus


@pytest.fixture
def journey(district: District) -> Journey:
    return Journey(district)


def told(person: Any) -> list[str]:
    return list(Message.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def desks(issue: Issue) -> list[tuple[int, str]]:
    return [(row.level.number, row.unit.name) for row in Assignment.objects.filter(issue=issue).order_by("pk")]


# -- Logging and submitting ------------------------------------------------------------------------


def test_a_draft_belongs_to_the_team_of_the_visit(journey: Journey) -> None:
    own = journey.side
    visit = placed_visit(day=date(2026, 11, 2), status=VisitStatus.HELD, team=own.team, area=own.area)
    draft = services.log_issue(
        area=own.area, visit=visit, by=own["party_delegate"], at=MONDAY, original_text="楼道灯坏了", households=3
    )
    assert (draft.team, draft.street, draft.raised_on, draft.logged_by) == (
        own.team,
        own.street,
        date(2026, 11, 2),
        own["party_delegate"],
    )
    assert (draft.status, draft.code) == (S.DRAFT, None)


def test_without_a_visit_it_belongs_to_the_paired_team(journey: Journey) -> None:
    own = journey.side
    draft = services.log_issue(area=own.area, by=own["secretary"], at=MONDAY, original_text="楼道灯坏了")
    assert draft.team == own.team


def test_a_foreign_team_cannot_log_here(journey: Journey) -> None:
    with pytest.raises(PermissionDenied):
        services.log_issue(
            area=journey.side.area, by=journey.district.foreign["lead"], at=MONDAY, original_text="楼道灯坏了"
        )


def test_not_sure_and_a_level_exclude_each_other(journey: Journey) -> None:
    draft = journey.draft(2)
    lead = journey.side["lead"]
    unsure = services.change_draft(issue=draft, by=lead, at=MONDAY, version=None, level_unsure=True)
    assert (unsure.level, unsure.level_unsure) == (None, True)
    sure = services.change_draft(issue=draft, by=lead, at=MONDAY, version=None, level=journey.levels[1])
    assert (sure.level.number, sure.level_unsure) == (1, False)


def test_a_secretary_cannot_change_the_team_s_draft(journey: Journey) -> None:
    with pytest.raises(PermissionDenied):
        services.change_draft(
            issue=journey.draft(), by=journey.side["secretary"], at=MONDAY, version=None, place="3 号楼"
        )


def test_a_submitted_issue_can_be_neither_changed_nor_removed(journey: Journey) -> None:
    issue, lead = journey.submitted(), journey.side["lead"]
    with pytest.raises(RuleBroken):
        services.change_draft(issue=issue, by=lead, at=MONDAY, version=None, place="3 号楼")
    with pytest.raises(RuleBroken):
        services.remove_draft(issue=issue, by=lead, at=MONDAY)


def test_the_database_keeps_the_original_words(journey: Journey) -> None:
    issue = journey.submitted()
    with pytest.raises(DatabaseError), transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(original_text="没有问题")
    assert Issue.objects.get(pk=issue.pk).original_text == issue.original_text


def test_what_is_missing_is_named(journey: Journey) -> None:
    draft = journey.draft(category=None, level=None, level_unsure=False)
    assert set(services.missing(draft)) == {"category", "level"}
    with pytest.raises(RuleBroken):
        services.submit_issues(issues=[draft], by=journey.side["lead"], at=MONDAY)


def test_several_issues_are_submitted_all_or_none(journey: Journey) -> None:
    ready, gap = journey.draft(), journey.draft(category=None)
    with pytest.raises(RuleBroken):
        services.submit_issues(issues=[ready, gap], by=journey.side["lead"], at=MONDAY)
    assert Issue.objects.submitted().count() == 0


def test_only_the_lead_submits(journey: Journey) -> None:
    with pytest.raises(PermissionDenied):
        services.submit_issues(issues=[journey.draft()], by=journey.side["party_delegate"], at=MONDAY)


def test_numbers_follow_each_other_within_a_quarter(journey: Journey) -> None:
    first, second = services.submit_issues(
        issues=[journey.draft(), journey.draft()], by=journey.side["lead"], at=MONDAY
    )
    later = services.submit_issues(issues=[journey.draft()], by=journey.side["lead"], at=shanghai(2027, 1, 4))
    assert (first.code, second.code, later[0].code) == ("26Q4-0001", "26Q4-0002", "27Q1-0001")


@pytest.mark.parametrize(("level", "unit"), [(1, "区房管局"), (2, "春申街道")])
def test_levels_the_office_does_not_confirm_go_out_at_once(journey: Journey, level: int, unit: str) -> None:
    issue = journey.submitted(level)
    assert (issue.status, issue.owner_unit.name) == (S.ASSIGNED, unit)
    assert desks(issue) == [(level, unit)]
    assert [event.verb for event in history_of(issue)] == ["route", "submit"]


@pytest.mark.parametrize("level", [3, 4, None])
def test_the_other_levels_wait_for_the_office(journey: Journey, level: int | None) -> None:
    issue = journey.submitted(level)
    assert (issue.status, issue.owner_unit) == (S.AWAITING_LEVEL, None)
    assert told(journey.office) == [Kind.ISSUE_TO_LEVEL]


def test_the_desk_is_told_and_the_one_who_sends_is_not(journey: Journey) -> None:
    journey.submitted(2)
    assert told(journey.side["street"]) == [Kind.ISSUE_ASSIGNED]
    assert told(journey.side["lead"]) == []


# -- The clock -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "due"), [(1, date(2026, 11, 16)), (2, date(2026, 11, 23))])
def test_the_level_decides_how_long(journey: Journey, level: int, due: date) -> None:
    issue = journey.submitted(level)
    assert (issue.accept_by, issue.due_on) == (date(2026, 11, 5), due)


def test_while_nobody_knows_the_level_the_shortest_limit_counts(journey: Journey) -> None:
    assert journey.submitted(None).due_on == date(2026, 11, 16)


def test_holidays_move_the_deadline(district: District) -> None:
    holidays()
    issue = Journey(district, at=shanghai(2026, 9, 30)).submitted(1)
    assert issue.due_on == date(2026, 10, 20)


def test_a_department_works_to_the_responsibility_list(journey: Journey) -> None:
    entry = ResponsibilityFactory(category=CategoryFactory(), unit=journey.side.department)
    waiting = journey.submitted(3)
    simple = services.route_issue(issue=waiting, level=journey.levels[3], by=journey.office, at=MONDAY)
    assert (simple.owner_unit, simple.due_on) == (entry.unit, date(2026, 11, 30))
    hard = services.route_issue(
        issue=journey.submitted(3), level=journey.levels[3], complexity="complex", by=journey.office, at=MONDAY
    )
    assert hard.due_on == date(2026, 12, 28)


def test_setting_the_level_late_gives_nobody_more_time(journey: Journey) -> None:
    waiting = journey.submitted(None)
    later = MONDAY + timedelta(days=7)
    sent = services.route_issue(issue=waiting, level=journey.levels[2], by=journey.office, at=later)
    assert (sent.accept_by, sent.due_on) == (date(2026, 11, 12), date(2026, 11, 23))


def test_a_ruling_keeps_the_original_day(journey: Journey) -> None:
    issue = journey.to(S.AWAITING_RULING)
    ruled = services.rule_on_return(
        issue=issue,
        unit=journey.side.department,
        ruling="按职责清单第 3 条，由区城管执法局承办",
        by=journey.office,
        at=MONDAY + timedelta(days=3),
        version=None,
    )
    assert (ruled.status, ruled.owner_unit, ruled.returns) == (S.ASSIGNED, journey.side.department, 1)
    assert ruled.due_on == date(2026, 11, 23)
    assert desks(ruled) == [(2, "春申街道"), (2, "区城管执法局")]


def test_returning_proposes_another_unit(journey: Journey) -> None:
    issue = journey.submitted()
    with pytest.raises(RuleBroken):
        services.return_issue(
            issue=issue,
            basis="清单",
            proposed_unit=journey.side.street,
            by=journey.side["street"],
            at=MONDAY,
            version=None,
        )


def test_escalation_counts_the_longer_limit_from_submission(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS, level=1)
    later = MONDAY + timedelta(days=9)
    street = services.escalate_issue(
        issue=issue, by=journey.side["pairing_unit"], at=later, version=None, note="超出单位职责"
    )
    assert (street.status, street.owner_unit, street.due_on) == (S.ASSIGNED, journey.side.street, date(2026, 11, 23))
    assert (street.handler, street.accepted_at) == (None, None)
    waiting = services.escalate_issue(issue=street, by=journey.side["street"], at=later, version=None, note="要部门办")
    assert (waiting.status, waiting.owner_unit, waiting.level.number) == (S.AWAITING_LEVEL, None, 3)
    assert waiting.due_on == date(2026, 12, 14)
    assert desks(waiting) == [(1, "区房管局"), (2, "春申街道")]
    assert not Assignment.objects.filter(issue=issue, until__isnull=True).exists()


def test_nothing_is_above_the_district(journey: Journey) -> None:
    waiting = journey.submitted(4)
    issue = services.route_issue(issue=waiting, level=journey.levels[4], by=journey.office, at=MONDAY)
    assert issue.owner_unit == journey.district.office
    with pytest.raises(RuleBroken):
        services.escalate_issue(issue=issue, by=journey.office, at=MONDAY, version=None, note="再上提")


def test_one_extension_decided_by_the_office(journey: Journey) -> None:
    issue, street = journey.to(S.IN_PROGRESS), journey.side["street"]
    services.ask_extension(issue=issue, reason="等材料", by=street, at=MONDAY, version=None)
    longer = services.decide_extension(issue=issue, granted=True, by=journey.office, at=MONDAY, version=None)
    assert (longer.due_on, longer.extended) == (date(2026, 12, 7), True)
    with pytest.raises(RuleBroken):
        services.ask_extension(issue=issue, reason="还要", by=street, at=MONDAY, version=None)


def test_a_refused_extension_needs_a_reason_and_is_used_up(journey: Journey) -> None:
    issue, street = journey.to(S.IN_PROGRESS), journey.side["street"]
    services.ask_extension(issue=issue, reason="等材料", by=street, at=MONDAY, version=None)
    with pytest.raises(RuleBroken):
        services.decide_extension(issue=issue, granted=False, by=journey.office, at=MONDAY, version=None)
    same = services.decide_extension(
        issue=issue, granted=False, by=journey.office, at=MONDAY, version=None, note="材料已齐"
    )
    assert (same.due_on, same.extended) == (date(2026, 11, 23), False)
    with pytest.raises(RuleBroken):
        services.ask_extension(issue=issue, reason="还要", by=street, at=MONDAY, version=None)


# -- Desk and answers ----------------------------------------------------------------------------


def test_whoever_accepts_has_it(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    assert issue.handler == journey.side["street"]
    assert Assignment.objects.get(issue=issue).handler == journey.side["street"]


def test_only_people_of_the_unit_become_case_handler(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    named = services.assign_handler(
        issue=issue, handler=journey.side["street_lead"], by=journey.side["street"], at=MONDAY, version=None
    )
    assert named.handler == journey.side["street_lead"]
    with pytest.raises(RuleBroken):
        services.assign_handler(
            issue=issue, handler=journey.side["department"], by=journey.side["street"], at=MONDAY, version=None
        )


def test_internal_progress_is_not_public(journey: Journey) -> None:
    issue, street = journey.to(S.IN_PROGRESS), journey.side["street"]
    services.add_progress(issue=issue, text="已联系物业", public=False, by=street, at=MONDAY, version=None)
    services.add_progress(issue=issue, text="下周划线", public=True, by=street, at=MONDAY, version=None)
    assert [reply.text for reply in issue.replies.filter(public=True)] == ["下周划线"]


def test_the_result_is_public_and_goes_to_lead_and_secretary(journey: Journey) -> None:
    issue = journey.to(S.AWAITING_CONFIRMATION)
    assert issue.replies.filter(public=True).count() == 1
    for who in ("lead", "secretary"):
        assert told(journey.side[who]) == [Kind.ISSUE_TO_CONFIRM]


def test_an_issue_closes_only_with_feedback(journey: Journey) -> None:
    issue = journey.to(S.RESOLVED)
    feedback = Feedback.objects.get(issue=issue)
    assert (feedback.reaction, feedback.by) == (Reaction.ACCEPTS, journey.side["secretary"])
    assert (issue.ending, issue.closed_at is not None, issue.days_used) == ("resolved", True, 0)
    assert not Assignment.objects.filter(issue=issue, until__isnull=True).exists()


def test_the_days_used_end_with_the_answer_not_with_the_feedback(journey: Journey) -> None:
    issue, street = journey.to(S.IN_PROGRESS), journey.side["street"]
    services.resolve_issue(issue=issue, text="好了", by=street, at=MONDAY + timedelta(days=4), version=None)
    closed = services.feed_back(
        issue=issue,
        told="反映人",
        channel=Channel.PHONE,
        told_on=date(2026, 11, 20),
        reaction=Reaction.ACCEPTS,
        by=journey.side["lead"],
        at=MONDAY + timedelta(days=18),
        version=None,
    )
    assert closed.days_used == 4


def test_nobody_confirms_what_they_handled(journey: Journey) -> None:
    issue = journey.to(S.AWAITING_CONFIRMATION)
    Assignment.objects.filter(issue=issue).update(handler=journey.side["secretary"])
    with pytest.raises(RuleBroken):
        journey.fed_back(issue)


def test_nobody_confirms_an_answer_they_wrote(journey: Journey) -> None:
    issue = journey.to(S.AWAITING_CONFIRMATION)
    issue.replies.update(by=journey.side["secretary"])
    with pytest.raises(RuleBroken):
        journey.fed_back(issue)


def test_an_objection_brings_it_back_to_the_desk(journey: Journey) -> None:
    issue = journey.fed_back(journey.to(S.AWAITING_CONFIRMATION), Reaction.OBJECTS)
    assert (issue.status, issue.ending, issue.answered_at) == (S.IN_PROGRESS, "", None)
    assert Kind.ISSUE_REOPENED in told(journey.side["street"])


def test_not_reached_is_on_record_and_closes_nothing(journey: Journey) -> None:
    issue = journey.fed_back(journey.to(S.AWAITING_CONFIRMATION), Reaction.UNREACHABLE)
    assert (issue.status, issue.feedback.count()) == (S.AWAITING_CONFIRMATION, 1)


def test_the_resident_may_confirm_in_person(journey: Journey) -> None:
    issue = journey.to(S.AWAITING_CONFIRMATION)
    closed = services.feed_back(
        issue=issue,
        told="居民",
        channel=Channel.SLIP,
        told_on=date(2026, 11, 2),
        reaction=Reaction.ACCEPTS,
        by=None,
        at=MONDAY,
        version=None,
    )
    assert closed.status == S.RESOLVED


def test_an_explanation_waits_for_a_second_opinion(journey: Journey) -> None:
    issue = journey.explanation()
    assert issue.replies.filter(public=True).count() == 0
    with pytest.raises(RuleBroken):
        journey.fed_back(issue, Reaction.UNDERSTANDS)
    assert told(journey.office) == [Kind.EXPLANATION_TO_REVIEW]


def test_an_upheld_explanation_is_public_and_can_close(journey: Journey) -> None:
    issue = journey.to(S.EXPLAINED)
    assert (issue.ending, issue.status) == ("explained", S.EXPLAINED)
    assert issue.replies.get(public=True).text == Explanation.objects.get(issue=issue).text


def test_a_second_opinion_that_disagrees_brings_it_back(journey: Journey) -> None:
    issue = journey.explanation()
    back = services.review_explanation(
        issue=issue, upheld=False, by=journey.office, at=MONDAY, version=None, note="可以错时停车"
    )
    assert (back.status, back.ending) == (S.IN_PROGRESS, "")
    assert issue.replies.filter(public=True).count() == 0


def test_an_explanation_after_an_objection_needs_a_new_second_opinion(journey: Journey) -> None:
    issue = journey.explanation()
    services.review_explanation(issue=issue, upheld=True, by=journey.office, at=MONDAY, version=None)
    journey.fed_back(issue, Reaction.OBJECTS)
    services.explain_issue(
        issue=issue,
        rule="办法",
        text="还是不行",
        explained_by="沈佳",
        review_on=date(2027, 5, 1),
        by=journey.side["street"],
        at=MONDAY,
        version=None,
    )
    with pytest.raises(RuleBroken):
        journey.fed_back(issue, Reaction.UNDERSTANDS)


def test_whoever_handled_it_gives_no_second_opinion(journey: Journey) -> None:
    issue = journey.explanation()
    Assignment.objects.filter(issue=issue).update(handler=journey.office)
    with pytest.raises(RuleBroken):
        services.review_explanation(issue=issue, upheld=True, by=journey.office, at=MONDAY, version=None)


def test_an_explanation_comes_up_again_in_the_future(journey: Journey) -> None:
    with pytest.raises(RuleBroken):
        services.explain_issue(
            issue=journey.to(S.IN_PROGRESS),
            rule="办法",
            text="不行",
            explained_by="沈佳",
            review_on=date(2026, 11, 2),
            by=journey.side["street"],
            at=MONDAY,
            version=None,
        )


def test_reopening_returns_it_to_its_last_desk(journey: Journey) -> None:
    issue = services.reopen_issue(
        issue=journey.to(S.RESOLVED), by=journey.office, at=MONDAY, version=None, note="又停满了"
    )
    assert (issue.status, issue.closed_at, issue.days_used, issue.ending) == (S.IN_PROGRESS, None, None, "")
    assert desks(issue) == [(2, "春申街道"), (2, "春申街道")]
    assert Assignment.objects.get(issue=issue, until__isnull=True).handler == journey.side["street"]


def test_asking_the_lawyer_and_the_opinion(journey: Journey) -> None:
    issue = journey.to(S.IN_PROGRESS)
    asked = services.ask_lawyer(issue=issue, by=journey.side["street"], at=MONDAY, version=None)
    assert (asked.needs_lawyer, told(journey.side["lawyer"])) == (True, [Kind.OPINION_WANTED])
    given = services.give_legal_opinion(
        issue=issue, text="可先行调解", by=journey.side["lawyer"], at=MONDAY, version=None
    )
    assert given.needs_lawyer is False
    assert Kind.OPINION_GIVEN in told(journey.side["street"])


def test_details_the_office_asks_for_come_from_the_team(journey: Journey) -> None:
    issue = journey.to(S.RETURNED)
    assert told(journey.side["lead"]) == [Kind.ISSUE_RETURNED]
    with pytest.raises(RuleBroken):
        services.change_draft(
            issue=issue, by=journey.side["lead"], at=MONDAY, version=None, original_text="别的话", place="3 号楼"
        )
    sent = services.resubmit_issue(
        issue=issue, by=journey.side["lead"], at=MONDAY, version=None, note="3 号楼北侧", place="3 号楼"
    )
    assert (sent.status, sent.place, sent.original_text) == (S.AWAITING_LEVEL, "3 号楼", issue.original_text)
    assert sent.due_on == issue.due_on


def test_events_name_no_resident_and_no_words(journey: Journey) -> None:
    own = journey.side
    draft = services.log_issue(
        area=own.area,
        by=own["lead"],
        at=MONDAY,
        original_text="我家 3 号楼 201 室漏水",
        category=CategoryFactory(),
        level=journey.levels[2],
        reporter=Reported(name="顾阿姨", phone="13812342207", wants_messages=True),
    )
    issue = services.submit_issues(issues=[draft], by=own["lead"], at=MONDAY)[0]
    services.accept_issue(issue=issue, by=own["street"], at=MONDAY, version=None)
    services.add_progress(
        issue=issue, text="已打电话给顾阿姨 13812342207", public=False, by=own["street"], at=MONDAY, version=None
    )
    whole = str([event.payload for event in history_of(issue)])
    assert not [word for word in ("顾阿姨", "13812342207", "201", "漏水") if word in whole]
    assert Reply.objects.get(issue=issue).text == "已打电话给顾阿姨 13812342207"
