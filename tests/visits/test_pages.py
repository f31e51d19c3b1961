"""Pages about rounds and visits: who gets in, what a form answers, what is said afterwards."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings

from core import drafts
from core.events import history_of
from notifications.models import Message
from teams.models import User
from tests.factories.visits import RoundFactory, VisitFactory, VisitKindFactory, placed_visit, shanghai
from tests.visits.conftest import AFTER, AT, FRIDAY, Plan
from visits import services
from visits.agenda import Line
from visits.models import BusyTime, Round, Visit, VisitStatus

SignIn = Callable[[User], Client]
SetClock = Callable[[datetime], None]
OWN = "/visits/118-2026q4/"
FOREIGN = "/visits/262-2026q4/"
ROUND_PAGES = ["", "board/", "conflicts/", "unscheduled/", "print/"]
MANAGE_PAGES = ["/rounds/new/", "/rounds/2026q4/edit/", "/rounds/2026q4/close/", "/rounds/2026q4/complete/"]


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def place(**changed: Any) -> dict[str, Any]:
    return {"version": 1, "slot": "2026-10-09/afternoon", "venue": "长堤社区中心302室"} | changed


def report(plan: Plan, visit: Visit, **changed: Any) -> dict[str, Any]:
    visit.refresh_from_db()
    return {"version": visit.version, "came": plan.seats(visit)[:4], "residents_count": "28"} | changed


# -- Who gets in --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["lead", "lawyer", "secretary", "street", "street_lead", "pairing_unit"])
def test_a_visit_is_open_to_those_it_concerns_and_a_stranger_finds_nothing(
    plan: Plan, as_user: SignIn, who: str
) -> None:
    client = as_user(plan.district.own[who])
    assert client.get(OWN).status_code == 200
    assert client.get(FOREIGN).status_code == 404


@pytest.mark.parametrize("who", ["administrator", "organ", "nobody"])
def test_who_has_no_part_in_visits_gets_no_page(plan: Plan, as_user: SignIn, who: str) -> None:
    client = as_user(plan.district[who])
    for page in ("/rounds/", "/rounds/2026q4/board/", "/visits/", "/visits/mine/", OWN):
        assert client.get(page).status_code == 403


def test_a_visitor_is_sent_to_sign_in(plan: Plan) -> None:
    assert Client().get(OWN).status_code == 302


@pytest.mark.parametrize("who", ["coordinator", "official", "auditor"])
def test_the_round_s_pages_are_open_to_the_district(plan: Plan, as_user: SignIn, who: str) -> None:
    client = as_user(plan.district[who])
    for page in ROUND_PAGES:
        assert client.get(f"/rounds/2026q4/{page}").status_code == 200
    assert client.get("/rounds/2031q1/").status_code == 404


@pytest.mark.parametrize("page", MANAGE_PAGES)
def test_only_the_office_changes_rounds(plan: Plan, as_user: SignIn, page: str) -> None:
    assert as_user(plan.district["coordinator"]).get(page).status_code == 200
    for who in ("official", "auditor"):
        assert as_user(plan.district[who]).get(page).status_code == 403
    assert as_user(plan.district.own["lead"]).get(page).status_code == 403


@pytest.mark.parametrize("action", ["schedule", "cancel"])
def test_planning_a_visit_is_for_the_office_and_its_own_lead(plan: Plan, as_user: SignIn, action: str) -> None:
    for user in (plan.district["coordinator"], plan.district.own["lead"]):
        assert as_user(user).get(f"{OWN}{action}/").status_code == 200
    for who in ("lawyer", "secretary", "street"):
        assert as_user(plan.district.own[who]).get(f"{OWN}{action}/").status_code == 403
    assert as_user(plan.district.own["lead"]).get(f"{FOREIGN}{action}/").status_code == 404


def test_what_changes_something_is_not_reached_by_a_link(plan: Plan, as_user: SignIn) -> None:
    assert as_user(plan.district.own["lead"]).get(f"{OWN}record/draft/").status_code == 405


@pytest.mark.parametrize(
    "page",
    [
        "/visits/month/2026-13/",
        "/visits/month/1-1/",
        "/visits/month/99999999999999-1/",
        "/visits/for-team/99999999999999999999/",
        "/visits/for-area/nowhere/",
        "/visits/nowhere/",
        "/rounds/nowhere/",
    ],
)
def test_addresses_of_nothing_are_not_found(plan: Plan, as_user: SignIn, page: str) -> None:
    assert as_user(plan.district["coordinator"]).get(page).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "status=nonsense",
        "round=1",
        "day=2026-02-30",
        "day=9999-99-99",
        "team=x",
        "team=99999999999999999999",
        "street=';--",
        "cursor=x",
        "outside=on",
    ],
)
def test_nonsense_in_the_filter_shows_the_list(plan: Plan, as_user: SignIn, query: str) -> None:
    assert as_user(plan.district["coordinator"]).get(f"/visits/?{query}").status_code == 200


# -- Lists --------------------------------------------------------------------------------------


def test_who_has_only_own_visits_starts_with_them(plan: Plan, as_user: SignIn) -> None:
    client = as_user(plan.district.own["lead"])
    assert client.get("/visits/").headers["Location"] == "/visits/mine/"
    assert "春申坊" in words(client.get("/visits/mine/"))
    assert "春申坊" in words(client.get("/visits/?status=unscheduled"))


def test_somebody_without_visits_reads_what_will_come(plan: Plan, as_user: SignIn) -> None:
    Visit.objects.all().delete()
    assert as_user(plan.district.own["lead"]).get("/visits/mine/").status_code == 200


def test_filters_narrow_the_list(plan: Plan, as_user: SignIn) -> None:
    plan.schedule(plan.own)
    client = as_user(plan.district["coordinator"])
    for query in (
        "team=118",
        "street=chunshen-street",
        "day=2026-10-09",
        "status=scheduled",
        "kind=concentrated&team=118",
    ):
        page = words(client.get(f"/visits/?{query}"))
        assert "春申坊" in page and "荷塘坊" not in page, query


def test_a_long_list_is_paged(plan: Plan, as_user: SignIn) -> None:
    for n in range(60):
        VisitFactory(round=plan.round, code=f"x-{n}", team=plan.own.team)
    client = as_user(plan.district["coordinator"])
    seen, cursor = [], ""
    for _page in range(3):
        shown = client.get(f"/visits/?status=unscheduled&cursor={cursor}").context
        seen += [visit["pk"] for visit in shown["page"].rows]
        cursor = shown["page"].next
    assert (cursor, len(seen), len(set(seen)), shown["count"]) == ("", 62, 62, 62)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"118", "262"}),
        ("?street=chunshen-street", {"118"}),
        ("?q=荷塘", {"262"}),
        ("?q=118", {"118"}),
        ("?street=chunshen-street&q=荷塘", set()),
        ("?street=nowhere&q=99999999999", set()),
    ],
)
def test_visits_without_a_day_are_found_by_street_area_and_team(
    plan: Plan, as_user: SignIn, query: str, found: set[str]
) -> None:
    page = as_user(plan.district["coordinator"]).get(f"/rounds/2026q4/unscheduled/{query}")
    assert {row.code.split("-")[0] for row in page.context["page"].rows} == found
    assert 'name="q"' in words(page)


def test_the_newest_visits_are_those_to_come_and_the_last_days(plan: Plan, as_user: SignIn) -> None:
    """Neither a visit besides the rounds nor one without a day goes before all others, on whatever database."""
    own = plan.district.own
    pair = {"team": own.team, "area": own.area}
    last = placed_visit(date(2026, 7, 3), status="closed", round=RoundFactory(code="2026q3", quarter=3), **pair)
    topical = placed_visit(date(2026, 8, 5), status="closed", round=None, code="118-2026-1", **pair)
    old = placed_visit(date(2025, 5, 5), status="closed", round=None, code="118-2025-1", **pair)
    waiting = VisitFactory(round=None, code="118-2026-2", **pair)
    found = as_user(own["lead"]).get(f"/visits/for-team/{own.team.number}/").context["visits"]
    assert list(found) == [waiting, plan.own, topical, last, old]


def test_the_fragments_for_team_and_area_show_the_visits_one_may_see(plan: Plan, as_user: SignIn) -> None:
    lead = as_user(plan.district.own["lead"])
    assert OWN in words(lead.get("/visits/for-team/118/"))
    assert OWN in words(lead.get("/visits/for-area/chunshen/"))
    assert lead.get("/visits/for-team/262/").status_code == 404
    assert lead.get("/visits/for-area/hetang/").status_code == 404


def test_a_month_shows_its_visits_and_leads_to_the_next(plan: Plan, as_user: SignIn) -> None:
    plan.schedule(plan.own)
    page = words(as_user(plan.district["coordinator"]).get("/visits/month/2026-10/"))
    assert OWN in page
    assert "/visits/month/2026-9/" in page and "/visits/month/2026-11/" in page


def test_a_year_ends_where_the_next_begins(plan: Plan, as_user: SignIn) -> None:
    client = as_user(plan.district["coordinator"])
    assert "/visits/month/2027-1/" in words(client.get("/visits/month/2026-12/"))
    assert "/visits/month/2026-12/" in words(client.get("/visits/month/2027-1/"))


# -- Rounds -------------------------------------------------------------------------------------


def test_a_round_is_created_with_the_dates_of_the_form(plan: Plan, as_user: SignIn) -> None:
    client = as_user(plan.district["coordinator"])
    page = client.get("/rounds/new/")
    assert page.context["form"].initial["window_start"] == date(2027, 1, 1)
    sent = {name: page.context["form"].initial[name] for name in page.context["form"].fields}
    answer = client.post("/rounds/new/", sent | {"form_key": str(uuid.uuid4())})
    assert answer.headers["Location"] == "/rounds/2027q1/"


def test_a_round_that_cannot_be_says_why_and_keeps_what_was_typed(plan: Plan, as_user: SignIn) -> None:
    client = as_user(plan.district["coordinator"])
    sent = client.get("/rounds/new/").context["form"].initial | {
        "window_start": "2027-05-01",
        "window_end": "2027-05-10",
    }
    answer = client.post("/rounds/new/", sent)
    assert answer.status_code == 422
    assert "2027-05-01" in words(answer)
    assert not Round.objects.filter(year=2027).exists()


def test_holidays_nobody_entered_are_warned_of(plan: Plan, as_user: SignIn) -> None:
    client = as_user(plan.district["coordinator"])
    assert "2031" in words(client.get("/rounds/days/?window_start=2031-10-01&window_end=2031-10-10"))
    for query in ("window_start=x", "window_start=2031-10-10&window_end=2031-10-01", ""):
        assert client.get(f"/rounds/days/?{query}").status_code == 200


def test_opening_a_round_asks_first_with_the_number_of_visits(district: Any, as_user: SignIn) -> None:
    VisitKindFactory()
    RoundFactory()
    client = as_user(district["coordinator"])
    assert "2场" in words(client.get("/rounds/2026q4/open/")) or "2 visits" in words(client.get("/rounds/2026q4/open/"))
    answer = client.post("/rounds/2026q4/open/", {"version": 1, "form_key": str(uuid.uuid4())})
    assert answer.headers["Location"] == "/rounds/2026q4/board/"
    assert Visit.objects.count() == 2


def test_an_old_page_does_not_open_a_round_again(plan: Plan, as_user: SignIn) -> None:
    answer = as_user(plan.district["coordinator"]).post("/rounds/2026q4/open/", {"version": 1})
    assert answer.status_code == 409


def test_the_window_of_an_open_round_changes_with_a_reason(plan: Plan, as_user: SignIn) -> None:
    client = as_user(plan.district["coordinator"])
    form = client.get("/rounds/2026q4/edit/").context["form"]
    sent = form.initial | {"window_end": "2026-10-16"}
    assert client.post("/rounds/2026q4/edit/", sent).status_code == 422
    assert client.post("/rounds/2026q4/edit/", sent | {"note": "只剩三天"}).status_code == 302
    assert Round.objects.get(code="2026q4").window_end == date(2026, 10, 16)


def test_all_scheduled_visits_are_announced_with_one_button(plan: Plan, as_user: SignIn) -> None:
    plan.schedule(plan.own)
    client = as_user(plan.district["coordinator"])
    assert client.post("/rounds/2026q4/announce/", {"form_key": str(uuid.uuid4())}).status_code == 302
    assert Message.objects.count() == 6
    assert as_user(plan.district.own["lead"]).get("/rounds/2026q4/announce/").status_code == 403


# -- A visit's place in time --------------------------------------------------------------------


def test_scheduling_by_half_day(plan: Plan, as_user: SignIn) -> None:
    answer = as_user(plan.district["coordinator"]).post(f"{OWN}schedule/", place())
    plan.own.refresh_from_db()
    assert answer.headers["Location"] == OWN
    assert (plan.own.day, plan.own.starts_at, plan.own.venue) == (FRIDAY, time(14), "长堤社区中心302室")


def test_a_form_sent_twice_schedules_once(plan: Plan, as_user: SignIn) -> None:
    client, sent = as_user(plan.district["coordinator"]), place(form_key=str(uuid.uuid4()))
    first, second = (client.post(f"{OWN}schedule/", sent) for _ in range(2))
    assert (first.status_code, second.headers["Location"]) == (302, OWN)
    assert history_of(plan.own).filter(verb="schedule").count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"slot": ""},
        {"slot": "2026-10-30/afternoon"},
        {"slot": "nonsense"},
        {"slot": "other"},
        {"slot": "other", "other_day": "2026-10-20"},
        {"slot": "2026-10-09/morning", "hour": "14:00"},
        {"hour": "03:00"},
        {"venue": " "},
        {"venue": "室" * 61},
        {"version": "x"},
    ],
)
def test_what_cannot_be_a_place_is_asked_again(plan: Plan, as_user: SignIn, changed: dict[str, Any]) -> None:
    answer = as_user(plan.district["coordinator"]).post(f"{OWN}schedule/", place(**changed))
    assert answer.status_code == 422
    plan.own.refresh_from_db()
    assert plan.own.status == VisitStatus.UNSCHEDULED


def test_a_day_outside_the_window_asks_for_a_reason_in_its_field(plan: Plan, as_user: SignIn) -> None:
    client = as_user(plan.district["coordinator"])
    other = place(slot="other", other_day="2026-10-20", hour="14:00")
    answer = client.post(f"{OWN}schedule/", other)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["outside_reason"])
    assert client.post(f"{OWN}schedule/", other | {"outside_reason": "带队领导出差"}).status_code == 302


def test_a_clash_is_named_and_can_be_overruled_with_a_reason(plan: Plan, as_user: SignIn) -> None:
    seat = plan.foreign.team.seats.get(kind__code="lawyer")
    seat.memberships.update(user=plan.district.own["lawyer"])
    plan.schedule(plan.foreign)
    client = as_user(plan.district["coordinator"])

    answer = client.post(f"{OWN}schedule/", place())
    assert answer.status_code == 422
    assert "春申lawyer" in words(answer) and "荷塘坊" in words(answer)
    assert client.post(f"{OWN}schedule/", place(clash_reason="律师同意")).status_code == 302


def test_the_half_days_tell_who_is_not_free(plan: Plan, as_user: SignIn) -> None:
    BusyTime.objects.create(user=plan.district.own["lead"], day=FRIDAY, part="morning")
    table = as_user(plan.district["coordinator"]).get(f"{OWN}schedule/").context["table"]
    friday = next(row for row in table.rows if row.day == FRIDAY)
    assert "春申lead" in friday.offers[0].words
    assert [offer.look for offer in friday.offers] == ["amber", "good", "good"]
    assert table.best[0].day == date(2026, 10, 8)


def test_half_days_that_are_over_cannot_be_chosen(plan: Plan, as_user: SignIn, clock: SetClock) -> None:
    clock(shanghai(2026, 10, 9, 12))
    table = as_user(plan.district["coordinator"]).get(f"{OWN}schedule/").context["table"]
    assert [row.day for row in table.rows] == [FRIDAY, date(2026, 10, 10)]
    assert [offer.over for offer in table.rows[0].offers] == [True, False, False]


def test_a_proposed_slot_is_chosen_beforehand(plan: Plan, as_user: SignIn) -> None:
    plan.schedule(plan.own)
    page = as_user(plan.district["coordinator"]).get(f"{OWN}move/?slot=2026-10-08/morning")
    assert page.context["form"]["slot"].value() == "2026-10-08/morning"


def test_moving_says_who_was_told_and_what_is_unusual(plan: Plan, as_user: SignIn) -> None:
    plan.announce(plan.schedule(plan.own))
    plan.own.refresh_from_db()
    client = as_user(plan.district["coordinator"])
    sent = place(version=plan.own.version, slot="2026-10-05/evening")
    page = client.post(f"{OWN}move/", sent, follow=True)
    said = [str(message) for message in page.context["messages"]]
    assert len(said) == 3
    assert "10" in said[0]


def test_a_page_shown_before_somebody_moved_the_visit_is_a_conflict(plan: Plan, as_user: SignIn) -> None:
    answer = as_user(plan.district["coordinator"]).post(f"{OWN}schedule/", place(version=7))
    assert answer.status_code == 409
    assert "长堤社区中心302室" in words(answer)


@pytest.mark.parametrize("action", ["move", "announce", "reinstate", "close"])
def test_a_move_that_does_not_fit_the_status_says_so(plan: Plan, as_user: SignIn, action: str) -> None:
    client = as_user(plan.district["coordinator"])
    assert client.get(f"{OWN}{action}/").status_code == 422


def test_cancelling_needs_a_reason(plan: Plan, as_user: SignIn) -> None:
    client = as_user(plan.district["coordinator"])
    assert client.post(f"{OWN}cancel/", {"version": 1, "note": "  "}).status_code == 422
    assert client.post(f"{OWN}cancel/", {"version": 1, "note": "台风"}).status_code == 302
    assert "台风" in words(client.get(OWN))
    assert client.post(f"{OWN}reinstate/", {"version": 2}).status_code == 302


# -- After the meeting --------------------------------------------------------------------------


def test_before_the_meeting_there_is_nothing_to_do_after_it(plan: Plan, as_user: SignIn) -> None:
    plan.schedule(plan.own)
    assert as_user(plan.district.own["lead"]).get(OWN).context["page"].tasks == []


def test_once_the_meeting_began_the_page_is_a_list_of_tasks(plan: Plan, as_user: SignIn, clock: SetClock) -> None:
    plan.schedule(plan.own)
    clock(shanghai(2026, 10, 9, 14))
    page = as_user(plan.district.own["lead"]).get(OWN)
    tasks = page.context["page"].tasks
    assert (tasks[0].status, tasks[0].url) == ("todo", f"{OWN}record/")
    assert (tasks[-1].status, tasks[-1].url) == ("off", "")
    assert page.templates[0].name == "visits/visit_phone.html"


def test_the_issues_are_due_after_the_round_s_working_days(plan: Plan, as_user: SignIn, clock: SetClock) -> None:
    plan.schedule(plan.own)
    clock(shanghai(2026, 10, 9, 16))
    page = as_user(plan.district.own["lead"]).get(OWN).context["page"]
    assert (page.due, page.days_left) == (date(2026, 10, 13), 3)


def test_the_secretary_s_number_is_one_touch_away_for_the_team_only(plan: Plan, as_user: SignIn) -> None:
    phone = plan.district.own["secretary"].phone
    plan.schedule(plan.own)
    assert f"tel:{phone}" in words(as_user(plan.district.own["lead"]).get(OWN))
    assert phone not in words(as_user(plan.district["auditor"]).get(OWN))


def test_the_button_calls_the_other_side(plan: Plan, as_user: SignIn) -> None:
    own = plan.district.own
    called = {who: as_user(own[who]).get(OWN).context["page"].call.phone for who in ("lead", "lawyer", "secretary")}
    assert called == {"lead": own["secretary"].phone, "lawyer": own["secretary"].phone, "secretary": own["lead"].phone}


def two_promises(visit: Visit, user: User) -> list[Line]:
    return [Line("3号楼加装电梯停工", "区房管局办理中", late="超期5个工作日"), Line("西门外违停", url="/issues/x/")]


@override_settings(VISIT_AGENDA_PARTS=["tests.visits.test_pages.two_promises"])
def test_the_page_opens_with_what_was_promised_last_time(plan: Plan, as_user: SignIn) -> None:
    page = words(as_user(plan.district.own["lead"]).get(OWN))
    assert "3号楼加装电梯停工" in page and "超期5个工作日" in page and "/issues/x/" in page


def test_the_way_of_a_visit_from_held_to_closed(plan: Plan, as_user: SignIn, clock: SetClock) -> None:
    plan.announce(plan.schedule(plan.own))
    clock(AFTER)
    client = as_user(plan.district.own["lead"])
    plan.own.refresh_from_db()

    assert client.post(f"{OWN}hold/", {"version": plan.own.version}).status_code == 302
    assert client.post(f"{OWN}record/", report(plan, plan.own)).status_code == 302
    plan.own.refresh_from_db()
    assert client.post(f"{OWN}close/", {"version": plan.own.version}).status_code == 302
    plan.own.refresh_from_db()
    assert plan.own.status == VisitStatus.CLOSED
    verbs = list(history_of(plan.own).values_list("verb", flat=True))
    assert verbs == ["close", "record", "hold", "announce", "schedule", "create"]
    assert client.get(OWN).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"residents_count": ""},
        {"residents_count": "-1"},
        {"residents_count": "501"},
        {"residents_count": "三十"},
        {"came": []},
        {"came": ["x"]},
        {"policy_speaker": "0"},
    ],
)
def test_a_record_that_is_not_complete_is_asked_again(
    plan: Plan, as_user: SignIn, clock: SetClock, changed: dict[str, Any]
) -> None:
    plan.schedule(plan.own)
    clock(AFTER)
    sent = report(plan, plan.own, summary="居民说停车难") | changed
    answer = as_user(plan.district.own["lawyer"]).post(f"{OWN}record/", sent)
    assert answer.status_code == 422
    assert "居民说停车难" in words(answer)


def test_the_record_is_not_open_before_the_day(plan: Plan, as_user: SignIn) -> None:
    plan.schedule(plan.own)
    answer = as_user(plan.district.own["lead"]).post(f"{OWN}record/", report(plan, plan.own))
    assert answer.status_code == 422


def test_half_a_record_survives_on_the_server_until_it_is_handed_in(
    plan: Plan, as_user: SignIn, clock: SetClock
) -> None:
    plan.schedule(plan.own)
    clock(AFTER)
    lead = plan.district.own["lead"]
    client, seats = as_user(lead), plan.seats(plan.own)
    sent = {"came": seats[:2], "residents_count": "31", "summary": "写到一半", "is_superuser": "1"}
    assert client.post(f"{OWN}record/draft/", sent).status_code == 204

    form = as_user(lead).get(f"{OWN}record/").context["form"]
    assert form["summary"].value() == "写到一半"
    assert [str(value) for value in form["came"].value()] == [str(seat) for seat in seats[:2]]
    assert "is_superuser" not in drafts.load(lead, f"visit-record-{plan.own.pk}")
    assert as_user(plan.district.own["lawyer"]).get(f"{OWN}record/").context["form"]["summary"].value() is None

    client.post(f"{OWN}record/", report(plan, plan.own))
    assert drafts.load(lead, f"visit-record-{plan.own.pk}") == {}


def test_a_record_sent_from_an_old_page_is_a_conflict_that_shows_what_was_written(
    plan: Plan, as_user: SignIn, clock: SetClock
) -> None:
    plan.schedule(plan.own)
    clock(AFTER)
    sent = report(plan, plan.own, summary="第二个人写的")
    plan.record(plan.own)
    answer = as_user(plan.district.own["lawyer"]).post(f"{OWN}record/", sent)
    assert answer.status_code == 409
    assert "第二个人写的" in words(answer)
    again = {name: value for name, value in sent.items() if name != "version"}
    again["version"] = answer.context["form"]["version"].value()
    assert as_user(plan.district.own["lawyer"]).post(f"{OWN}record/", again).status_code == 302


def test_a_kept_draft_does_not_overwrite_what_a_colleague_handed_in_meanwhile(
    plan: Plan, as_user: SignIn, clock: SetClock
) -> None:
    plan.schedule(plan.own)
    clock(AFTER)
    lawyer = as_user(plan.district.own["lawyer"])
    typed = report(plan, plan.own, summary="写到一半")
    lawyer.post(f"{OWN}record/draft/", typed)
    plan.record(plan.own, summary="同事写的")
    form = lawyer.get(f"{OWN}record/").context["form"]
    answer = lawyer.post(f"{OWN}record/", typed | {"version": form["version"].value()})
    plan.own.refresh_from_db()
    assert (answer.status_code, plan.own.summary) == (409, "同事写的")
    assert form["summary"].value() == answer.context["form"]["summary"].value() == "写到一半"


def test_a_late_record_shows_that_it_is_late(plan: Plan, as_user: SignIn) -> None:
    plan.schedule(plan.own)
    plan.record(plan.own, at=shanghai(2026, 10, 13))
    page = words(as_user(plan.district["coordinator"]).get(OWN))
    assert "迟报" in page


def test_a_visit_that_was_moved_after_the_announcement_says_where_it_was(plan: Plan, as_user: SignIn) -> None:
    plan.announce(plan.schedule(plan.own))
    services.move_visit(visit=plan.own, day=date(2026, 10, 10), starts_at=time(9), by=plan.district.own["lead"], at=AT)
    page = as_user(plan.district.own["secretary"]).get(OWN)
    assert "14:00" in page.context["page"].moved_from
