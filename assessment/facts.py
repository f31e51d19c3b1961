"""The facts a score rests on, read from visits, issues and the survey for all teams at once. Seven queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery

from assessment.models import OfficeRating, Survey
from assessment.results import Published, Tally, published
from assessment.rules import Indicator, Rules
from assessment.scoring import IssueFact, Share, SurveyFact, TeamFacts, VisitFact
from core.clock import today
from issues.models import Feedback, Issue, Reaction
from teams.models import Pairing, Team
from visits.models import RoundStatus, Visit, VisitStatus

Areas = dict[int, list[tuple[int, int]]]  # team: [(area, street)]


def facts_of(year: int, as_of: date, rules: Rules) -> list[TeamFacts]:
    """Facts of every active team, in the order of their numbers."""
    visits, issues = _visits(year, as_of), _issues(year, as_of)
    ratings = dict(OfficeRating.objects.filter(year=year).values_list("team_id", "points"))
    areas = _areas(as_of)
    survey = Survey.objects.closed().filter(year=year).first()
    shown = published(survey)
    asking = rules.with_formula("survey_share")
    return [
        TeamFacts(
            team=team,
            visits=tuple(visits[team]),
            issues=tuple(issues[team]),
            survey={one.code: _survey_fact(one, areas[team], shown) for one in asking} if survey else None,
            rating=ratings.get(team),
        )
        for team in Team.objects.active().order_by("number").values_list("pk", flat=True)
    ]


def _visits(year: int, as_of: date) -> dict[int, list[VisitFact]]:
    rows = (
        Visit.objects.filter(Q(round__year=year) | Q(round__isnull=True, day__year=year))
        .annotate(came=Count("attendances", filter=Q(attendances__came=True)))
        .annotate(round_status=F("round__status"), first=F("round__window_start"), last=F("round__window_end"))
        .order_by("pk")
        .values("pk", "team_id", "status", "day", "recorded_at", "came", "round_id", "round_status", "first", "last")
    )
    found: dict[int, list[VisitFact]] = defaultdict(list)
    for row in rows:
        recorded = row["recorded_at"] is not None and today(row["recorded_at"]) <= as_of
        found[row["team_id"]].append(VisitFact(row["pk"], outcome_of(row, as_of), recorded, row["came"]))
    return found


def outcome_of(visit: Mapping[str, Any], as_of: date) -> str:
    """What has become of a visit by this day, in the words of the scoring rules."""
    if visit["round_id"] is None:
        return "other_kind"
    if visit["round_status"] == RoundStatus.DRAFT:
        return "not_due"
    if visit["status"] in VisitStatus.done and visit["day"] <= as_of:
        return "in_window" if visit["first"] <= visit["day"] <= visit["last"] else "makeup"
    if as_of <= visit["last"]:
        return "not_due"
    if visit["status"] == VisitStatus.CANCELLED:
        return "cancelled"
    planned = visit["status"] != VisitStatus.UNSCHEDULED and visit["day"] >= as_of
    return "not_due" if planned else "missed"


def _issues(year: int, as_of: date) -> dict[int, list[IssueFact]]:
    """Issues submitted in the year, by the team that brought them in; what happened after `as_of` is not known yet."""
    last_word = Feedback.objects.filter(issue=OuterRef("pk")).order_by("-at", "-pk").values("reaction")[:1]
    rows = (
        Issue.objects.submitted()
        .filter(team__isnull=False, quarter__startswith=f"{year % 100:02d}Q")
        .annotate(reaction=Subquery(last_word))
        .order_by("pk")
        .values(
            "pk", "team_id", "level__number", "ending", "due_on", "submitted_at", "answered_at", "closed_at", "reaction"
        )
    )
    found: dict[int, list[IssueFact]] = defaultdict(list)
    for row in rows:
        if row["submitted_at"] is not None and today(row["submitted_at"]) <= as_of:
            found[row["team_id"]].append(_issue_fact(row, as_of))
    return found


def _issue_fact(row: Mapping[str, Any], as_of: date) -> IssueFact:
    due_on, reaction = row["due_on"], row["reaction"]
    closed_on = today(row["closed_at"]) if row["closed_at"] and row["ending"] else None
    answered_on = today(row["answered_at"]) if row["answered_at"] else closed_on
    ended = closed_on is not None and closed_on <= as_of
    return IssueFact(
        pk=row["pk"],
        level=row["level__number"] or 0,
        ending=row["ending"] if ended else "",
        due=due_on is not None and due_on < as_of,
        in_time=bool(answered_on and due_on and answered_on <= min(due_on, as_of)),
        untold=ended and reaction is None,  # nothing closes here without a word of the resident's
        confirmed=ended and reaction in (Reaction.ACCEPTS, Reaction.UNDERSTANDS),
    )


def _areas(as_of: date) -> Areas:
    found: Areas = defaultdict(list)
    pairings = Pairing.objects.on(as_of).order_by("area_id")
    for team, area, street in pairings.values_list("team_id", "area_id", "area__street_id"):
        found[team].append((area, street))
    return found


def _survey_fact(indicator: Indicator, areas: Iterable[tuple[int, int]], shown: Published) -> SurveyFact:
    """Only what is published goes into a score: otherwise the sheet would give away what the results hide."""
    own = [shown.areas[area] for area, _street in areas if area in shown.areas]
    streets = [
        shown.streets[street] for street in sorted({street for _area, street in areas}) if street in shown.streets
    ]
    district = [shown.district] if shown.district else []
    return SurveyFact(*(_share(indicator, tallies) for tallies in (own, streets, district)))


def _share(indicator: Indicator, tallies: list[Tally]) -> Share | None:
    if not tallies:
        return None
    question, positive, valid = (indicator.params[name] for name in ("question", "positive", "valid"))
    return Share(
        sum(tally.count(question, positive) for tally in tallies),
        sum(tally.count(question, valid) for tally in tallies),
    )
