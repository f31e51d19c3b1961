"""Every change of the appraisal that is not a move of a status: preparing a survey, rules, ratings, computing."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from assessment import policies
from assessment.facts import facts_of
from assessment.models import OfficeRating, RuleSet, ScoreLine, ScoreRun, ScoreSheet, Survey, SurveyStatus
from assessment.queries import results_are_known, rules_in_force
from assessment.questions import STANDARD, Question
from assessment.rules import BadRules, read_rules, seal_of, spell
from assessment.scoring import Line, Sheet, score
from core import changes
from core.clock import today
from core.events import append
from core.refusals import RuleBroken
from teams.models import Team, User
from teams.permissions import Permission

NOT_RATED = 0  # versions begin at 1

# -- Surveys ----------------------------------------------------------------------------------


@transaction.atomic
def create_survey(
    *,
    year: int,
    title_zh: str,
    title_en: str,
    opens_on: date,
    closes_on: date,
    by: User | None,
    at: datetime,
    questions: list[Question] | None = None,
) -> Survey:
    _allowed(by, Permission.SURVEY_MANAGE)
    _check_days(opens_on, closes_on)
    words = {"title_zh": title_zh, "title_en": title_en, "questions": questions or STANDARD}
    survey = Survey(year=year, opens_on=opens_on, closes_on=closes_on, **words)
    if not _inserted(survey):
        raise RuleBroken(_("There is a survey for this year already."))
    append(survey, "created", by=by, at=at, payload={"year": year, "opens_on": opens_on, "closes_on": closes_on})
    return survey


@transaction.atomic
def edit_survey(
    *,
    survey: Survey,
    title_zh: str,
    title_en: str,
    opens_on: date,
    closes_on: date,
    by: User,
    at: datetime,
    version: int,
) -> Survey:
    """Title and days, while nothing has been opened: later the residents hold cards that say so."""
    _allowed(by, Permission.SURVEY_MANAGE)
    survey = changes.lock(survey, version=version)
    if survey.status != SurveyStatus.DRAFT:
        raise RuleBroken(_("The survey has been opened and can no longer be changed."))
    _check_days(opens_on, closes_on)
    survey.title_zh, survey.title_en, survey.opens_on, survey.closes_on = title_zh, title_en, opens_on, closes_on
    changes.save(survey, "edited", by=by, at=at, fields=["title_zh", "title_en", "opens_on", "closes_on"])
    return survey


def _check_days(opens_on: date, closes_on: date) -> None:
    if closes_on < opens_on:
        raise RuleBroken(_("The last day cannot be before the first day."))


# -- Rules ------------------------------------------------------------------------------------


def load_rule_set(*, year: int, body: dict[str, Any], by: User | None = None, at: datetime) -> RuleSet:
    """A new version of the year's rules, waiting for two approvals; the version itself when the body is known already."""
    return _load(year, body, by, at, known=RuleSet.objects.filter(year=year))[0]


def write_rule_set(*, year: int, body: dict[str, Any], by: User, at: datetime) -> RuleSet:
    """The same for somebody at a form, who may go back to earlier points and hears when there was nothing to write."""
    rule_set, is_new = _load(year, body, by, at, known=RuleSet.objects.filter(year=year)[:1])
    if not is_new:
        raise RuleBroken(_("Nothing was written: %s has exactly these points.") % rule_set)
    return rule_set


@transaction.atomic
def _load(
    year: int, body: dict[str, Any], by: User | None, at: datetime, *, known: Iterable[RuleSet]
) -> tuple[RuleSet, bool]:
    """The version with this body, among those known or new, and whether it is new."""
    _allowed(by, Permission.RULES_EDIT)
    try:
        read_rules(body)
    except BadRules as error:
        raise RuleBroken(_("These rules cannot be used: %(reason)s") % {"reason": error}) from error
    sha256 = seal_of(body)
    if same := next((version for version in known if version.sha256 == sha256), None):
        return same, False
    if results_are_known(year):
        raise RuleBroken(_("Results of this year are known already. New rules can only be for a later year."))
    newest = RuleSet.objects.filter(year=year).first()
    number = newest.number + 1 if newest else 1
    rule_set = RuleSet(year=year, number=number, body=body, sha256=sha256, created_by=by, created_at=at)
    if not _inserted(rule_set):
        raise RuleBroken(_("Somebody else wrote a version in this moment. Please look at it first."))
    append(rule_set, "created", by=by, at=at, payload={"year": year, "number": number, "sha256": sha256})
    return rule_set, True


# -- The office's rating ----------------------------------------------------------------------


