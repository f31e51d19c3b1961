"""What the planner makes of rules and things: once, in time, the latest step only."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.clock import SHANGHAI
from notifications.models import Delivery, DeliveryState, Occurrence, Preference, ReminderRule
from notifications.planner import plan
from notifications.preview import preview
from tests.factories.teams import UserFactory
from tests.notifications.conftest import step
from tests.notifications.things import Shelf

pytestmark = pytest.mark.usefixtures("in_2026")

Rule = Callable[..., ReminderRule]
DAY = date(2026, 10, 9)


def at(day: int, hour: int = 9, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def states(channel: str = "post") -> dict[str, str]:
    rows = Delivery.objects.filter(channel=channel).values_list("occurrence__step", "state")
    return dict(rows.order_by("occurrence__due_at"))


def test_a_step_comes_up_once_however_often_it_is_planned(shelf: Shelf, rule: Rule) -> None:
    rule(step(-3), step(-1))
    shelf.anchors = {1: DAY}
    for moment in (at(6), at(6), at(6, 9, 1), at(5), at(6, 23)):
        plan(at=moment)
    assert list(Occurrence.objects.values_list("step", "period")) == [("T-3", "2026-10-09")]
    assert sorted(Delivery.objects.values_list("channel", flat=True)) == ["in_app", "post"]


def test_nothing_comes_up_before_its_time_or_after_it_is_too_late(shelf: Shelf, rule: Rule) -> None:
    rule(step(-1), late_hours=10)
    shelf.anchors = {1: DAY}
    plan(at=at(8, 8, 59))
    plan(at=at(8, 19))
    assert Occurrence.objects.count() == 0
    plan(at=at(8, 18, 59))
    assert Occurrence.objects.count() == 1


def test_after_a_silence_over_three_steps_only_the_latest_goes_out(shelf: Shelf, rule: Rule) -> None:
    rule(step(-1), step(-1, "17:00", code="eve"), step(0, "08:00", code="morning"), late_hours=30)
    shelf.anchors = {1: DAY}
    plan(at=at(9, 9))
    assert states() == {"T-1": "cancelled", "eve": "cancelled", "morning": "due"}
    assert states("in_app") == states()
    assert set(Delivery.objects.filter(state="cancelled").values_list("reason", flat=True)) == {"superseded"}


def test_a_step_nobody_has_sent_gives_way_to_the_next(shelf: Shelf, rule: Rule) -> None:
    rule(step(-3), step(-1))
    shelf.anchors = {1: DAY}
    plan(at=at(6))
    Delivery.objects.filter(channel="in_app").update(state="sent", sent_at=at(6))
    plan(at=at(8))
    assert states() == {"T-3": "cancelled", "T-1": "due"}
    assert states("in_app") == {"T-3": "sent", "T-1": "due"}


def test_each_person_hears_of_the_last_step_that_is_theirs(shelf: Shelf, rule: Rule) -> None:
    rule(step(-1), step(0, "08:00", audience=("office",)), late_hours=48)
    shelf.anchors = {1: DAY}
    plan(at=at(9, 9))
    assert states() == {"T-1": "due", "T+0": "due"}


def test_a_thing_that_moves_is_reminded_of_anew(shelf: Shelf, rule: Rule) -> None:
    rule(step(-1))
    shelf.anchors = {1: DAY}
    plan(at=at(8))
    shelf.anchors = {1: DAY + timedelta(days=3)}
    plan(at=at(11))
    assert list(Occurrence.objects.order_by("id").values_list("period", flat=True)) == ["2026-10-09", "2026-10-12"]


def test_working_days_skip_the_holiday_and_count_the_saturday_that_is_worked(shelf: Shelf, rule: Rule) -> None:
    rule(step(-2, working=True), step(1, working=True), late_hours=1)
    shelf.anchors = {1: date(2026, 10, 9)}
    plan(at=at(30, month=9))
    plan(at=at(10))
    assert dict(Occurrence.objects.values_list("step", "due_at")) == {"T-2": at(30, month=9), "T+1": at(10)}


@pytest.mark.parametrize(
    ("due", "goes"), [("20:59", at(8, 20, 59)), ("21:00", at(9, 8)), ("23:30", at(9, 8)), ("07:59", at(8, 8))]
)
def test_quiet_hours_move_it_and_never_drop_it(shelf: Shelf, rule: Rule, due: str, goes: datetime) -> None:
    rule(step(-1, due))
    shelf.anchors = {1: DAY}
    plan(at=datetime.combine(date(2026, 10, 8), time.fromisoformat(due), tzinfo=SHANGHAI))
    delivery = Delivery.objects.get(channel="post")
    assert delivery.next_attempt_at == goes
    assert delivery.expires_at > goes
    assert Delivery.objects.get(channel="in_app").next_attempt_at == delivery.due_at


def test_what_waits_for_a_working_day_comes_after_the_holiday(shelf: Shelf, rule: Rule) -> None:
    rule(step(0), on_working_days=True)
    shelf.anchors = {1: date(2026, 10, 3)}
    plan(at=at(3))
    assert Delivery.objects.get(channel="post").next_attempt_at == at(8, 8)


def test_own_quiet_hours_and_language_win(shelf: Shelf, rule: Rule) -> None:
    rule(step(-1, "12:00"))
    (person,) = shelf.people["team"]
    Preference.objects.create(user_id=person, language="en", quiet_from=time(11, 30), quiet_until=time(14))
    shelf.anchors = {1: DAY}
    plan(at=at(8, 12))
    delivery = Delivery.objects.get(channel="post")
    assert (delivery.next_attempt_at, delivery.subject) == (at(8, 14), "Visit coming: 春申坊")
    assert delivery.body.startswith("Fri 9 October 14:00: visit to 春申坊")


@pytest.mark.parametrize(("mandatory", "told"), [(False, ["in_app"]), (True, ["in_app", "post"])])
def test_what_is_muted_stays_in_the_app_unless_it_is_mandatory(
    shelf: Shelf, rule: Rule, mandatory: bool, told: list[str]
) -> None:
    rule(step(-1), mandatory=mandatory)
    (person,) = shelf.people["team"]
    Preference.objects.create(user_id=person, muted=["thing"])
    shelf.anchors = {1: DAY}
    plan(at=at(8))
    assert sorted(Delivery.objects.values_list("channel", flat=True)) == told


def test_words_are_fixed_when_it_is_planned(shelf: Shelf, rule: Rule) -> None:
    rule(step(-1))
    shelf.anchors = {1: DAY}
    plan(at=at(8))
    delivery = Delivery.objects.get(channel="post")
    assert delivery.subject == "走访将至：春申坊"
    assert delivery.body == "10月9日（周五）14:00走访春申坊，地点：302室。请先看上次承诺的事。"
    assert delivery.message_id.startswith("<delivery.") and delivery.message_id.endswith("@127.0.0.1>")


def test_planning_costs_the_same_for_1_and_for_300_things(shelf: Shelf, rule: Rule) -> None:
    rule(step(-1))
    shelf.people["team"] = {user.pk for user in UserFactory.create_batch(3)}
    costs = []
    for things in (range(1, 2), range(2, 300)):
        shelf.anchors = dict.fromkeys(things, DAY)
        with CaptureQueriesContext(connection) as queries:
            plan(at=at(8))
        costs.append(sum("INSERT" not in query["sql"] for query in queries))  # SQLite takes few rows at a time
    assert costs[0] == costs[1]
    assert Delivery.objects.count() == 299 * 3 * 2


def test_a_rule_that_breaks_stops_no_other(shelf: Shelf, rule: Rule, caplog: pytest.LogCaptureFixture) -> None:
    rule(step(-1), source="gone", code="broken")
    rule(step(-1))
    shelf.anchors = {1: DAY}
    assert plan(at=at(8)).failed == ["broken"]
    assert Occurrence.objects.count() == 1
    assert "broken" in caplog.text


def test_the_preview_says_whom_it_would_reach_and_writes_nothing(shelf: Shelf, rule: Rule) -> None:
    shown = rule(step(-1), step(-1, "22:00", ("office",), code="night"))
    shelf.anchors = {1: DAY, 2: DAY, 3: DAY + timedelta(days=1)}
    result = preview(shown, date(2026, 10, 8))
    assert result.people == shelf.people["team"] | shelf.people["office"]
    assert [(line.due.subject.id, line.due.step.code, line.goes_at) for line in result.lines] == [
        (1, "T-1", at(8)),
        (2, "T-1", at(8)),
        (1, "night", at(9, 8)),
        (2, "night", at(9, 8)),
    ]
    assert result.by_channel == {"in_app": 2, "post": 2}
    assert preview(shown, date(2026, 10, 7)).lines == []
    assert Occurrence.objects.count() == 0


def test_a_state_is_a_word_people_read() -> None:
    assert all(str(state.label) for state in DeliveryState)
