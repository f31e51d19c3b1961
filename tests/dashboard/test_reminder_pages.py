"""The office's pages about reminders: rules, sending by hand, the ledger, what runs."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.clock import today
from core.events import history_of
from notifications.by_hand import TIME_TO_UNDO
from notifications.models import Delivery, Heartbeat, Occurrence, ReminderRule, Restore, SentByHand
from programmes.load import load
from teams.models import User
from tests.factories.visits import OpenRoundFactory, VisitFactory, VisitKindFactory
from tests.people import District
from visits.models import Round, Visit, VisitKind, VisitStatus

AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)


@pytest.fixture
def rule(db: None) -> ReminderRule:
    steps = [
        {"code": "T-2", "days": -2, "working": True, "at": "09:00", "audience": ["team_lead"]},
        {"code": "T", "days": 0, "at": "09:00", "audience": ["team_lead", "office"]},
    ]
    return ReminderRule.objects.create(
        code="visit-not-scheduled",
        kind="visit-to-schedule",
        source="visit-not-scheduled",
        steps=steps,
        channels=["mail"],
    )


@pytest.fixture
def sign_in(district: District) -> Callable[[str], Client]:
    def sign(who: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        person = district.people.get(who) or district.own.people[who]
        client.force_login(person, backend="teams.signing_in.NameOrPhoneBackend")
        return client

    return sign


@pytest.fixture
def office(sign_in: Callable[[str], Client]) -> Client:
    return sign_in("coordinator")


def without_a_day(district: District, n: int = 1) -> None:
    """A round that begins today, with the visits of one or both sides."""
    day = today(timezone.now())
    round_ = Round.objects.first() or OpenRoundFactory(window_start=day, window_end=day + timedelta(days=9))
    kind = VisitKind.objects.first() or VisitKindFactory()
    for side in (district.own, district.foreign)[:n]:
        if not Visit.objects.filter(team=side.team).exists():
            VisitFactory(round=round_, kind=kind, team=side.team, area=side.area, status=VisitStatus.UNSCHEDULED)


def deliver(rule: ReminderRule, person: User, n: int = 0, **fields: Any) -> Delivery:
    at = AT + timedelta(minutes=n)
    occurrence = Occurrence.objects.create(
        rule=rule,
        rule_version=1,
        subject_type="visit",
        subject_id=n,
        period=f"{uuid4()}",
        step="T",
        kind=rule.kind,
        due_at=at,
        created_at=at,
        run=uuid4(),
    )
    values = {"channel": "mail", "language": "en", "subject": "Visit to schedule", "body": "", "state": "due", **fields}
    moments = dict.fromkeys(("due_at", "next_attempt_at", "created_at"), at)
    return Delivery.objects.create(
        occurrence=occurrence, recipient=person, message_id=f"<{n}@x>", expires_at=at, **moments, **values
    )


# -- Rules ------------------------------------------------------------------------------------


def as_sent(client: Client, rule: ReminderRule, **changed: Any) -> dict[str, Any]:
    """The form as the page shows it, with some answers changed."""
    context = client.get(f"/reminders/rules/{rule.code}/").context
    forms = [context["form"], context["steps"].management_form, *context["steps"].forms]
    sent: dict[str, Any] = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False and value != "":
                sent[field.html_name] = value
    sent = {name: f"{value:%H:%M}" if hasattr(value, "hour") else value for name, value in sent.items()}
    return {name: value for name, value in (sent | changed).items() if value is not None}


def test_a_rule_is_changed_and_leaves_an_event(office: Client, rule: ReminderRule, district: District) -> None:
    changed = {"step-0-days": "5", "step-0-audience": ["team_lead", "secretary"], "quiet_from": "20:00"}
    answer = office.post("/reminders/rules/visit-not-scheduled/", as_sent(office, rule, **changed))
    assert answer.status_code == 302
    rule = ReminderRule.objects.get()
    assert rule.steps == [
        {"code": "T-5", "days": -5, "working": True, "at": "09:00", "audience": ["team_lead", "secretary"]},
        {"code": "T", "days": 0, "at": "09:00", "audience": ["team_lead", "office"]},
    ]
    event = history_of(rule).get()
    assert (event.verb, sorted(event.payload), event.actor_id) == (
        "change",
        ["quiet_from", "steps"],
        district["coordinator"].pk,
    )


def test_what_nobody_changed_is_not_written(office: Client, rule: ReminderRule) -> None:
    office.post("/reminders/rules/visit-not-scheduled/", as_sent(office, rule))
    assert (ReminderRule.objects.get().version, history_of(rule).count()) == (1, 0)


def test_a_step_is_added_and_one_left_out(office: Client, rule: ReminderRule) -> None:
    more = {"step-2-days": "3", "step-2-side": "after", "step-2-hour": "16:00", "step-2-audience": ["office"]}
    office.post("/reminders/rules/visit-not-scheduled/", as_sent(office, rule, **more, **{"step-0-DELETE": "on"}))
    assert [(step.code, step.days, step.audience) for step in ReminderRule.objects.get().plan] == [
        ("T", 0, ("team_lead", "office")),
        ("T+3", 3, ("office",)),
    ]


def test_a_rule_keeps_one_step(office: Client, rule: ReminderRule) -> None:
    none = {"step-0-DELETE": "on", "step-1-DELETE": "on"}
    answer = office.post("/reminders/rules/visit-not-scheduled/", as_sent(office, rule, **none))
    assert (answer.status_code, len(ReminderRule.objects.get().steps)) == (422, 2)


def test_another_hour_keeps_the_code_so_nobody_is_told_twice(office: Client, rule: ReminderRule) -> None:
    office.post("/reminders/rules/visit-not-scheduled/", as_sent(office, rule, **{"step-1-hour": "10:30"}))
    assert [(step["code"], step["at"]) for step in ReminderRule.objects.get().steps] == [
        ("T-2", "09:00"),
        ("T", "10:30"),
    ]


def test_somebody_who_was_slower_is_told(office: Client, rule: ReminderRule) -> None:
    sent = as_sent(office, rule, late_hours="48")
    ReminderRule.objects.update(version=2)
    assert office.post("/reminders/rules/visit-not-scheduled/", sent).status_code == 409
    assert ReminderRule.objects.get().late_hours == 24


@pytest.mark.parametrize("wrong", [{"late_hours": "0"}, {"quiet_until": None}, {"step-0-audience": None}])
def test_a_rule_nobody_could_follow_is_refused(office: Client, rule: ReminderRule, wrong: dict[str, Any]) -> None:
    answer = office.post("/reminders/rules/visit-not-scheduled/", as_sent(office, rule, **wrong))
    assert (answer.status_code, ReminderRule.objects.get().version) == (422, 1)


def test_loading_the_programme_again_leaves_an_edited_rule_as_it_is(db: None) -> None:
    load("xuhui", at=AT)
    ReminderRule.objects.filter(code="visit-coming").update(late_hours=7, version=2)
    loaded = load("xuhui", at=AT)
    assert ReminderRule.objects.get(code="visit-coming").late_hours == 7
    assert [where for where in loaded.kept if "visit-coming" in where or "rule" in where]


def test_the_preview_counts_people_and_costs_the_same_for_one_and_for_two(
    office: Client, rule: ReminderRule, district: District
) -> None:
    path = f"/reminders/rules/visit-not-scheduled/preview/?day={today(timezone.now())}"
    costs = []
    for n in (1, 2):
        without_a_day(district, n)
        office.get(path)
        with CaptureQueriesContext(connection) as queries:
            context = office.get(path).context
        costs.append(len(queries))
        assert context["people"] == n + 1
    assert costs[0] == costs[1]


def test_the_preview_shows_what_stands_in_the_form_and_saves_nothing(
    office: Client, rule: ReminderRule, district: District
) -> None:
    without_a_day(district, 2)
    day = today(timezone.now())
    path = "/reminders/rules/visit-not-scheduled/preview/"
    saved = office.get(f"{path}?day={day}").context["people"]
    fewer = as_sent(office, rule, **{"step-1-audience": ["office"], "day": str(day)})
    answer = office.post(path, fewer)
    assert (saved, answer.context["told"]["people"]) == (3, 1)
    assert "On" in answer.content.decode() and answer.context["steps"].forms[1]["audience"].value() == ["office"]
    later = office.post(path, as_sent(office, rule, **{"step-1-days": "3", "step-1-side": "after", "day": ""}))
    assert later.context["told"]["preview"].day == day + timedelta(days=3)
    assert ReminderRule.objects.get().steps == rule.steps
    assert history_of(rule).count() == 0


def test_a_form_that_is_no_rule_has_no_preview(office: Client, rule: ReminderRule) -> None:
    wrong = as_sent(office, rule, late_hours="0", day="")
    answer = office.post("/reminders/rules/visit-not-scheduled/preview/", wrong)
    assert (answer.status_code, answer.context["told"]) == (422, None)


def test_without_a_day_the_preview_shows_the_next_on_which_anybody_is_told(
    office: Client, rule: ReminderRule, district: District
) -> None:
    path = "/reminders/rules/visit-not-scheduled/preview/"
    assert office.get(path).context["people"] == 0
    without_a_day(district)
    first = today(timezone.now()) + timedelta(days=40)
    Round.objects.update(window_start=first, window_end=first)
    rule.steps = [rule.steps[1]]
    rule.save()
    context = office.get(path).context
    assert (context["preview"].day, context["people"]) == (first, 2)


def test_the_hours_of_a_digest_are_changed(office: Client, db: None) -> None:
    step = {"code": "T", "days": 0, "hours": ["09:00", "16:00"], "audience": ["reader"]}
    ReminderRule.objects.create(code="inbox-rest", kind="issue-assigned", source="inbox-rest", steps=[step])
    path = "/reminders/rules/inbox-rest/"
    assert "09:00, 16:00" in office.get("/reminders/rules/").content.decode()
    form = {"hour_1": "15:30", "hour_2": "07:10", "hour_3": "11:00", "late_hours": "24", "is_active": "on"}
    assert office.post(path, {**form, "version": "1", "hour_2": "nine"}).status_code == 422
    assert office.post(path, {**form, "version": "1", "hour_1": ""}).status_code == 422
    assert office.post(path, {**form, "version": "1", "hour_2": ""}).status_code == 302
    assert ReminderRule.objects.get().steps == [{**step, "hours": ["11:00", "15:30"]}]


# -- By hand ----------------------------------------------------------------------------------


def test_reminders_are_sent_by_hand_and_taken_back(office: Client, rule: ReminderRule, district: District) -> None:
    without_a_day(district)
    seen = office.get("/reminders/now/visit-not-scheduled/")
    assert seen.context["people"] == 1
    sent = office.post("/reminders/now/visit-not-scheduled/", {"expected": "1"})
    row = SentByHand.objects.get()
    assert sent["Location"] == f"/reminders/by-hand/{row.pk}/"
    assert row.goes_at - row.made_at == TIME_TO_UNDO
    assert "Take it back" in office.get(sent["Location"]).content.decode()
    office.post(f"/reminders/by-hand/{row.pk}/take-back/")
    assert set(Delivery.objects.values_list("state", flat=True)) == {"cancelled"}
    assert "Take it back" not in office.get(sent["Location"]).content.decode()


def test_the_same_form_sent_twice_reminds_once(office: Client, rule: ReminderRule, district: District) -> None:
    without_a_day(district)
    form = {"expected": "1", "form_key": str(uuid4())}
    answers = {office.post("/reminders/now/visit-not-scheduled/", form)["Location"] for _time in range(2)}
    assert (len(answers), SentByHand.objects.count()) == (1, 1)


def test_another_number_than_was_seen_sends_nothing(office: Client, rule: ReminderRule, district: District) -> None:
    without_a_day(district)
    answer = office.post("/reminders/now/visit-not-scheduled/", {"expected": "9"})
    assert (answer.status_code, SentByHand.objects.count()) == (422, 0)


def test_board_and_unscheduled_page_lead_there_with_the_round_filled_in(
    office: Client, rule: ReminderRule, district: District, sign_in: Callable[[str], Client]
) -> None:
    without_a_day(district)
    visit = district.own.team.visits.get()
    for page in ("board", "unscheduled"):
        content = office.get(f"/rounds/{visit.round.code}/{page}/").content.decode()
        link = re.search(r'href="(/reminders/now/visit-not-scheduled/[^"]*)"', content)
        assert link is not None
        context = office.get(link[1].replace("&amp;", "&")).context
        assert (context["people"], context["form"].cleaned_data["first"]) == (1, visit.round.window_start)
        assert "/reminders/now/" not in sign_in("street").get(f"/rounds/{visit.round.code}/{page}/").content.decode()


# -- The ledger -------------------------------------------------------------------------------


def rows(client: Client, query: str) -> list[str]:
    return [row.state for row in client.get(f"/reminders/ledger/?{query}").context["page"].rows]


def test_the_ledger_is_filtered(office: Client, rule: ReminderRule, district: District) -> None:
    lead, secretary = district.own["lead"], district.own["secretary"]
    User.objects.filter(pk=lead.pk).update(unit=district.own.unit)
    deliver(rule, lead, 0, state="dead", last_code="550")
    deliver(rule, secretary, 1, state="sent", sent_at=AT, channel="in_app")
    deliver(rule, secretary, 60 * 24, state="held")
    assert rows(office, "") == ["held", "sent", "dead"]
    assert rows(office, "state=failed") == ["dead"]
    assert rows(office, "state=waiting") == ["held"]
    assert rows(office, "channel=in_app") == ["sent"]
    assert rows(office, f"unit={district.own.unit.pk}") == ["dead"]
    assert rows(office, "day=2026-10-09") == ["held"]
    assert rows(office, "kind=visit-coming") == []
    assert rows(office, "state=nonsense&unit=x&day=yesterday") == ["held", "sent", "dead"]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_beyond_the_calendar_filters_nothing(
    office: Client, rule: ReminderRule, district: District, day: str
) -> None:
    assert office.get(f"/reminders/ledger/?day={day}").status_code == 200
    assert office.get(f"/reminders/ledger/export/?day={day}").status_code == 200


def test_the_ledger_costs_the_same_for_few_and_many(office: Client, rule: ReminderRule, district: District) -> None:
    costs = []
    for start in (0, 60):
        for n in range(start, start + 60):
            deliver(rule, district.own["lead"], n, state="dead")
        office.get("/reminders/ledger/")
        with CaptureQueriesContext(connection) as queries:
            office.get("/reminders/ledger/")
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_lines_for_excel_run_no_formula_and_follow_the_filter(
    office: Client, rule: ReminderRule, district: District
) -> None:
    deliver(rule, district.own["lead"], 0, state="dead", last_error="=cmd()", subject="=HYPERLINK(1)")
    deliver(rule, district.own["lead"], 1)
    answer = office.get("/reminders/ledger/export/?state=dead")
    text = b"".join(answer.streaming_content).decode()
    assert len(text.strip().splitlines()) == 2
    assert "'=HYPERLINK(1)" in text and "'=cmd()" in text


def test_a_failure_says_why_and_is_tried_again(office: Client, rule: ReminderRule, district: District) -> None:
    failed = deliver(rule, district.own["lead"], 0, state="dead", last_code="550", last_error="no such box")
    assert "550 no such box" in office.get("/reminders/ledger/").content.decode()
    answer = office.post(f"/reminders/ledger/{failed.pk}/again/", {"next": "/reminders/ledger/?state=failed"})
    assert answer["Location"] == "/reminders/ledger/?state=failed"
    assert Delivery.objects.get().state == "due"
    assert office.post(f"/reminders/ledger/{failed.pk}/again/").status_code == 422


def test_all_that_the_filter_shows_is_tried_again(office: Client, rule: ReminderRule, district: District) -> None:
    deliver(rule, district.own["lead"], 0, state="dead")
    deliver(rule, district.own["lead"], 1, state="expired")
    office.post("/reminders/ledger/again/?state=dead")
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["due", "expired"]


@pytest.mark.parametrize(("choice", "state"), [("send", "due"), ("write-off", "cancelled"), ("", "held")])
def test_what_is_held_waits_for_a_decision(
    office: Client, rule: ReminderRule, district: District, choice: str, state: str
) -> None:
    Restore.objects.create(at=AT)
    deliver(rule, district.own["lead"], 0, state="held", reason="restored")
    assert office.get("/reminders/ledger/").context["held"] == 1
    office.post("/reminders/ledger/release/", {"choice": choice})
    assert Delivery.objects.get().state == state
    assert Restore.objects.get().released_by == (district["coordinator"] if choice else None)


def test_an_auditor_looks_and_changes_nothing(
    sign_in: Callable[[str], Client], rule: ReminderRule, district: District
) -> None:
    failed = deliver(rule, district.own["lead"], 0, state="dead")
    auditor = sign_in("auditor")
    page = auditor.get("/reminders/ledger/")
    assert (page.status_code, b"Try again" in page.content) == (200, False)
    assert auditor.post(f"/reminders/ledger/{failed.pk}/again/").status_code == 403
    assert auditor.get("/reminders/rules/").status_code == 403
    assert auditor.get("/reminders/now/").status_code == 403


def test_the_status_page_says_what_is_silent(office: Client) -> None:
    now = timezone.now()
    Heartbeat.objects.create(name="drain", last_started=now, last_ok=now - timedelta(minutes=6))
    context = office.get("/status/").context
    assert [beat.name for _label, beat, _note in context["every_minute"] if beat.is_silent] == ["drain"]
    assert not context["is_fine"]
