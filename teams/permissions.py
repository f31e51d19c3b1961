"""Every permission there is and which role holds it: one page for whoever audits the site.

Permissions are words; which objects they reach is decided by the scope of the role (see policies).
"""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    TEAM_VIEW = "team.view"
    TEAM_MANAGE = "team.manage"
    MEMBER_NOMINATE = "member.nominate"
    MEMBER_APPROVE = "member.approve"
    COVERAGE_VIEW = "coverage.view"
    DATA_IMPORT = "data.import"

    ROUND_VIEW = "round.view"
    ROUND_MANAGE = "round.manage"
    VISIT_VIEW = "visit.view"
    VISIT_PLAN = "visit.plan"
    VISIT_PREPARE = "visit.prepare"
    VISIT_REQUEST = "visit.request"
    VISIT_RECORD = "visit.record"
    VISIT_CONFIRM = "visit.confirm"
    VISIT_CLOSE = "visit.close"

    ISSUE_VIEW = "issue.view"
    ISSUE_LOG = "issue.log"
    ISSUE_SUBMIT = "issue.submit"
    ISSUE_ROUTE = "issue.route"
    ISSUE_HANDLE = "issue.handle"
    ISSUE_CONFIRM = "issue.confirm"
    ISSUE_RULE = "issue.rule"
    ISSUE_REOPEN = "issue.reopen"
    REPORTER_REVEAL = "reporter.reveal"
    LEGAL_OPINION = "issue.legal_opinion"

    DASHBOARD_VIEW = "dashboard.view"
    LEDGER_EXPORT = "ledger.export"

    SURVEY_MANAGE = "survey.manage"
    SURVEY_CARDS = "survey.cards"
    SURVEY_RESULTS = "survey.results"
    SCORE_VIEW = "score.view"
    SCORE_COMPUTE = "score.compute"
    RULES_EDIT = "rules.edit"
    RULES_APPROVE = "rules.approve"
    OFFICE_RATE = "score.office_rate"

    REMINDERS_MANAGE = "reminders.manage"
    REMINDERS_SEND = "reminders.send"
    MESSAGES_VIEW = "messages.view"

    EVENTS_VIEW = "events.view"
    ACCOUNTS_MANAGE = "accounts.manage"


P = Permission


class Role(TextChoices):
    COORDINATOR = "coordinator", _("Coordinator")
    OFFICIAL = "official", _("Leading group")
    TEAM_LEAD = "team_lead", _("Lead cadre")
    TEAM_MEMBER = "team_member", _("Team member")
    LAWYER = "lawyer", _("Lawyer")
    SECRETARY = "secretary", _("Residential-area secretary")
    HANDLER = "handler", _("Case handler")
    UNIT_LEAD = "unit_lead", _("Leader in charge")
    SUPPLYING_ORGAN = "supplying_organ", _("Supplying organ")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


READS_ALL = frozenset(
    {
        P.TEAM_VIEW,
        P.COVERAGE_VIEW,
        P.ROUND_VIEW,
        P.VISIT_VIEW,
        P.ISSUE_VIEW,
        P.DASHBOARD_VIEW,
        P.SURVEY_RESULTS,
        P.SCORE_VIEW,
    }
)
TEAM = frozenset(
    {
        P.TEAM_VIEW,
        P.ROUND_VIEW,
        P.VISIT_VIEW,
        P.VISIT_PREPARE,
        P.VISIT_RECORD,
        P.ISSUE_VIEW,
        P.ISSUE_LOG,
        P.REPORTER_REVEAL,
        P.SURVEY_RESULTS,
        P.SCORE_VIEW,
    }
)
DESK = frozenset(
    {
        P.TEAM_VIEW,
        P.ROUND_VIEW,
        P.VISIT_VIEW,
        P.VISIT_PREPARE,
        P.VISIT_REQUEST,
        P.ISSUE_VIEW,
        P.ISSUE_HANDLE,
        P.REPORTER_REVEAL,
        P.LEDGER_EXPORT,
        P.SURVEY_RESULTS,  # of the street's own areas; a department has none
    }
)

ROLES: dict[str, frozenset[Permission]] = {
    Role.COORDINATOR: READS_ALL
    | {
        P.TEAM_MANAGE,
        P.MEMBER_NOMINATE,
        P.MEMBER_APPROVE,
        P.DATA_IMPORT,
        P.ROUND_MANAGE,
        P.VISIT_PLAN,
        P.VISIT_PREPARE,
        P.VISIT_REQUEST,
        P.VISIT_CLOSE,
        P.ISSUE_ROUTE,
        P.ISSUE_RULE,
        P.ISSUE_REOPEN,
        P.REPORTER_REVEAL,
        P.LEDGER_EXPORT,
        P.SURVEY_MANAGE,
        P.SCORE_COMPUTE,
        P.RULES_EDIT,
        P.OFFICE_RATE,
        P.REMINDERS_MANAGE,
        P.REMINDERS_SEND,
        P.MESSAGES_VIEW,
        P.EVENTS_VIEW,
    },
    Role.OFFICIAL: READS_ALL | {P.RULES_APPROVE, P.EVENTS_VIEW},
    Role.TEAM_LEAD: TEAM | {P.VISIT_PLAN, P.VISIT_CLOSE, P.ISSUE_SUBMIT, P.ISSUE_CONFIRM},
    Role.TEAM_MEMBER: TEAM,
    Role.LAWYER: TEAM | {P.LEGAL_OPINION},
    Role.SECRETARY: frozenset(
        {
            P.TEAM_VIEW,
            P.ROUND_VIEW,
            P.VISIT_VIEW,
            P.VISIT_PREPARE,
            P.VISIT_REQUEST,
            P.VISIT_CONFIRM,
            P.ISSUE_VIEW,
            P.ISSUE_LOG,
            P.ISSUE_CONFIRM,
            P.REPORTER_REVEAL,
            P.SURVEY_RESULTS,
        }
    ),
    Role.HANDLER: DESK,
    Role.UNIT_LEAD: DESK,
    Role.SUPPLYING_ORGAN: frozenset({P.TEAM_VIEW, P.COVERAGE_VIEW, P.MEMBER_NOMINATE}),
    Role.AUDITOR: READS_ALL | {P.EVENTS_VIEW, P.SURVEY_CARDS, P.MESSAGES_VIEW},
    Role.ADMINISTRATOR: frozenset({P.ACCOUNTS_MANAGE, P.REMINDERS_MANAGE, P.MESSAGES_VIEW}),
}
