"""The year-end survey, the rules of appraisal and the score sheets made from both."""

from assessment.models.rules import RuleSet, RuleSetStatus
from assessment.models.scores import OfficeRating, RunStatus, ScoreLine, ScoreRun, ScoreSheet
from assessment.models.surveys import Ballot, Card, CardStatus, Survey, SurveyStatus

__all__ = [
    "Ballot",
    "Card",
    "CardStatus",
    "OfficeRating",
    "RuleSet",
    "RuleSetStatus",
    "RunStatus",
    "ScoreLine",
    "ScoreRun",
    "ScoreSheet",
    "Survey",
    "SurveyStatus",
]
