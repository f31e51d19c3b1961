"""Questions several parts of the appraisal ask."""

from assessment.models import RuleSet, ScoreRun, Survey, SurveyStatus
from teams.models import User


def rules_in_force(year: int) -> RuleSet | None:
    """The newest approved version of the year."""
    return RuleSet.objects.approved().filter(year=year).order_by("-number").first()


def results_are_known(year: int) -> bool:
    """Whether somebody may already have seen what the rules of this year would give."""
    return (
        Survey.objects.filter(year=year, status=SurveyStatus.CLOSED).exists()
        or ScoreRun.objects.filter(year=year).exists()
    )


def current_run(year: int, user: User) -> ScoreRun | None:
    """The newest computation of the year this person may see."""
    return ScoreRun.objects.visible_to(user).filter(year=year).select_related("rule_set").order_by("-number").first()
