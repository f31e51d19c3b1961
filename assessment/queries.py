"""Questions several parts of the appraisal ask."""

from django.core.exceptions import PermissionDenied

from assessment.models import RuleSet, ScoreRun, Survey, SurveyStatus
from teams.grants import scopes_with
from teams.models import Area, User
from teams.permissions import Permission
from teams.policies import sees_district


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


def only_with_areas(user: User) -> None:
    """Results are read by those who answer for an area: of the desks that is a street's, no department's."""
    scopes = scopes_with(user, Permission.SURVEY_RESULTS)
    if sees_district(user) or any(scope.team_id or scope.area_id for scope in scopes):
        return
    if not Area.objects.filter(street__in=[scope.unit_id for scope in scopes if scope.unit_id]).exists():
        raise PermissionDenied
