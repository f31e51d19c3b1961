"""The legal moves of surveys, rule sets and score runs, and the one writer of each status."""

from collections.abc import Iterator
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment import policies
from assessment.ballots import shuffle
from assessment.cards import card_list_seal, issued_by_area
from assessment.models import (
    OfficeRating,
    RuleSet,
    RuleSetStatus,
    RunStatus,
    ScoreLine,
    ScoreRun,
    ScoreSheet,
    Survey,
    SurveyStatus,
)
from assessment.queries import results_are_known
from assessment.results import count_answers
from assessment.rules import seal_of
from core import changes
from core.clock import today
from core.refusals import RuleBroken
from core.templatetags.core import zhday
from core.transitions import Machine, Transition
from notifications.kinds import Kind
from notifications.services import Letter, notify_many
from teams.models import User
from teams.permissions import Permission
from teams.who_is_who import WhoIsWho

SURVEY = Machine(
    Transition(
        "open",
        frozenset({SurveyStatus.DRAFT}),
        SurveyStatus.OPEN,
        Permission.SURVEY_MANAGE,
        gettext_lazy("Open the survey"),
    ),
    Transition(
        "close",
        frozenset({SurveyStatus.OPEN}),
        SurveyStatus.CLOSED,
        Permission.SURVEY_MANAGE,
        gettext_lazy("Close the survey"),
    ),
)
RULE_SET = Machine(
    Transition(
        "approve",
        frozenset({RuleSetStatus.DRAFT}),
        RuleSetStatus.APPROVED,
        Permission.RULES_APPROVE,
        gettext_lazy("Approve the rules"),
    ),
)
RUN = Machine(
    Transition(
        "publish",
        frozenset({RunStatus.COMPUTED}),
        RunStatus.PUBLISHED,
        Permission.SCORE_COMPUTE,
        gettext_lazy("Publish the scores"),
    ),
)


@transaction.atomic
def open_survey(*, survey: Survey, by: User, at: datetime, version: int | None = None) -> Survey:
    """From now on no card can be added: their number and the seal of their list go into the event log."""
    survey = changes.lock(survey, version=version)
    move = _checked(SURVEY, "open", survey, by)
    if survey.closes_on < today(at):
        raise RuleBroken(_("The last day of the survey is over. Please change the dates first."))
    issued = issued_by_area(survey)
    if not issued:
        raise RuleBroken(_("There are no cards yet. The auditor makes them before the survey opens."))
    survey.status, survey.opened_at, survey.opened_by = move.target or survey.status, at, by
    facts = {"issued": sum(issued.values()), "areas": len(issued), "cards": card_list_seal(survey)}
    changes.save(survey, "opened", by=by, at=at, fields=["status", "opened_at", "opened_by"], payload=facts)
    return survey


@transaction.atomic
def close_survey(*, survey: Survey, by: User, at: datetime, version: int | None = None) -> Survey:
    """The answers are put into random order and counted; the count is sealed. Never before the day residents were told."""
    survey = changes.lock(survey, version=version)
    move = _checked(SURVEY, "close", survey, by)
    if today(at) < survey.closes_on:
        raise RuleBroken(
            _("Residents were told they can answer until %(day)s. The survey can be closed from that day on.")
            % {"day": zhday(survey.closes_on)}
        )
    survey.status, survey.closed_at, survey.closed_by = move.target or survey.status, at, by
    answers, survey.tallies = shuffle(survey), count_answers(survey)
    facts = {"answers": answers, "results": seal_of(survey.tallies)}
    changes.save(survey, "closed", by=by, at=at, fields=["status", "closed_at", "closed_by", "tallies"], payload=facts)
    return survey


@transaction.atomic
def approve_rule_set(*, rule_set: RuleSet, by: User, at: datetime, version: int | None = None) -> RuleSet:
    """The second approval puts the version into force; neither comes from whoever wrote it."""
    rule_set = changes.lock(rule_set, version=version)
    move = RULE_SET.check("approve", status=rule_set.status, status_label=rule_set.get_status_display())
    if by.pk == rule_set.created_by_id:
        raise RuleBroken(_("You wrote this version. Two other people must approve it."))
    if by.pk == rule_set.first_by_id:
        raise RuleBroken(_("You have approved this version already. A second person must approve it too."))
    if not policies.may(by, Permission.RULES_APPROVE, rule_set):
        raise PermissionDenied
    if results_are_known(rule_set.year):
        raise RuleBroken(_("Results of this year are known already. New rules can only be for a later year."))
    if rule_set.first_by_id is None:
        rule_set.first_by, rule_set.first_at = by, at
        changes.save(rule_set, "approved_first", by=by, at=at, fields=["first_by", "first_at"])
        return rule_set
    rule_set.status, rule_set.second_by, rule_set.second_at = move.target or rule_set.status, by, at
    facts = {"year": rule_set.year, "number": rule_set.number, "sha256": rule_set.sha256}
    changes.save(rule_set, "approved", by=by, at=at, fields=["second_by", "second_at", "status"], payload=facts)
    return rule_set


@transaction.atomic
def publish_scores(*, run: ScoreRun, by: User, at: datetime, version: int | None = None) -> ScoreRun:
    """Every team may read its own sheet from now on; the lead cadres get a message."""
    run = changes.lock(run, version=version)
    move = _checked(RUN, "publish", run, by)
    if sentences := reasons_not_to_publish(run):
        raise RuleBroken(" ".join(sentences))
    run.status, run.published_by, run.published_at = move.target or run.status, by, at
    facts = {"year": run.year, "number": run.number, "digest": run.digest}
    notify_many(_letters(run, today(at)), Kind.SCORE_PUBLISHED, at=at)
    changes.save(run, "published", by=by, at=at, fields=["status", "published_by", "published_at"], payload=facts)
    return run


def reasons_not_to_publish(run: ScoreRun) -> list[str]:
    """What a finished appraisal still lacks, as sentences; [] when it can go out. Three queries."""
    reasons = []
    if ScoreRun.objects.filter(year=run.year, number__gt=run.number).exists():
        reasons.append(_("There is a newer computation. Please publish that one."))
    lines = ScoreLine.objects.filter(sheet__run=run)
    if lines.filter(working__basis="unrated").exists():
        sheets = ScoreSheet.objects.filter(run=run).values("team_id")
        rated = OfficeRating.objects.filter(year=run.year, team_id__in=sheets).count()
        missing = sheets.count() - rated
        reasons.append(
            _("Teams the office has not rated yet: %(n)s. Please rate them and compute again.") % {"n": missing}
            if missing
            else _("All teams are rated now. Please compute the scores again.")
        )
    if lines.filter(working__basis="no_survey").exists():
        reasons.append(_("The survey was not closed when this was computed. Please compute again after its close."))
    return reasons


def _checked(machine: Machine, name: str, obj: Survey | ScoreRun, by: User) -> Transition:
    move = machine.check(name, status=obj.status, status_label=obj.get_status_display())
    if not policies.may(by, Permission(move.permission), obj):
        raise PermissionDenied
    return move


def _letters(run: ScoreRun, day: date) -> Iterator[Letter]:
    """One for each sheet, to whoever leads the team on the day."""
    leads = WhoIsWho.on(day).leads
    for sheet in run.sheets.select_related("team", "run"):
        facts = {"period": str(run.year), "team": sheet.team.number}
        yield Letter(leads.get(sheet.team_id, ()), facts, sheet.get_absolute_url())
