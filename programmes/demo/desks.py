"""What the desks did with this round's issues: routed, accepted, worked on, answered, told to the resident."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.clock import today
from issues import services
from issues.models import Issue, IssueStatus, Level, Reaction
from programmes.demo import words
from programmes.demo.cast import ORGAN_DESK
from teams import services as teams
from teams.models import OrgUnit, Seat, User

if TYPE_CHECKING:
    from programmes.demo.build import Stage

REVIEW = timedelta(days=180)
SPECIAL = ("return", "return", "extension", "extension", "lawyer", "escalate")


def handle(stage: "Stage") -> None:
    levels = {level.number: level for level in Level.objects.all()}
    special = list(SPECIAL)
    fresh = (
        Issue.objects.submitted().filter(visit__round=stage.round).select_related("level", "category").order_by("code")
    )
    for issue in list(fresh):
        moment: datetime | None = issue.submitted_at
        if issue.status == IssueStatus.AWAITING_LEVEL:
            issue, moment = _route(stage, issue, moment, levels)
        if moment is not None and issue.status == IssueStatus.ASSIGNED:
            _work(stage, issue, moment, special)
    _nominate(stage)


def _route(
    stage: "Stage", issue: Issue, moment: datetime | None, levels: dict[int, Level]
) -> tuple[Issue, datetime | None]:
    """The office looks at departments' issues and at what teams were not sure of; some still wait."""
    then = stage.later(moment, 2, 20) if moment and stage.happens(0.85) else None
    if then is None:
        return issue, None
    level = issue.level or levels[2]
    return services.route_issue(issue=issue, level=level, by=stage.cast.coordinator, at=then), then


def _work(stage: "Stage", issue: Issue, moment: datetime, special: list[str]) -> None:
    handler = stage.cast.handler(issue.owner_unit_id)
    accepted = stage.later(moment, 2, 26)
    if handler is None or accepted is None or not stage.happens(0.85):
        return
    if special and special[-1] == "return" and issue.level and issue.level.number == 3:
        special.pop()
        _return(stage, issue, handler, accepted)
        return
    issue = services.accept_issue(issue=issue, by=handler, at=accepted, version=None)
    if then := stage.later(accepted, 1, 30):
        _go_on(stage, issue, handler, then, special)


def _return(stage: "Stage", issue: Issue, handler: User, at: datetime) -> None:
    other = stage.chance.choice([unit for unit in stage.cast.handlers if unit != issue.owner_unit_id])
    owner = OrgUnit.objects.get(pk=other)
    services.return_issue(issue=issue, basis=words.RETURN_BASIS, proposed_unit=owner, by=handler, at=at, version=None)


def _go_on(stage: "Stage", issue: Issue, handler: User, then: datetime, special: list[str]) -> None:
    """Something special while there is any, else most are resolved; some still wait for a first word."""
    if special and special[-1] != "return":
        _something_special(special.pop(), issue, handler, then)
    elif stage.happens(0.55):
        _resolve(stage, issue, handler, then)
    elif stage.happens(0.2):
        _explain(stage, issue, handler, then)
    elif stage.happens(0.6):
        text = stage.chance.choice(words.PROGRESS)
        services.add_progress(issue=issue, text=text, public=stage.happens(0.6), by=handler, at=then, version=None)


def _something_special(name: str, issue: Issue, handler: User, at: datetime) -> None:
    if name == "extension":
        services.ask_extension(issue=issue, reason=words.EXTENSION, by=handler, at=at, version=None)
    elif name == "lawyer":
        services.ask_lawyer(issue=issue, by=handler, at=at, version=None)
    elif issue.level and issue.level.number < 4:
        services.escalate_issue(issue=issue, by=handler, at=at, version=None, note=words.ESCALATION)


def _resolve(stage: "Stage", issue: Issue, handler: User, at: datetime) -> None:
    answered = services.resolve_issue(
        issue=issue, text=stage.chance.choice(words.DONE), by=handler, at=at, version=None
    )
    if stage.happens(0.75):
        tell_resident(stage, answered, handler, at)


def _explain(stage: "Stage", issue: Issue, handler: User, at: datetime) -> None:
    """The office agrees with most explanations; the rest still wait for its second opinion."""
    rule, text = stage.chance.choice(words.EXPLAINED)
    explained = services.explain_issue(
        issue=issue,
        rule=rule,
        text=text,
        explained_by=handler.name,
        review_on=today(at) + REVIEW,
        by=handler,
        at=at,
        version=None,
    )
    then = stage.later(at, 1, 8)
    if then is not None and handler != stage.cast.coordinator and stage.happens(0.6):
        agreed = services.review_explanation(
            issue=explained, upheld=True, by=stage.cast.coordinator, at=then, version=None
        )
        tell_resident(stage, agreed, handler, then)


def tell_resident(stage: "Stage", issue: Issue, handler: User, at: datetime) -> None:
    """The secretary or the lead, never who handled it. Now and then the resident is not content."""
    secretary = stage.cast.secretaries.get(issue.area_id)
    then = stage.later(at, 1, 24)
    if secretary is None or secretary == handler or then is None:
        return
    told, channel = stage.chance.choice(words.TOLD)
    content = Reaction.UNDERSTANDS if issue.ending == "explained" else Reaction.ACCEPTS
    reaction = Reaction.OBJECTS if stage.happens(0.06) else content
    services.feed_back(
        issue=issue,
        told=told,
        channel=channel,
        told_on=today(then),
        reaction=reaction,
        by=secretary,
        at=then,
        version=None,
    )


def _nominate(stage: "Stage") -> None:
    """A supplying organ proposes somebody for a vacant seat; the office has yet to decide."""
    seat = Seat.objects.filter(memberships=None, kind__code="cppcc_member").select_related("kind", "team").first()
    at = stage.now - timedelta(days=1)
    if seat is None:
        return
    person = teams.create_person(phone="19900000109", name="梅清扬", title="政协委员", by=None, at=at)
    by = stage.cast[ORGAN_DESK]
    teams.nominate(seat=seat, user=person, from_day=stage.day, reason="原委员届满", by=by, at=at)
