"""One district with something of every kind on both sides, and a word on each side that must not reach the other."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from assessment.models import Survey
from core.clock import today
from core.sealing import unseal
from issues.models import FollowUp, Issue, Photo
from issues.slips import token_of
from issues.vault import Reported, seal
from issues.views.actions import ACTIONS
from notifications.kinds import Kind
from notifications.models import ChannelSetup, Delivery, Message, Occurrence, ReminderRule, SentByHand
from notifications.way_out import token_for
from teams.contact_mails import NEW
from teams.contact_mails import token_for as email_token
from teams.models import EmailChange, Nomination, User
from tests.factories.assessment import ApprovedRuleSetFactory, ClosedSurveyFactory
from tests.factories.issues import Journey
from tests.factories.photos import photo_of
from tests.factories.teams import UserFactory
from tests.factories.visits import (
    BriefingItemFactory,
    OpenRoundFactory,
    PreparationStepFactory,
    VisitFactory,
    VisitKindFactory,
    VisitRequestFactory,
    briefing_document,
)
from tests.people import District, Side, build_district
from tests.site.addresses import Address
from visits.models import (
    BriefingDocument,
    BriefingItem,
    CalendarFeed,
    CalendarHost,
    DayPart,
    PlanLine,
    PlanRun,
    PlanStatus,
    Round,
    StepKind,
    Topic,
    Visit,
    VisitRequest,
    VisitStatus,
)
from visits.services.calendars import make_feed

INBOX = {"code": "T", "days": 1, "at": "08:00", "audience": ["reader"]}
CANARIES = {"own": "金丝雀甲", "foreign": "金丝雀乙"}


@dataclass
class Things:
    """What one side owns."""

    side: Side
    visit: Visit
    draft: Issue
    issue: Issue
    nomination: Nomination
    message: Message
    topic: Topic
    request: VisitRequest
    photo: Photo
    feed: CalendarFeed
    delivery: Delivery


@dataclass
class World:
    district: District
    round: Round
    line: PlanLine
    survey: Survey
    item: BriefingItem
    document: BriefingDocument
    channel: ChannelSetup
    sent: SentByHand
    change: EmailChange
    host: CalendarHost
    own: Things
    foreign: Things

    def person(self, role: str) -> User | None:
        """The person of the own side who stands for a column of the matrix."""
        if role == "anonymous":
            return None
        return self.district.people.get(role) or self.district.own.people[role]

    def of(self, which: str) -> Things:
        return getattr(self, which)


def build_world() -> World:
    district = build_district()
    at = timezone.now()
    day = today(at)
    round_ = OpenRoundFactory(
        year=day.year, quarter=(day.month - 1) // 3 + 1, window_start=day, window_end=day + timedelta(days=9)
    )
    kind = VisitKindFactory()
    ReminderRule.objects.create(code="inbox", kind=Kind.ISSUE_ASSIGNED, source="inbox-rest", steps=[INBOX])
    rule = ReminderRule.objects.create(
        code="visit-coming",
        kind=Kind.VISIT_COMING,
        source="visit-coming",
        steps=[{"code": "T", "days": 0, "at": "08:00", "audience": ["team"]}],
    )
    survey = ClosedSurveyFactory(year=day.year)
    ApprovedRuleSetFactory(year=day.year)
    PreparationStepFactory(code="notice", kind=StepKind.NOTICE)
    item, document = BriefingItemFactory(round=round_), briefing_document(round_)
    channel = ChannelSetup.objects.create(channel="wecom_robot", group="office", sealed={"webhook": "x"})
    sent = SentByHand.objects.create(
        rule=rule,
        run=uuid4(),
        first=day,
        last=day,
        things=1,
        people=1,
        made_at=at,
        made_by=district["coordinator"],
        goes_at=at + timedelta(minutes=10),
    )
    lead = district.own["lead"]
    change = EmailChange.objects.create(user=lead, new_email="lead@example.cn", asked_at=at, old_said_at=at)
    host = CalendarHost.objects.create(name="calendar.example.cn")
    own = _things(district, "own", round_, kind, at)
    foreign = _things(district, "foreign", round_, kind, at)
    line = _draft(round_, district, own, at)
    return World(district, round_, line, survey, item, document, channel, sent, change, host, own, foreign)


def _things(district: District, which: str, round_: Round, kind: Any, at: datetime) -> Things:
    side = getattr(district, which)
    canary = CANARIES[which]
    visit = VisitFactory(
        round=round_,
        kind=kind,
        team=side.team,
        area=side.area,
        status=VisitStatus.HELD,
        day=today(at),
        starts_at=time(14),
        part=DayPart.AFTERNOON,
        venue=f"{canary}活动室",
        summary=f"{canary}说了很多",
    )
    journey = Journey(district, which, at - timedelta(days=1))
    issue = journey.submitted(original_text=f"{canary}：十号楼夜间停车", title=f"{canary}停车", visit=visit)
    seal(issue, Reported(name=f"{canary}阿姨", phone="19900001234"))
    draft = journey.draft(original_text=f"{canary}：楼道堆物", title=f"{canary}堆物", visit=visit)
    nomination = Nomination.objects.create(
        seat=side.team.seats.get(kind__code="lawyer"),
        user=UserFactory(name=f"{canary}律师"),
        from_day=today(at),
        reason="岗位调整",
        created_by=district["organ"],
        created_at=at,
    )
    message = Message.objects.create(
        recipient=side["lead"],
        kind=Kind.ISSUE_ASSIGNED,
        facts={"code": issue.code, "headline": f"{canary}停车", "area": side.area.name, "due_on": "2026-12-01"},
        url=issue.get_absolute_url(),
        created_at=at,
    )
    topic = Topic.objects.create(visit=visit, text=f"{canary}想说停车", by=side["secretary"], at=at)
    request = VisitRequestFactory(area=side.area, topic=f"{canary}充电", created_by=side["secretary"], created_at=at)
    FollowUp.objects.create(visit=visit, issue=issue)
    feed = make_feed(user=side["lead"], at=at)
    return Things(
        side,
        visit,
        draft,
        issue,
        nomination,
        message,
        topic,
        request,
        photo_of(issue),
        feed,
        _unknown(side["lead"], at),
    )


def _unknown(person: User, at: datetime) -> Delivery:
    """A message of which nobody knows whether it arrived: it may be tried again and said to have arrived."""
    occurrence = Occurrence.objects.create(
        rule=ReminderRule.objects.get(code="visit-coming"),
        rule_version=1,
        subject_type="visit",
        subject_id=person.pk,
        period=today(at).isoformat(),
        step="T",
        kind=Kind.VISIT_COMING,
        due_at=at,
        created_at=at,
        run=uuid4(),
    )
    return Delivery.objects.create(
        occurrence=occurrence,
        recipient=person,
        channel="mail",
        language="zh-hans",
        subject="走访将至",
        body="明天走访",
        message_id=f"<{person.pk}@manyi>",
        state="unknown",
        due_at=at,
        next_attempt_at=at,
        expires_at=at + timedelta(days=1),
        created_at=at,
    )


def _draft(round_: Round, district: District, own: Things, at: datetime) -> PlanLine:
    """A draft in which one visit has no place yet."""
    asked = {"asked_by": district["coordinator"], "asked_at": at, "finished_at": at}
    run = PlanRun.objects.create(round=round_, status=PlanStatus.READY, **asked)
    return PlanLine.objects.create(run=run, visit=own.visit, seen=own.visit.version)


def variants(address: Address) -> list[dict[str, str]]:
    """Parameters that choose a door rather than an object: every action of an issue is a row of its own."""
    if address.name == "issues:act":
        return [{"action": action} for action in ACTIONS]
    return [{}]


def arguments(address: Address, world: World, which: str) -> dict[str, Any]:
    """Values for the parameters of an address that lead to the things of one side."""
    if address.route.startswith("settings/channels/"):
        values = {"channel": "wecom_robot", "pk": world.channel.pk, "key": "webhook"}
        return {name: values[name] for name in address.parameters}
    if address.route.startswith("settings/calendars/"):
        return dict.fromkeys(address.parameters, world.host.pk)
    chosen = variants(address)[0]
    return {name: _value(address, name, world, world.of(which)) for name in address.parameters if name not in chosen}


def _value(address: Address, name: str, world: World, things: Things) -> Any:
    app, _, view = address.name.partition(":")
    if name == "code":
        if address.route.startswith("rounds/"):
            return world.round.code
        if address.route.startswith("dashboards/"):
            return world.round.code
        if "seats/" in address.route:
            return "lawyer"
        if address.route.startswith(("visits/", "v/")) or view == "for_visit":
            return things.visit.code
        return things.issue.code
    if name == "pk":
        return world.sent.pk if "by-hand/" in address.route else _number(app, address.route, things)
    if name == "slug":
        return (
            things.side.street.slug
            if ("units/" in address.route or "streets/" in address.route)
            else things.side.area.slug
        )
    if view == "photo":
        return things.photo.name
    if name in {"number", "team"}:
        return things.side.team.number
    return {
        "token": _token(app, world, things),
        "issue": things.issue.code,
        "secret": unseal(things.feed.secret_sealed),
        "year": world.survey.year,
        "uid": "x",
        "rule": "visit-coming",
        "name": "area",
        "step": "notice",
        "topic": things.topic.pk,
        "line": world.line.pk,
        "item": world.item.pk,
        "grant": things.side["secretary"].role_grants.get().pk,
        "document": world.document.pk,
        "month": things.visit.day.month,
    }[name]


def _token(app: str, world: World, things: Things) -> str:
    """Each app gives out its own."""
    if app == "teams":
        return email_token(world.change, NEW)
    return token_for(things.side["lead"].pk, "inbox") if app == "notifications" else token_of(things.issue)


def _number(app: str, route: str, things: Things) -> int:
    """The row of this side that the number in an address means."""
    if "ledger/" in route:
        return things.delivery.pk
    if "requests/" in route:
        return things.request.pk
    if "nominations/" in route:
        return things.nomination.pk
    return {"notifications": things.message.pk, "issues": things.draft.pk}.get(app, things.side["lead"].pk)
