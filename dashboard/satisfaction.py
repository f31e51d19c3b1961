"""What residents answered in the closed survey of a year, as far as it may be shown (see assessment.results).

A closed survey no longer changes, so its thousands of answers are counted once and kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.core.cache import caches

from assessment.models import Survey
from assessment.questions import Question, closed_questions, words
from assessment.results import Tally, published

KEEP_SECONDS = 24 * 3600
FEW = 30
OVERALL = "satisfaction"
Counted = dict[str, Any]


@dataclass(frozen=True)
class Share:
    """Good answers out of all of them; fewer than thirty are called a small sample."""

    good: int
    n: int

    @property
    def rate(self) -> Decimal:
        return Decimal(self.good) / self.n

    @property
    def is_small(self) -> bool:
        return self.n < FEW


@dataclass(frozen=True)
class Aspect:
    """One question of the survey with the district's share of good answers."""

    label: str
    share: Share


@dataclass(frozen=True)
class Satisfaction:
    """The overall question for the district, its streets and areas (by id), and every question for the district."""

    year: int
    overall: Share
    aspects: list[Aspect]
    streets: Mapping[int, Share]
    areas: Mapping[int, Share]


def of_year(year: int) -> Satisfaction | None:
    """None before the survey has closed, or while too few have answered to show anything. One query."""
    survey = Survey.objects.closed().filter(year=year).first()
    if survey is None or survey.question(OVERALL) is None:
        return None
    key = f"satisfaction-{survey.pk}-{survey.closed_at:%Y%m%d%H%M%S%f}"
    counted = cast(Counted, caches["answers"].get_or_set(key, lambda: count(survey), KEEP_SECONDS))
    if not counted["district"]:
        return None
    questions = {question["code"]: question for question in closed_questions(survey.questions)}
    return Satisfaction(
        year=year,
        overall=Share(*counted["district"][OVERALL]),
        aspects=[Aspect(words(questions[code]), Share(*share)) for code, share in counted["district"].items()],
        streets={pk: Share(*share) for pk, share in counted["streets"].items()},
        areas={pk: Share(*share) for pk, share in counted["areas"].items()},
    )


def count(survey: Survey) -> Counted:
    """Plain numbers, so that any cache can keep them."""
    found, questions = published(survey), closed_questions(survey.questions)
    overall = next(question for question in questions if question["code"] == OVERALL)
    district = found.district
    return {
        "district": {question["code"]: _share(question, district) for question in questions} if district else {},
        "streets": {pk: _share(overall, tally) for pk, tally in found.streets.items()},
        "areas": {pk: _share(overall, tally) for pk, tally in found.areas.items()},
    }


def _share(question: Question, tally: Tally) -> tuple[int, int]:
    """The two upper steps of a scale, the first option of a choice, out of all answers."""
    values = [option["value"] for option in question["options"]]
    good = values[:2] if question["kind"] == "scale" else values[:1]
    return tally.count(question["code"], good), tally.n
