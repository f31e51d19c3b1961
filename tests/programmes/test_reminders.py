"""The reminders a programme ships with, on a district with people in every place: who hears of what, and when."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation

from core.clock import SHANGHAI
from notifications.drain import drain
from notifications.kinds import Kind
from notifications.models import Delivery, Message, Occurrence, ReminderRule
from notifications.planner import plan
from notifications.preview import preview
from notifications.rulebook import mistakes_in
from notifications.services import notify
from notifications.sources import sources
from notifications.texts import sentence, subject_of
from programmes.load import PARTS, Loaded, load
from programmes.preset_files import Preset
from teams.models import User
from teams.services import set_phone
from tests.factories.assessment import OpenSurveyFactory
from tests.factories.issues import DraftFactory, Journey
from tests.factories.visits import holidays, placed_visit, steps_of_preparation
from tests.people import District
from visits.calendar import add_working_days
from visits.models import Confirmation, Visit, VisitStatus

AT = datetime(2026, 9, 21, 9, tzinfo=SHANGHAI)
FRIDAY = date(2026, 10, 9)
TEAM = {"lead", "party_delegate", "npc_deputy", "cppcc_member", "lawyer"}


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI)


@pytest.fixture
def told(district: District) -> Callable[..., dict[str, set[str]]]:
    """`told("visit-coming", moment)`: which people of the own side and the district each step reached by then."""
    load_rules()
    names = {user.pk: name for name, user in [*district.own.people.items(), *district.people.items()]}
    names |= {user.pk: f"foreign {name}" for name, user in district.foreign.people.items()}

    def ask(code: str, *moments: datetime) -> dict[str, set[str]]:
        rule = ReminderRule.objects.get(code=code)
        for moment in moments:
            plan(at=moment, rules=[rule])
        found: dict[str, set[str]] = {}
        rows = Delivery.objects.filter(occurrence__rule=rule, channel="in_app").order_by("due_at")
        for step, person in rows.values_list("occurrence__step", "recipient_id"):
            found.setdefault(step, set()).add(names[person])
        return found

    return ask


def load_rules() -> None:
    """Only the last file of the preset; all of them take a second."""
    PARTS[-1](Preset("xuhui"), Loaded(AT))


Told = Callable[..., dict[str, set[str]]]


def own_visit(district: District, status: str = VisitStatus.ANNOUNCED, day: date = FRIDAY) -> Visit:
    return placed_visit(day=day, status=status, team=district.own.team, area=district.own.area)


def test_every_rule_of_the_preset_can_be_followed(db: None) -> None:
    load("xuhui", at=AT)
    rules = ReminderRule.objects.all()
    assert {rule.source for rule in rules} == set(sources())
    assert [mistakes_in(vars(rule)) for rule in rules if mistakes_in(vars(rule))] == []
    kinds = {kind for rule in rules for kind in (rule.kind, *(step.kind for step in rule.plan if step.kind))}
    assert kinds <= set(Kind.values)


def test_a_visit_is_announced_again_and_again_until_its_morning(told: Told, district: District) -> None:
    own_visit(district)
    days = [at(FRIDAY - timedelta(days=n)) for n in (14, 7, 3)]
    eve, morning = at(FRIDAY - timedelta(days=1), 16), at(FRIDAY, 8)
    reached = told("visit-coming", *days, eve, morning)
    assert reached == dict.fromkeys(["T-14", "T-7", "T-3", "T-1", "morning"], TEAM | {"secretary"})


def test_a_visit_without_a_day_is_asked_for(told: Told, district: District) -> None:
    visit = own_visit(district, VisitStatus.UNSCHEDULED)
    start = visit.round.window_start
    reached = told("visit-not-scheduled", at(start - timedelta(days=7)), at(start), at(start + timedelta(days=5)))
    assert reached == {"T-7": {"lead"}, "T": {"lead", "coordinator"}, "T+5": {"lead", "coordinator"}}


def test_a_round_is_told_to_those_who_take_part(told: Told, district: District) -> None:
    visit = own_visit(district)
    reached = told("round-opens", at(visit.round.window_start))
    assert reached == {"T": TEAM | {"secretary", "coordinator"}}


def test_a_round_is_told_in_each_readers_language(told: Told, district: District) -> None:
    """Whatever language the process that plans happens to speak."""
    visit = own_visit(district)
    with translation.override("en"):
        told("round-opens", at(visit.round.window_start))
    facts = Occurrence.objects.get().facts
    words = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            words.append((subject_of(Kind.ROUND_OPENS, facts), sentence(Kind.ROUND_OPENS, facts).partition(":")[0]))
    assert words[0][0] == "走访轮次开始：2026年第四季度" and words[0][1].startswith("2026年第四季度走访开始")
    assert words[1] == ("Round begins: fourth quarter of 2026", "The fourth quarter of 2026 begins")


def test_a_step_of_the_preparation_that_is_late_is_told_to_whose_it_is(told: Told, district: District) -> None:
    holidays()
    steps_of_preparation()
    own_visit(district)
    reached = told("preparation-behind", at(date(2026, 9, 25)))
    assert reached == {"T-5": {"lead", "secretary"}}
    assert told("preparation-behind", at(date(2026, 10, 8)))["T-1"] == {"lead", "secretary"}
    assert Occurrence.objects.latest("due_at").facts["n"] == 5


def test_a_missing_record_goes_to_the_lead_and_after_three_days_to_the_office(told: Told, district: District) -> None:
    own_visit(district, VisitStatus.HELD)
    reached = told("record-missing", *(at(FRIDAY + timedelta(days=n)) for n in (1, 3, 4)))
    assert reached == {"T+1": {"lead", "secretary"}, "T+3": {"lead", "secretary"}, "T+4": {"lead", "coordinator"}}


def test_the_secretary_is_reminded_before_the_days_to_confirm_are_over(told: Told, district: District) -> None:
    holidays()
    visit, last = own_visit(district, VisitStatus.RECORDED), date(2026, 10, 14)
    Visit.objects.filter(pk=visit.pk).update(confirmation=Confirmation.WAITING, confirm_until=last)
    moments = [at(date(2026, 10, 12)), at(date(2026, 10, 13)), at(last)]
    assert told("record-unconfirmed", *moments) == {"T-1": {"secretary"}, "T": {"secretary", "lead"}}
    assert Occurrence.objects.latest("due_at").facts["last"] == "2026-10-14"


@pytest.mark.parametrize("answer", [Confirmation.CONFIRMED, Confirmation.DISPUTED])
def test_whoever_has_answered_about_a_record_is_not_reminded(told: Told, district: District, answer: str) -> None:
    visit, last = own_visit(district, VisitStatus.RECORDED), date(2026, 10, 14)
    Visit.objects.filter(pk=visit.pk).update(confirmation=answer, confirm_until=last)
    assert told("record-unconfirmed", at(date(2026, 10, 13)), at(last)) == {}


def test_nobody_is_reminded_of_a_record_that_can_no_longer_be_confirmed(district: District) -> None:
    visit, last = own_visit(district, VisitStatus.RECORDED), date(2026, 10, 14)
    Visit.objects.filter(pk=visit.pk).update(confirmation=Confirmation.WAITING, confirm_until=last)
    source = sources()["record-unconfirmed"]
    assert [source.still_true({(visit.pk, "2026-10-14")}, at(last + timedelta(days=n))) for n in (0, 1)] == [
        {(visit.pk, "2026-10-14")},
        set(),
    ]


def test_drafts_left_behind_are_counted(told: Told, district: District) -> None:
    visit = own_visit(district, VisitStatus.HELD)
    DraftFactory.create_batch(2, visit=visit, area=visit.area, team=visit.team)
    reached = told("issues-not-submitted", *(at(date(2026, 10, day)) for day in (13, 14)))
    assert reached == {"T+2": {"lead"}, "T+3": {"lead", "secretary"}}
    assert Occurrence.objects.latest("due_at").facts["n"] == 2


@pytest.fixture
def journey(district: District) -> Journey:
    return Journey(district)


def in_working_days(day: date, n: int) -> datetime:
    return at(add_working_days(day, n))


def test_the_deadline_climbs_from_the_handler_to_the_leading_group(
    told: Told, journey: Journey, district: District
) -> None:
    issue = journey.to("in_progress")
    assert issue.due_on is not None
    reached = told("issue-deadline", *(in_working_days(issue.due_on, n) for n in (-2, 0, 3, 10)))
    assert reached == {
        "T-2": {"street"},
        "T": {"street", "street_lead"},
        "T+3": {"coordinator"},
        "T+10": {"official", "official2"},
    }
    kinds = Occurrence.objects.order_by("due_at").values_list("kind", flat=True)
    assert list(kinds) == ["issue-due-soon", "issue-due", "issue-overdue", "issue-overdue"]


def test_an_answered_issue_is_reminded_of_no_more(told: Told, journey: Journey) -> None:
    issue = journey.to("awaiting_confirmation")
    assert issue.due_on is not None
    assert told("issue-deadline", in_working_days(issue.due_on, 0)) == {}


def test_what_nobody_has_accepted_goes_to_the_desk_and_its_leader(told: Told, journey: Journey) -> None:
    issue = journey.to("assigned")
    assert issue.accept_by is not None
    reached = told("issue-to-accept", *(in_working_days(issue.accept_by, n) for n in (0, 1, 3)))
    assert reached == {"T": {"street"}, "T+1": {"street", "street_lead"}, "T+3": {"coordinator"}}


@pytest.mark.parametrize(
    ("status", "code", "days", "people"),
    [
        ("awaiting_ruling", "issue-returned", (1, 2), {"T+1": {"coordinator"}, "T+2": {"coordinator"}}),
        ("returned", "issue-sent-back", (2,), {"T+2": {"lead", "secretary"}}),
        ("awaiting_confirmation", "feedback-missing", (3, 7), {"T+3": {"secretary"}, "T+7": {"secretary", "lead"}}),
    ],
)
def test_what_waits_at_each_station_is_asked_for(
    told: Told, journey: Journey, status: str, code: str, days: tuple[int, ...], people: dict[str, set[str]]
) -> None:
    journey.to(status)
    began = journey.at.astimezone(SHANGHAI).date()
    assert told(code, *(in_working_days(began, n) for n in days)) == people


def test_an_explanation_waits_for_a_second_opinion_before_the_resident_is_asked(told: Told, journey: Journey) -> None:
    journey.explanation()
    began = journey.at.astimezone(SHANGHAI).date()
    moments = [in_working_days(began, n) for n in (3, 7)]
    assert told("explanation-to-review", *moments) == {"T+3": {"coordinator"}, "T+7": {"coordinator"}}
    assert told("feedback-missing", *moments) == {}


def test_a_survey_that_opens_is_told_to_office_and_secretaries(told: Told) -> None:
    survey = OpenSurveyFactory()
    reached = told("survey-open", at(survey.opens_on))
    assert reached == {"T": {"coordinator", "secretary", "foreign secretary"}}


def test_leaders_get_the_week_in_numbers_every_monday(told: Told, journey: Journey) -> None:
    journey.to("in_progress")
    monday = date(2026, 11, 9)
    assert told("week-in-numbers", at(monday), at(monday, 9, 5), at(monday + timedelta(days=1))) == {
        "T": {"official", "official2"}
    }
    facts = Occurrence.objects.first().facts
    assert (facts["day"], facts["submitted"], facts["open"]) == ("2026-11-08", 1, 1)


# -- The inbox leaves the app ------------------------------------------------------------------------


@pytest.fixture
def mail(settings: object) -> None:
    settings.EMAIL_HOST = "localhost"  # type: ignore[attr-defined]


FACTS = {"area": "春申坊", "day": "2026-10-09", "starts_at": "14:00", "venue": "302室"}


def test_a_change_of_time_is_mailed_at_once_and_the_rest_at_nine_and_four(
    told: Told, district: District, mail: None, mailoutbox: list
) -> None:
    lead = district.own["lead"]
    User.objects.filter(pk=lead.pk).update(email="lead@example.cn")
    moment = at(FRIDAY, 10, 30)
    notify([lead], Kind.VISIT_MOVED, facts=FACTS, url="/visits/118-2026q4/", at=moment)
    notify([lead], Kind.ISSUE_ASSIGNED, facts={"code": "26Q4-0001", "headline": "停车"}, url="/issues/", at=moment)
    for later in (moment, at(FRIDAY, 15, 59), at(FRIDAY, 16), at(FRIDAY, 16, 1)):
        plan(at=later)
        drain(at=later)
    assert [(mail.subject, mail.to) for mail in mailoutbox] == [
        ("走访改期：春申坊", ["lead@example.cn"]),
        ("有问题待受理：26Q4-0001", ["lead@example.cn"]),
    ]
    assert Message.objects.count() == 2


def test_a_new_number_to_sign_in_with_is_mailed_at_once(
    told: Told, district: District, mail: None, mailoutbox: list
) -> None:
    lead, moment = district.own["lead"], at(FRIDAY, 10, 30)
    User.objects.filter(pk=lead.pk).update(email="lead@example.cn")
    set_phone(user=lead, phone="13900000002", by=district["administrator"], at=moment)
    plan(at=moment)
    drain(at=moment)
    (letter,) = mailoutbox
    assert letter.to == ["lead@example.cn"] and "139****0002" in letter.body


def test_what_was_read_meanwhile_is_not_mailed(told: Told, district: District, mail: None, mailoutbox: list) -> None:
    lead = district.own["lead"]
    User.objects.filter(pk=lead.pk).update(email="lead@example.cn")
    notify([lead], Kind.ISSUE_ASSIGNED, facts={"code": "26Q4-0001"}, url="/issues/", at=at(FRIDAY, 10))
    plan(at=at(FRIDAY, 16))
    Message.objects.update(read_at=at(FRIDAY, 16))
    drain(at=at(FRIDAY, 16))
    assert mailoutbox == []
    assert Delivery.objects.get().state == "cancelled"


def test_a_mail_has_two_parts_the_readers_language_and_a_way_out_where_there_is_one(
    told: Told, district: District, mail: None, mailoutbox: list
) -> None:
    own_visit(district)
    User.objects.filter(pk=district.own["lead"].pk).update(email="lead@example.cn")
    told("visit-coming", at(FRIDAY, 8))
    told("round-opens", at(date(2026, 10, 1)))
    Delivery.objects.filter(channel="mail").update(next_attempt_at=at(FRIDAY, 8), expires_at=at(FRIDAY, 20))
    drain(at=at(FRIDAY, 8), only=["mail"])
    (letter,) = mailoutbox
    assert letter.subject == "2条提醒"
    assert "http" in letter.body and "春申坊" in letter.body
    html, kind = letter.alternatives[0]
    assert kind == "text/html" and "<a href=" in html
    assert (
        letter.extra_headers["Message-ID"] == Delivery.objects.get(channel="mail", state="sent", lead=None).message_id
    )


def test_the_tick_runs_from_the_command_line_and_can_only_look(told: Told, district: District) -> None:
    own_visit(district)
    out = StringIO()
    call_command("remind_tick", "--at", "2026-10-09T08:00", "--dry-run", stdout=out)
    assert "visit-coming: 2 would be planned, for 6 people" in out.getvalue()
    assert Occurrence.objects.count() == 0
    call_command("remind_tick", "--at", "2026-10-09T08:00", stdout=out)
    assert Message.objects.filter(kind="visit-coming").count() == 6


def test_the_preview_of_a_day_counts_people(told: Told, district: District) -> None:
    own_visit(district)
    shown = preview(ReminderRule.objects.get(code="visit-coming"), FRIDAY - timedelta(days=7))
    assert len(shown.people) == 6
    with translation.override("en"):
        assert str(shown.lines[0].due.subject.facts["area"]) == "春申坊"