@transaction.atomic
def rate_team(
    *, year: int, team: Team, points: Decimal, reason: str, by: User, at: datetime, version: int | None = None
) -> OfficeRating:
    """Give or change the office's points; the reason is what the team will read.

    `version` None says that the team was not rated yet: when it is, somebody was faster.
    """
    _allowed(by, Permission.OFFICE_RATE)
    most = most_points(year)
    if most is None:
        raise RuleBroken(_("The rules of this year have no rating by the office."))
    if not 0 <= points <= most:
        raise RuleBroken(_("Please give 0 to %(most)s points.") % {"most": most})
    if not reason.strip():
        raise RuleBroken(_("Please write down the reason; the team will read it."))
    facts = {"team": team.number, "points": points, "reason": reason}
    rating = OfficeRating(year=year, team=team, points=points, reason=reason, by=by, at=at)
    if not OfficeRating.objects.filter(year=year, team=team).exists() and _inserted(rating):
        append(rating, "rated", by=by, at=at, payload=facts)
        return rating
    rating = changes.lock(OfficeRating.objects.get(year=year, team=team), version=version or NOT_RATED)
    rating.points, rating.reason, rating.by, rating.at = points, reason, by, at
    changes.save(rating, "rated", by=by, at=at, fields=["points", "reason", "by", "at"], payload=facts)
    return rating


def most_points(year: int) -> Decimal | None:
    """The maximum of the office's rating under the year's rules; None where they have none or there are none."""
    rule_set = rules_in_force(year)
    found = rule_set.rules.with_formula("office_rating") if rule_set else []
    return found[0].max_points if found else None


# -- Computing --------------------------------------------------------------------------------


@transaction.atomic
def compute_scores(*, year: int, by: User | None, at: datetime) -> ScoreRun:
    """Score every active team from what is known at this moment, as a new run beside the earlier ones."""
    _allowed(by, Permission.SCORE_COMPUTE)
    rule_set = rules_in_force(year)
    if rule_set is None:
        raise RuleBroken(_("The rules of %(year)s are not approved yet.") % {"year": year})
    rule_set = changes.lock(rule_set, version=None)
    as_of, rules = today(at), rule_set.rules
    sheets = [score(facts, rules) for facts in facts_of(year, as_of, rules)]
    last = ScoreRun.objects.filter(year=year).order_by("-number").values_list("number", flat=True).first()
    digest = digest_of(rule_set.sha256, as_of, sheets)
    run = ScoreRun.objects.create(
        year=year,
        number=(last or 0) + 1,
        rule_set=rule_set,
        as_of=as_of,
        computed_by=by,
        computed_at=at,
        digest=digest,
    )
    _store(run, sheets)
    facts = {"year": year, "number": run.number, "rules": rule_set.sha256, "as_of": as_of, "teams": len(sheets)}
    append(run, "computed", by=by, at=at, payload=facts | {"digest": digest})
    return run


def _store(run: ScoreRun, sheets: list[Sheet]) -> None:
    rows = ScoreSheet.objects.bulk_create(
        [ScoreSheet(run=run, team_id=sheet.team, total=sheet.total, band=sheet.band) for sheet in sheets],
        batch_size=500,
    )
    lines = [
        ScoreLine(
            sheet=row,
            indicator=line.code,
            position=position,
            numerator=line.numerator,
            denominator=line.denominator,
            points=line.points,
            max_points=line.max_points,
            counted={reason: list(ids) for reason, ids in line.counted.items()},
            not_counted={reason: list(ids) for reason, ids in line.not_counted.items()},
            working=line.working,
        )
        for row, sheet in zip(rows, sheets, strict=True)
        for position, line in enumerate(sheet.lines, start=1)
    ]
    ScoreLine.objects.bulk_create(lines, batch_size=500)


def digest_of(rules_sha256: str, as_of: date, sheets: list[Sheet]) -> str:
    """SHA-256 over every sheet and line, in a spelling both databases give back unchanged."""
    seal = hashlib.sha256(f"v1|{rules_sha256}|{as_of.isoformat()}\n".encode())
    for sheet in sorted(sheets, key=lambda sheet: sheet.team):
        lines = [_plain(line) for line in sorted(sheet.lines, key=lambda line: line.code)]
        seal.update(spell([sheet.team, f"{sheet.total:.1f}", sheet.band, lines]).encode() + b"\n")
    return seal.hexdigest()


def _plain(line: Line) -> list[Any]:
    numbers = [f"{line.numerator:.3f}", f"{line.denominator:.3f}", f"{line.points:.1f}", f"{line.max_points:.1f}"]
    return [line.code, *numbers, line.counted, line.not_counted, line.working]


def stored_digest(run: ScoreRun) -> str:
    """The digest of what is in the tables now: another one than `run.digest` means a hand was in them."""
    lines: dict[int, list[Line]] = {}
    for row in ScoreLine.objects.filter(sheet__run=run).iterator(chunk_size=2000):
        values = (row.numerator, row.denominator, row.points, row.max_points)
        lines.setdefault(row.sheet_id, []).append(
            Line(row.indicator, *values, row.counted, row.not_counted, row.working)
        )
    sheets = [
        Sheet(row.team_id, tuple(lines.get(row.pk, [])), row.total, row.band)
        for row in ScoreSheet.objects.filter(run=run)
    ]
    return digest_of(run.rule_set.sha256, run.as_of, sheets)


def _inserted(row: Model) -> bool:
    """Whether the row is in the table now; it is not where somebody else's has its place, even since this moment."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _allowed(by: User | None, permission: Permission) -> None:
    """`by` None is the operator's command."""
    if by is not None and not policies.may(by, permission, None):
        raise PermissionDenied
