"""The counters say what a count would say, whatever happened."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from core.refusals import RuleBroken
from issues import counters, services
from issues.counters import Cell
from issues.models import Channel, Issue, IssueCounter, IssueStatus, Reaction
from tests.factories.issues import MONDAY, CategoryFactory, DraftFactory, Journey
from tests.people import District

S = IssueStatus


def test_drafts_are_not_counted(district: District) -> None:
    Journey(district).draft()
    assert IssueCounter.objects.count() == 0


def test_a_submitted_issue_counts_in_every_facet(district: District) -> None:
    issue = Journey(district).submitted()
    found = {cell.facet: cell.key for cell in counters.stored("26Q4")}
    assert found == {
        "all": "0",
        "level": "2",
        "category": str(issue.category_id),
        "street": str(issue.street_id),
        "area": str(issue.area_id),
        "team": str(issue.team_id),
        "unit": str(issue.owner_unit_id),
        "street_category": f"{issue.street_id}:{issue.category_id}",
        "category_level": f"{issue.category_id}:2",
    }
    assert set(counters.stored("26Q4").values()) == {1}


def test_a_closed_issue_counts_its_days(district: District) -> None:
    Journey(district).to(S.RESOLVED)
    assert counters.stored("26Q4")[Cell("26Q4", "days", "2:0", "resolved")] == 1


def test_a_refused_act_moves_no_counter(district: District) -> None:
    issue = Journey(district).submitted()
    before = counters.stored("26Q4")
    with pytest.raises(PermissionDenied):
        services.accept_issue(issue=issue, by=district.foreign["street"], at=MONDAY, version=None)
    assert counters.stored("26Q4") == before


def test_both_sides_of_the_comparison_are_read_at_the_same_moment(
    district: District, django_assert_num_queries: Any
) -> None:
    """Two statements would see an issue that moves in between twice, or not at all, and put right what was right."""
    Journey(district).submitted()
    Journey(district).to("resolved")
    with django_assert_num_queries(1):
        kept, counted = counters.compared("26Q4")
    assert kept == counted
    assert kept.total() > 0


def test_a_change_past_the_services_is_found_and_put_right(district: District) -> None:
    issue = Journey(district).submitted()
    Issue.objects.filter(pk=issue.pk).update(category=CategoryFactory(code="dogs"))
    wrong = {(each.cell.facet, each.stored, each.counted) for each in counters.differences()}
    assert wrong == {
        ("category", 1, 0),
        ("category", 0, 1),
        ("street_category", 1, 0),
        ("street_category", 0, 1),
        ("category_level", 1, 0),
        ("category_level", 0, 1),
    }
    assert (counters.repair(), counters.differences()) == (6, [])


def test_the_total_adds_up_quarters_and_statuses(district: District) -> None:
    journey = Journey(district)
    journey.submitted()
    journey.to(S.IN_PROGRESS)
    assert counters.total(facet="all", statuses=S.open_states) == 2
    assert counters.total(facet="all", statuses=[S.ASSIGNED], quarters=["26Q4"]) == 1
    assert counters.total(facet="all", quarters=["26Q3"]) == 0


# -- Random walks ----------------------------------------------------------------------------------

Step = Callable[[Journey, Issue, Any], Any]


def _note(service: Any, who: str) -> Step:
    return lambda journey, issue, at: service(issue=issue, by=journey.side[who], at=at, version=None, note="原因")


def _office_note(service: Any) -> Step:
    return lambda journey, issue, at: service(issue=issue, by=journey.office, at=at, version=None, note="原因")


STEPS: list[Step] = [
    lambda journey, issue, at: services.submit_issues(issues=[issue], by=journey.side["lead"], at=at),
    lambda journey, issue, at: services.route_issue(
        issue=issue,
        level=journey.levels[random.choice((1, 2, 3, 4))],
        unit=journey.side.department,
        by=journey.office,
        at=at,
    ),
    _office_note(services.send_back),
    _note(services.resubmit_issue, "lead"),
    lambda journey, issue, at: services.accept_issue(issue=issue, by=journey.handler(issue), at=at, version=None),
    lambda journey, issue, at: services.return_issue(
        issue=issue, basis="清单", proposed_unit=journey.side.unit, by=journey.handler(issue), at=at, version=None
    ),
    lambda journey, issue, at: services.rule_on_return(
        issue=issue, unit=journey.side.street, ruling="裁定", by=journey.office, at=at, version=None
    ),
    lambda journey, issue, at: services.escalate_issue(
        issue=issue, by=journey.handler(issue), at=at, version=None, note="上提"
    ),
    lambda journey, issue, at: services.resolve_issue(
        issue=issue, text="好了", by=journey.handler(issue), at=at, version=None
    ),
    lambda journey, issue, at: services.explain_issue(
        issue=issue,
        rule="办法",
        text="不行",
        explained_by="沈佳",
        review_on=date(2028, 1, 1),
        by=journey.handler(issue),
        at=at,
        version=None,
    ),
    lambda journey, issue, at: services.review_explanation(
        issue=issue, upheld=random.random() < 0.7, by=journey.office, at=at, version=None, note="复看"
    ),
    lambda journey, issue, at: services.feed_back(
        issue=issue,
        told="反映人",
        channel=Channel.PHONE,
        told_on=date(2026, 11, 2),
        reaction=random.choice(Reaction.values),
        by=journey.side["secretary"],
        at=at,
        version=None,
    ),
    _office_note(services.reopen_issue),
]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_any_walk_the_counters_equal_a_count(district: District, seed: int) -> None:
    """Five issues, a few hundred attempted acts, most of them illegal where they are tried."""
    random.seed(seed)
    journey = Journey(district)
    issues = [
        DraftFactory(
            area=district.own.area,
            team=district.own.team,
            level=journey.levels[random.choice((1, 2, 3))],
            category=CategoryFactory(code=random.choice(("parking", "dogs"))),
        )
        for _each in range(5)
    ]
    done = 0
    for number in range(500):
        issue = Issue.objects.get(pk=random.choice(issues).pk)
        try:
            random.choice(STEPS)(journey, issue, MONDAY + timedelta(hours=number * 8))
            done += 1
        except (RuleBroken, PermissionDenied, KeyError):
            continue
    assert done > 40
    assert counters.differences() == []
