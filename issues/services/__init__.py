"""Every change of an issue is one of these functions; views, commands and imports call the same."""

from issues.services.answers import (
    add_progress,
    ask_lawyer,
    explain_issue,
    feed_back,
    give_legal_opinion,
    reopen_for_review,
    reopen_issue,
    resolve_issue,
    review_explanation,
)
from issues.services.desks import (
    accept_issue,
    assign_handler,
    escalate_issue,
    return_issue,
    route_issue,
    rule_on_return,
    send_back,
)
from issues.services.drafts import change_draft, log_issue, missing, remove_draft, resubmit_issue, submit_issues
from issues.services.extensions import ask_extension, decide_extension
from issues.services.followups import plan_follow_up, write_outcome
from issues.services.photos import change_photos
from issues.services.promises import mark_promise
from issues.services.topics import log_topic

__all__ = [
    "accept_issue",
    "add_progress",
    "ask_extension",
    "ask_lawyer",
    "assign_handler",
    "change_draft",
    "change_photos",
    "decide_extension",
    "escalate_issue",
    "explain_issue",
    "feed_back",
    "give_legal_opinion",
    "log_issue",
    "log_topic",
    "mark_promise",
    "missing",
    "plan_follow_up",
    "remove_draft",
    "reopen_for_review",
    "reopen_issue",
    "resolve_issue",
    "resubmit_issue",
    "return_issue",
    "review_explanation",
    "route_issue",
    "rule_on_return",
    "send_back",
    "submit_issues",
    "write_outcome",
]
