"""What pages ask: suggested levels, choices, time in words, and what other apps hear from issues."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from core.events import history_of
from core.personal import looks_personal
from issues import services
from issues.closing import counts_of, every_issue_submitted
from issues.duewords import Due, due_of
from issues.handover import hand_over_issues
from issues.models import Explanation, Issue, IssueCounter, IssueStatus
from issues.numbering import next_codes
from issues.promises import lines_of
from issues.queries import desk_counts, last_quarters, level_choices, open_of_kind, suggested_level
from issues.reviews import reopen_due
from notifications.models import Message
from tests.factories.issues import MONDAY, CategoryFactory, Journey, ResponsibilityFactory, four_levels
from tests.factories.visits import placed_visit
from tests.people import District
from visits.models import VisitStatus
from visits.paperwork import IssueCounts
from visits.workdays import Workdays

S = IssueStatus


def solved(category: Any, level: int, n: int, quarter: str = "26Q3") -> None:
    key = f"{category.pk}:{level}"
    IssueCounter.objects.create(quarter=quarter, facet="category_level", key=key, status=S.RESOLVED, n=n)


# -- Suggestions -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_level_that_solved_most_in_the_past_year_is_suggested() -> None:
    four_levels()
    parking = CategoryFactory()
    solved(parking, 1, 2)
    solved(parking, 2, 14)
    solved(parking, 3, 4)
    found = suggested_level(parking, at=MONDAY)
    assert (found.level.number, found.share) == (2, 0.7)
    with translation.override("en"):
        assert found.words == "In the past year seven in ten issues of “Parking” were: Street office"
    with translation.override("zh-hans"):
        assert found.words == "过去一年，停车难七成由街道解决"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("numbers", "quarter"),
    [({2: 4}, "26Q3"), ({1: 5, 2: 5, 3: 5}, "26Q3"), ({2: 50}, "25Q2")],
    ids=["too few", "no clear level", "too long ago"],
)
def test_without_clear_experience_nothing_is_suggested(numbers: dict[int, int], quarter: str) -> None:
    four_levels()
    parking = CategoryFactory()
    for level, n in numbers.items():
        solved(parking, level, n, quarter)
    assert suggested_level(parking, at=MONDAY) is None


def test_experience_grows_from_closed_issues(district: District) -> None:
    journey = Journey(district)
    for _each in range(5):
        journey.to(S.RESOLVED)
    assert suggested_level(Issue.objects.first().category, at=MONDAY).level.number == 2


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2026, 11, 2), ["26Q4", "26Q3", "26Q2", "26Q1", "25Q4"]),
        (date(2027, 1, 1), ["27Q1", "26Q4", "26Q3", "26Q2", "26Q1"]),
    ],
)
def test_quarters_are_counted_backwards(day: date, codes: list[str]) -> None:
    assert last_quarters(day, 5) == codes


def test_the_choices_say_unit_days_and_day(district: District) -> None:
    four_levels()
    entry = ResponsibilityFactory(unit=district.own.department)
    solved(entry.category, 2, 9)
    found = level_choices(
        area=district.own.area, team=district.own.team, category=entry.category, complexity="complex", at=MONDAY
    )
    assert [(choice.unit, choice.days, choice.suggested) for choice in found] == [
        (district.own.unit, 10, False),
        (district.own.street, 15, True),
        (district.own.department, 40, False),
        (district.office, 60, False),
    ]
    assert found[0].due_on == date(2026, 11, 16)


def test_similar_open_issues_are_counted_without_reading_them(
    district: District, django_assert_num_queries: Any
) -> None:
    journey = Journey(district)
    issue = journey.submitted()
    journey.to(S.RESOLVED)
    with django_assert_num_queries(1):
        assert open_of_kind(street_id=issue.street_id, category_id=issue.category_id, at=MONDAY) == 1


def test_everybody_hears_how_much_waits(district: District) -> None:
    journey = Journey(district, at=timezone.now())
    journey.submitted()
    journey.to(S.AWAITING_CONFIRMATION)
    assert desk_counts(district.own["street"], journey.at)["new"] == 1
    assert desk_counts(district.own["lead"], journey.at)["confirm"] == 1
    assert desk_counts(district.foreign["street"], journey.at)["new"] == 0


# -- Time in words ---------------------------------------------------------------------------------

TODAY = date(2026, 11, 2)  # a Monday


@pytest.mark.parametrize(
    ("due_on", "words", "tone"),
    [
        (date(2026, 11, 12), "8 working days left", ""),
        (date(2026, 11, 3), "1 working day left", ""),
        (TODAY, "today 17:00", "soon"),
        (date(2026, 10, 30), "1 working day overdue", "late"),
        (date(2026, 10, 26), "5 working days overdue", "late"),
    ],
)
def test_the_time_left_is_told_in_working_days(due_on: date, words: str, tone: str) -> None:
    with translation.override("en"):
        found = due_of(
            status=S.IN_PROGRESS, due_on=due_on, accept_by=TODAY, days_used=None, day=TODAY, workdays=Workdays()
        )
    assert found == Due(words, tone)


def test_on_a_weekend_overdue_is_overdue() -> None:
    saturday, friday = date(2026, 10, 31), date(2026, 10, 30)
    with translation.override("en"):
        found = due_of(
            status=S.IN_PROGRESS, due_on=friday, accept_by=None, days_used=None, day=saturday, workdays=Workdays()
        )
    assert found == Due("1 working day overdue", "late")


@pytest.mark.parametrize(
    ("status", "accept_by", "words"),
    [
        (S.ASSIGNED, date(2026, 11, 5), "3 working days to accept"),
        (S.ASSIGNED, TODAY, "accept today by 17:00"),
        (S.ASSIGNED, date(2026, 10, 29), "2 working days late to accept"),
        (S.AWAITING_CONFIRMATION, TODAY, ""),
    ],
)
def test_what_is_to_accept_tells_until_when(status: str, accept_by: date, words: str) -> None:
    with translation.override("en"):
        found = due_of(
            status=status,
            due_on=date(2026, 11, 20),
            accept_by=accept_by,
            days_used=None,
            day=TODAY,
            workdays=Workdays(),
        )
    assert found.words == words


def test_a_closed_issue_tells_how_long_it_took() -> None:
    with translation.override("en"):
        found = due_of(status=S.RESOLVED, due_on=TODAY, accept_by=None, days_used=6, day=TODAY, workdays=Workdays())
    assert found == Due("took 6 working days")


# -- Numbers ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_numbers_start_anew_each_quarter_and_grow_beyond_four_digits() -> None:
    assert next_codes(date(2026, 12, 31), 2) == ["26Q4-0001", "26Q4-0002"]
    assert next_codes(date(2027, 1, 1), 1) == ["27Q1-0001"]
    assert next_codes(date(2026, 12, 31), 9999)[-1] == "26Q4-10001"


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("请打 13812342207", True),
        ("请打 138 1234 2207", True),
        ("请打１３８１２３４２２０７", True),
        ("身份证 31010419500101001X", True),
        ("二期款 186000 元", False),
        ("编号 26Q4-0412，电话 12345", False),
        ("021-55550118", False),
    ],
)
def test_numbers_of_persons_are_recognised(text: str, personal: bool) -> None:
    assert looks_personal(text) is personal


# -- What other apps hear --------------------------------------------------------------------------


def test_a_visit_with_drafts_cannot_be_closed(district: District) -> None:
    own = district.own
    visit = placed_visit(day=date(2026, 11, 2), status=VisitStatus.RECORDED, team=own.team, area=own.area)
    draft = services.log_issue(
        area=own.area,
        visit=visit,
        by=own["lead"],
        at=MONDAY,
        original_text="楼道灯坏了",
        category=CategoryFactory(),
        level=four_levels()[2],
    )
    with translation.override("en"):
        assert every_issue_submitted(visit) == ["1 issue is written down but not submitted yet."]
    services.submit_issues(issues=[draft], by=own["lead"], at=MONDAY)
    assert every_issue_submitted(visit) == []


def test_a_visit_opens_with_what_was_promised(district: District) -> None:
    own = district.own
    placed_visit(
        day=date(2026, 7, 6), status=VisitStatus.CLOSED, team=own.team, area=own.area, code="118-old", round=None
    )
    journey = Journey(district)
    journey.to(S.IN_PROGRESS, title="还没办好")
    journey.to(S.RESOLVED, title="办好了")
    journey.draft(title="草稿")
    Journey(district, "foreign").submitted(title="别处的")
    coming = placed_visit(day=date(2027, 1, 6), team=own.team, area=own.area)
    lines = {line.title: line for line in lines_of(coming, own["secretary"])}
    assert set(lines) == {"还没办好", "办好了"}
    assert lines["还没办好"].late
    assert not lines["办好了"].late


def test_what_was_closed_before_the_last_visit_is_not_reported_again(district: District) -> None:
    own = district.own
    Journey(district).to(S.RESOLVED)
    placed_visit(
        day=date(2026, 12, 1), status=VisitStatus.CLOSED, team=own.team, area=own.area, code="118-old", round=None
    )
    coming = placed_visit(day=date(2027, 1, 6), team=own.team, area=own.area)
    assert lines_of(coming, own["secretary"]) == []


@pytest.mark.parametrize(("seat", "messages"), [("lead", 1), ("lawyer", 0), ("party_delegate", 0)])
def test_a_new_lead_hears_what_waits_for_the_seat(district: District, seat: str, messages: int) -> None:
    Journey(district).to(S.AWAITING_CONFIRMATION)
    new = district["nobody"]
    hand_over_issues(
        seat=district.own.team.seats.get(kind__code=seat),
        old=district.own[seat],
        new=new,
        day=date(2026, 11, 3),
        by=district["coordinator"],
        at=MONDAY,
    )
    assert Message.objects.filter(recipient=new).count() == messages


def test_an_explanation_comes_up_again_on_its_review_day(district: District) -> None:
    journey = Journey(district)
    explained, resolved = journey.to(S.EXPLAINED), journey.to(S.RESOLVED)
    review_on = Explanation.objects.get(issue=explained).review_on
    reopen_due(MONDAY)
    assert Issue.objects.get(pk=explained.pk).status == S.EXPLAINED
    later = MONDAY + (review_on - MONDAY.date())
    assert reopen_due(later) == "1 explanations came up for review"
    assert Issue.objects.get(pk=explained.pk).status == S.IN_PROGRESS
    assert Issue.objects.get(pk=resolved.pk).status == S.RESOLVED
    assert reopen_due(later + timedelta(days=1)) == "0 explanations came up for review"


def test_of_several_explanations_the_newest_says_when_it_comes_up_again(district: District) -> None:
    """The first one, from before it was opened again, named a later day."""
    issue = Journey(district).to(S.EXPLAINED)
    first = Explanation.objects.get(issue=issue)
    days = {"rule": "新规", "text": "还是不行", "explained_by": "沈佳", "by": first.by, "at": MONDAY, "upheld": True}
    days |= {"reviewed_by": first.reviewed_by, "reviewed_at": MONDAY, "issue": issue}
    second = Explanation.objects.create(**days, review_on=first.review_on - timedelta(days=60))
    assert reopen_due(MONDAY + (second.review_on - MONDAY.date())) == "1 explanations came up for review"
    words = history_of(issue).first()
    assert (words.verb, words.payload["review_day"]) == ("reopen", True)
    Issue.objects.filter(pk=issue.pk).update(status=S.EXPLAINED, ending=S.EXPLAINED, closed_at=MONDAY, days_used=1)
    Explanation.objects.create(**days, review_on=first.review_on + timedelta(days=60))
    assert reopen_due(MONDAY + (first.review_on - MONDAY.date())) == "0 explanations came up for review"


def test_a_visit_is_told_how_many_of_its_issues_are_drafts_and_how_many_went_out(district: District) -> None:
    journey = Journey(district)
    visit = placed_visit(team=district.own.team, area=district.own.area)
    journey.draft(visit=visit)
    journey.submitted(visit=visit)
    journey.submitted(visit=visit)
    journey.draft()
    assert counts_of(visit) == IssueCounts(drafts=1, submitted=2)
