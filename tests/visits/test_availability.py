"""Busy times: entered by people themselves and by the office, taken back, seen by colleagues as "busy" only."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from core.events import history_of
from core.models import Event
from core.refusals import RuleBroken
from teams.models import User
from tests.factories.visits import placed_visit
from tests.visits.conftest import AT, FRIDAY
from visits import services
from visits.availability import busy_days
from visits.busy import WHOLE_DAY, HalfDay
from visits.dayparts import DayPart
from visits.models import BusyTime, OutsideCalendar
from visits.timetable import Timetable, rules_of

MORNING, AFTERNOON = DayPart.MORNING, DayPart.AFTERNOON


def enter(person: User, *halves: HalfDay, by: User | None = None, reason: str = "") -> list[BusyTime]:
    return services.add_busy_times(person=person, halves=halves, reason=reason, by=by or person, at=AT)


def whole(day: date) -> list[HalfDay]:
    return [HalfDay(day, part) for part in WHOLE_DAY]


def address(person: User, step: str = "") -> str:
    return f"/people/{person.pk}/availability/{step}"


def test_what_somebody_enters_is_one_row_and_one_event_each(district):
    lead = district.own["lead"]
    rows = enter(lead, *whole(FRIDAY), reason="住院")
    assert list(lead.busy_times.values_list("day", "part", "reason")) == [
        (FRIDAY, part, "住院") for part in ("afternoon", "evening", "morning")
    ]
    event = history_of(rows[0]).get()
    assert (event.verb, event.actor_name) == ("create", lead.name)
    assert "住院" not in str(list(Event.objects.values_list("payload", flat=True)))


def test_entering_the_same_twice_changes_nothing(district):
    lead = district.own["lead"]
    enter(lead, HalfDay(FRIDAY, MORNING), reason="开会")
    events = Event.objects.count()
    assert enter(lead, HalfDay(FRIDAY, MORNING)) == []
    assert Event.objects.count() == events
    assert lead.busy_times.get().reason == "开会"


def test_a_day_that_is_over_is_refused_and_today_is_not(district):
    lead = district.own["lead"]
    with pytest.raises(RuleBroken):
        enter(lead, HalfDay(AT.date() - timedelta(days=1), MORNING))
    assert enter(lead, HalfDay(AT.date(), MORNING))


@pytest.mark.parametrize("who", ["lawyer", "secretary", "street"])
def test_nobody_enters_for_a_colleague(district, who):
    with pytest.raises(PermissionDenied):
        enter(district.own["lead"], HalfDay(FRIDAY, MORNING), by=district.own[who])


def test_the_office_enters_for_everybody(district):
    assert enter(district.own["lawyer"], HalfDay(FRIDAY, MORNING), by=district["coordinator"])


def test_taking_back_and_restoring_keeps_the_reason(district):
    lead = district.own["lead"]
    rows = enter(lead, *whole(FRIDAY), reason="值班")
    kept = services.remove_busy_times(person=lead, keys=[row.pk for row in rows[:2]], by=lead, at=AT)
    assert lead.busy_times.count() == 1
    assert services.restore_busy_times(person=lead, kept=kept, by=lead, at=AT) == 2
    assert set(lead.busy_times.values_list("reason", flat=True)) == {"值班"}


def test_nobody_takes_back_what_belongs_to_somebody_else(district):
    lead, other = district.own["lead"], district.foreign["lead"]
    (row,) = enter(other, HalfDay(FRIDAY, MORNING))
    services.remove_busy_times(person=lead, keys=[row.pk], by=lead, at=AT)
    assert other.busy_times.count() == 1


def test_what_was_read_from_a_calendar_is_taken_back_there(district):
    lead = district.own["lead"]
    calendar = OutsideCalendar.objects.create(user=lead, host="x", url_sealed="x", made_at=AT)
    row = BusyTime.objects.create(user=lead, day=FRIDAY, part=MORNING, calendar=calendar)
    assert services.remove_busy_times(person=lead, keys=[row.pk], by=lead, at=AT) == []
    enter(lead, HalfDay(FRIDAY, MORNING), reason="开会")
    row.refresh_from_db()
    assert (row.calendar, row.reason) == (None, "开会")


def test_a_busy_half_day_counts_when_a_visit_is_placed(plan):
    lead = plan.district.own["lead"]
    enter(lead, HalfDay(FRIDAY, AFTERNOON))
    timetable = Timetable.load(FRIDAY, FRIDAY, rules=rules_of(plan.round), also=[plan.own])
    found = timetable.put(plan.own, FRIDAY, time(14), "活动室")
    assert [(clash.trouble, clash.people) for clash in found] == [("busy", (lead.pk,))]


def test_the_list_groups_a_day_and_names_the_visits_it_meets(plan):
    lead = plan.district.own["lead"]
    plan.schedule(plan.own, FRIDAY, time(14))
    enter(lead, *whole(FRIDAY), reason="值班")
    enter(lead, HalfDay(FRIDAY + timedelta(days=1), MORNING))
    first, second = busy_days(lead, lead, AT.date())
    assert (str(first.parts), first.reason, [visit.pk for visit in first.clashes]) == ("全天", "值班", [plan.own.pk])
    assert (str(second.parts), second.clashes) == ("上午", ())


def test_a_visit_after_somebody_left_the_seat_is_no_clash(plan):
    lead = plan.district.own["lead"]
    plan.schedule(plan.own, FRIDAY, time(14))
    lead.memberships.update(until_day=FRIDAY - timedelta(days=1))
    office = plan.district["coordinator"]
    enter(lead, *whole(FRIDAY), by=office)
    assert busy_days(lead, office, AT.date())[0].clashes == ()


def test_the_list_costs_the_same_for_many_days(plan, django_assert_num_queries):
    lead = plan.district.own["lead"]
    plan.schedule(plan.own, FRIDAY, time(14))
    enter(lead, *whole(FRIDAY))
    with django_assert_num_queries(4):
        busy_days(lead, lead, AT.date())
    for n in range(1, 20):
        enter(lead, *whole(FRIDAY + timedelta(days=n)))
    placed_visit(day=FRIDAY + timedelta(days=1), team=plan.own.team, round=None, code="another")
    with django_assert_num_queries(4):
        assert len(busy_days(lead, lead, AT.date())) == 20


# -- Pages ---------------------------------------------------------------------------------------


def test_colleagues_read_that_somebody_is_busy_but_not_why(plan, as_user):
    lead = plan.district.own["lead"]
    enter(lead, HalfDay(FRIDAY, MORNING), reason="体检")
    for who in (plan.district.own["lawyer"], plan.district["official"]):
        page = as_user(who).get(address(lead)).content.decode()
        assert "没空" in page and "体检" not in page
        assert "撤回" not in page
    assert "体检" in as_user(plan.district["coordinator"]).get(address(lead)).content.decode()


@pytest.mark.parametrize("who", ["lead", "secretary"])
def test_the_other_teams_people_are_strangers(plan, as_user, who):
    assert as_user(plan.district.foreign[who]).get(address(plan.district.own["lead"])).status_code == 404


def test_a_colleague_may_look_but_not_enter(plan, as_user):
    client = as_user(plan.district.own["lawyer"])
    lead = plan.district.own["lead"]
    assert client.get(address(lead)).status_code == 200
    assert client.post(address(lead, "new/"), {"first": "2026-10-09", "part": "day"}).status_code == 403
    assert client.post(address(lead, "remove/"), {"keys": "1"}).status_code == 403


def test_entering_on_the_page_taking_back_and_undoing(plan, as_user):
    lead = plan.district.own["lead"]
    client: Client = as_user(lead)
    typed = {"first": "2026-10-08", "last": "2026-10-09", "part": "morning", "reason": "培训"}
    page = client.post(address(lead, "new/"), typed, follow=True).content.decode()
    assert "已留出2个半天" in page and "培训" in page
    row = lead.busy_times.first()
    page = client.post(address(lead, "remove/"), {"keys": str(row.pk)}, follow=True).content.decode()
    assert "1个半天又有空了" in page
    assert lead.busy_times.count() == 1
    client.post(address(lead, "restore/"))
    assert lead.busy_times.filter(day=row.day, part=row.part, reason="培训").exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"first": "2026-09-24", "part": "day"}, "已经过去的日子不能再填"),
        ({"first": "2026-10-09", "last": "2026-10-08", "part": "day"}, "最后一天不能早于第一天"),
        ({"first": "2026-10-01", "last": "2026-10-20", "part": "day", "weekly": "on"}, "每周重复的时间不能超过一周"),
    ],
)
def test_what_cannot_be_entered_says_why_and_keeps_what_was_typed(plan, as_user, typed, sentence):
    lead = plan.district.own["lead"]
    answer = as_user(lead).post(address(lead, "new/"), typed | {"reason": "培训"})
    assert answer.status_code == 422
    assert sentence in answer.content.decode() and "培训" in answer.content.decode()
    assert not lead.busy_times.exists()


@pytest.mark.parametrize("keys", ["", "x", "1,", "9" * 30, "1;2"])
def test_keys_nobody_could_have_clicked_take_nothing_back(plan, as_user, keys):
    lead = plan.district.own["lead"]
    enter(lead, HalfDay(FRIDAY, MORNING))
    assert as_user(lead).post(address(lead, "remove/"), {"keys": keys}).status_code == 302
    assert lead.busy_times.count() == 1


def test_the_office_sees_who_is_busy_and_finds_everybody_by_name(plan, as_user):
    enter(plan.district.own["lead"], HalfDay(FRIDAY, MORNING))
    client = as_user(plan.district["coordinator"])
    page = client.get("/availability/").content.decode()
    assert "春申lead" in page and "1个半天" in page and "荷塘lead" not in page
    assert "荷塘lead" in client.get("/availability/?q=荷塘").content.decode()


def test_a_team_lead_sees_only_the_own_team(plan, as_user):
    enter(plan.district.own["lawyer"], HalfDay(FRIDAY, MORNING))
    enter(plan.district.foreign["lawyer"], HalfDay(FRIDAY, MORNING))
    page = as_user(plan.district.own["lead"]).get("/availability/").content.decode()
    assert "春申lawyer" in page and "荷塘lawyer" not in page


def test_entering_busy_times_on_a_phone(plan, page_of, live_server):
    lead = plan.district.own["lead"]
    page = page_of(lead, viewport={"width": 390, "height": 844})
    page.goto("/me/")
    page.get_by_role("link", name="查看和填写").click()
    page.get_by_role("link", name="填没空的时间").first.click()
    page.get_by_label("开始日期").fill("2099-10-08")
    page.get_by_text("下午", exact=True).click()
    page.get_by_label("原因").fill("培训")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="填好了").click()
    page.get_by_text("已留出1个半天，不排走访。").wait_for()
    page.get_by_role("button", name="撤回").click()
    page.get_by_role("button", name="撤销").click()
    page.get_by_role("rowheader", name="2099年10月8日").wait_for()
    assert lead.busy_times.get().reason == "培训"
