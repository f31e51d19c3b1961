"""Every message the site can send: words only. Texts are templates/messages/<kind>.txt."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    VISIT_ANNOUNCED = "visit-announced", _("Visit announced")
    VISIT_MOVED = "visit-moved", _("Visit moved")
    VISIT_CANCELLED = "visit-cancelled", _("Visit cancelled")
    VISIT_REQUESTED = "visit-requested", _("Visit asked for")
    REQUEST_DECIDED = "request-decided", _("Request for a visit decided")
    ISSUE_ASSIGNED = "issue-assigned", _("Issue to accept")
    ISSUE_TO_LEVEL = "issue-to-level", _("Issue to put on a level")
    ISSUE_RETURNED = "issue-returned", _("Issue returned")
    ISSUE_TO_CONFIRM = "issue-to-confirm", _("Issue to confirm with the resident")
    ISSUE_REOPENED = "issue-reopened", _("Issue reopened")
    ISSUE_HANDED_OVER = "issue-handed-over", _("Issue in your hands")
    PROMISE_OBJECTED = "promise-objected", _("Residents object to an answer")
    EXPLANATION_TO_REVIEW = "explanation-to-review", _("Explanation for a second opinion")
    EXTENSION_ASKED = "extension-asked", _("Extension to decide")
    EXTENSION_DECIDED = "extension-decided", _("Extension decided")
    OPINION_WANTED = "opinion-wanted", _("Legal opinion wanted")
    OPINION_GIVEN = "opinion-given", _("Legal opinion written")
    MEMBER_NOMINATED = "member-nominated", _("Nomination to decide")
    MEMBER_REPLACED = "member-replaced", _("Team member replaced")
    MEMBER_DECLINED = "member-declined", _("Nomination declined")
    CHECK_FAILED = "check-failed", _("A nightly check found something")
    SCORE_PUBLISHED = "score-published", _("Score sheet published")

    # What rules remind of
    ROUND_OPENS = "round-opens", _("Round begins")
    VISIT_TO_SCHEDULE = "visit-to-schedule", _("Visit to schedule")
    VISIT_COMING = "visit-coming", _("Visit coming")
    PREPARATION_BEHIND = "preparation-behind", _("Preparation behind")
    RECORD_MISSING = "record-missing", _("Record missing")
    ISSUES_TO_SUBMIT = "issues-to-submit", _("Issues to submit")
    ISSUE_TO_ACCEPT = "issue-to-accept", _("Issue not accepted yet")
    ISSUE_DUE_SOON = "issue-due-soon", _("Issue due soon")
    ISSUE_DUE = "issue-due", _("Issue due today")
    ISSUE_OVERDUE = "issue-overdue", _("Issue overdue")
    RETURN_TO_RULE = "return-to-rule", _("Return to rule on")
    DETAILS_MISSING = "details-missing", _("Details missing")
    FEEDBACK_MISSING = "feedback-missing", _("Resident not told yet")
    EXPLANATION_WAITING = "explanation-waiting", _("Explanation waiting for a second opinion")
    SURVEY_OPEN = "survey-open", _("Survey open")
    WEEK_IN_NUMBERS = "week-in-numbers", _("The week in numbers")
