"""Issues, where they may go, where they have been, and what the resident was told."""

from issues.models.answers import Channel, Explanation, Feedback, LegalOpinion, Reaction, Reply
from issues.models.counters import IssueCounter, IssueNumber
from issues.models.desks import Assignment, Extension, Return
from issues.models.followups import FollowUp, Outcome
from issues.models.issues import Complexity, Ending, Issue, IssueStatus
from issues.models.photos import Photo
from issues.models.promises import PromiseMark, Response
from issues.models.reporters import Reporter
from issues.models.rules import Category, DeadlineRule, Level, Responsibility

__all__ = [
    "Assignment",
    "Category",
    "Channel",
    "Complexity",
    "DeadlineRule",
    "Ending",
    "Explanation",
    "Extension",
    "Feedback",
    "FollowUp",
    "Issue",
    "IssueCounter",
    "IssueNumber",
    "IssueStatus",
    "LegalOpinion",
    "Level",
    "Outcome",
    "Photo",
    "Reaction",
    "PromiseMark",
    "Reply",
    "Reporter",
    "Response",
    "Responsibility",
    "Return",
]
