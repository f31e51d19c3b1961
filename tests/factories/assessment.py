"""Dull rows for surveys, cards, rules and scores, and the few rows of other apps a score is made of."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from assessment.codes import hash_code, new_code
from assessment.models import Ballot, Card, OfficeRating, RuleSet, RuleSetStatus, Survey, SurveyStatus
from assessment.questions import STANDARD
from assessment.results import count_answers
from assessment.rules import seal_of
from issues.models import Feedback, Issue, IssueStatus, Reaction
from teams.models import Area, Team
from tests.factories.issues import four_levels
from tests.factories.teams import AreaFactory, TeamFactory, UserFactory

AT = datetime(2026, 12, 15, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai
OPENS, CLOSES = date(2026, 11, 20), date(2026, 12, 5)


def labels(code: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "zh": zh, "en": en, **more}


def indicator(code: str, zh: str, en: str, most: int, formula: str, **params: Any) -> dict[str, Any]:
    words = {"rule_zh": f"{zh}的规则", "rule_en": f"Rule of {en}", "max": most, "formula": formula, "params": params}
    return labels(code, zh, en, group=code[0], **words)


def rules_body(**changes: Any) -> dict[str, Any]:
    """The rules of the reference programme: visits 20, solving 35, residents 30, organisation 15, deductions."""
    satisfied = {"question": "satisfaction", "positive": ["5", "4"], "valid": ["5", "4", "3", "2", "1"]}
    aware = {"question": "aware", "positive": ["known"], "valid": ["known", "unknown"]}
    body = {
        "small_sample": {"shown_from": 10, "full_from": 30},
        "bands": [
            labels("excellent", "优秀", "Excellent", **{"from": 90}),
            labels("good", "良好", "Good", **{"from": 80}),
            labels("pass", "合格", "Pass", **{"from": 60}),
            labels("fail", "不合格", "Fail", **{"from": 0}),
        ],
        "groups": [
            labels("A", "走访履责", "Visits"),
            labels("B", "解决问题", "Solving issues"),
            labels("C", "群众测评", "Residents"),
            labels("D", "组织考评", "Organisation"),
            labels("E", "扣分", "Deductions"),
        ],
        "indicators": [
            indicator("A1", "集中走访按期完成", "Visits on time", 16, "visits_on_time", makeup_share="0.75"),
            indicator("A2", "记录齐全", "Record complete", 4, "records_complete", least_came=3),
            indicator("B1", "办结率", "Closed rate", 15, "issues_closed", levels=[1]),
            indicator("B2", "按时办结率", "On-time rate", 10, "issues_in_time", levels=[1]),
            indicator("B3", "居民确认", "Confirmed by residents", 10, "issues_confirmed", levels=[1]),
            indicator("C1", "满意率", "Satisfaction rate", 20, "survey_share", **satisfied),
            indicator("C2", "结果知晓率", "Awareness of results", 10, "survey_share", **aware),
            indicator("D1", "办公室评定", "Rating by the office", 15, "office_rating"),
            indicator("E1", "扣分", "Deductions", 0, "deductions"),
        ],
    }
    return body | changes


class SurveyFactory(DjangoModelFactory):
    """A survey of 2026 nobody has opened."""

    class Meta:
        model = Survey
        django_get_or_create = ["year"]

    year = 2026
    title_zh = factory.LazyAttribute(lambda survey: f"{survey.year}年度群众测评")
    title_en = factory.LazyAttribute(lambda survey: f"Survey {survey.year}")
    opens_on = OPENS
    closes_on = CLOSES
    questions = factory.LazyFunction(lambda: list(STANDARD))


class OpenSurveyFactory(SurveyFactory):
    status = SurveyStatus.OPEN
    opened_at = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    opened_by = factory.SubFactory(UserFactory)


class ClosedSurveyFactory(OpenSurveyFactory):
    status = SurveyStatus.CLOSED
    closed_at = datetime(2026, 12, 5, 10, 0, tzinfo=UTC)
    closed_by = factory.SubFactory(UserFactory)


def card(survey: Survey, area: Area | None = None, status: str = "unused") -> str:
    """The code of a new card."""
    code = new_code()
    Card.objects.create(code_hash=hash_code(code), survey=survey, area=area or AreaFactory(), status=status)
    return code


def answers(satisfaction: str = "5", listened: str = "yes", aware: str = "known", **more: str) -> dict[str, str]:
    return {"satisfaction": satisfaction, "listened": listened, "aware": aware, **more}


def ballots(survey: Survey, area: Area, n: int, **values: str) -> None:
    """Answers of an area; those of a closed survey are counted, as its close would have done."""
    Ballot.objects.bulk_create(Ballot(survey=survey, area=area, answers=answers(**values)) for _ in range(n))
    if survey.status == SurveyStatus.CLOSED:
        survey.tallies = count_answers(survey)
        Survey.objects.filter(pk=survey.pk).update(tallies=survey.tallies)


class RuleSetFactory(DjangoModelFactory):
    """Version 1 of the rules of 2026, written by somebody, waiting for approval."""

    class Meta:
        model = RuleSet

    year = 2026
    number = 1
    body = factory.LazyFunction(rules_body)
    sha256 = factory.LazyAttribute(lambda rule_set: seal_of(rule_set.body))
    created_by = factory.SubFactory(UserFactory)
    created_at = datetime(2025, 12, 1, 2, 0, tzinfo=UTC)


class ApprovedRuleSetFactory(RuleSetFactory):
    status = RuleSetStatus.APPROVED
    first_by = factory.SubFactory(UserFactory)
    first_at = datetime(2025, 12, 10, 2, 0, tzinfo=UTC)
    second_by = factory.SubFactory(UserFactory)
    second_at = datetime(2025, 12, 11, 2, 0, tzinfo=UTC)


class OfficeRatingFactory(DjangoModelFactory):
    class Meta:
        model = OfficeRating

    year = 2026
    team = factory.SubFactory(TeamFactory)
    points = "13.5"
    reason = "四次走访准备充分，两次交办偏慢"
    by = factory.SubFactory(UserFactory)
    at = AT


def issue(
    team: Team,
    area: Area,
    *,
    on: int | None = 1,
    ending: str = "",
    due_on: date = date(2026, 11, 1),
    answered_on: date | None = None,
    reaction: str = "",
    raised_on: date = date(2026, 10, 9),
) -> Issue:
    """A submitted issue on level `on` (None: not set yet); an ending closes it the day it was answered."""
    answered = answered_on or (date(2026, 10, 20) if ending else None)
    status = ending or (IssueStatus.IN_PROGRESS if on else IssueStatus.AWAITING_LEVEL)
    moment = datetime.combine(answered, time(2), UTC) if answered else None
    found = Issue.objects.create(
        code=f"26Q4-{Issue.objects.count() + 1:04d}",
        quarter="26Q4",
        team=team,
        area=area,
        street=area.street,
        raised_on=raised_on,
        original_text="楼道灯不亮",
        title="楼道灯不亮",
        status=status,
        ending=ending,
        level=four_levels()[on] if on else None,
        owner_unit=team.unit,
        due_on=due_on,
        submitted_at=datetime.combine(raised_on, time(2), UTC) + timedelta(days=1),
        answered_at=moment,
        closed_at=moment if ending else None,
        days_used=8 if ending else None,
    )
    if reaction:
        Feedback.objects.create(
            issue=found, told="反映人", channel="电话", told_on=answered, reaction=Reaction(reaction), at=moment
        )
    return found
