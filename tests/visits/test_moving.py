"""Moving visits on the board: dropped, sent there by a button, taken back, and two people at once."""

from collections.abc import Callable
from datetime import date, time

import pytest
from django.http import HttpResponse
from django.test import Client

from core.events import history_of
from core.refusals import RuleBroken
from notifications.models import Message
from teams.models import User
from teams.permissions import Role
from tests.factories.teams import GrantFactory
from tests.visits.conftest import AT, FRIDAY, Plan
from visits import services
from visits.models import BusyTime, Visit

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true", "HX-Target": "place"}
DROP, UNDO, NEWS = "/visits/118-2026q4/drop/", "/visits/118-2026q4/undo/", "/rounds/2026q4/board/news/"


@pytest.fixture
def colleague(plan: Plan) -> User:
    return GrantFactory(user__name="周敏", user__unit=plan.district.office, role=Role.COORDINATOR).user


def drop(client: Client, visit: Visit, slot: str, **more: str) -> HttpResponse:
    sent = {"version": str(visit.version), "slot": slot, **more}
    return client.post(f"/visits/{visit.code}/drop/", sent, headers=HTMX)


def place_of(visit: Visit) -> tuple[date | None, time | None]:
    visit.refresh_from_db()
    return visit.day, visit.starts_at


class TestDropping:
    def test_a_visit_goes_where_it_is_dropped_and_keeps_its_hour(self, plan: Plan, as_user: SignIn) -> None:
        plan.schedule(plan.own, hour=time(14, 30))
        plan.own.refresh_from_db()
        client = as_user(plan.district["coordinator"])
        answer = drop(client, plan.own, "2026-10-08/afternoon")
        assert (answer.status_code, place_of(plan.own)) == (200, (date(2026, 10, 8), time(14, 30)))
        assert "board-changed" in answer.headers["HX-Trigger"]
        drop(client, plan.own, "2026-10-08/evening")
        assert place_of(plan.own) == (date(2026, 10, 8), time(19))

    def test_a_visit_from_the_tray_gets_its_first_place(self, plan: Plan, as_user: SignIn) -> None:
        drop(as_user(plan.district["coordinator"]), plan.own, "2026-10-08/morning")
        assert place_of(plan.own) == (date(2026, 10, 8), time(9, 30))
        assert plan.own.status == "scheduled"

    def test_who_was_told_is_told_again_only_when_that_was_agreed(self, plan: Plan, as_user: SignIn) -> None:
        visit = plan.announce(plan.schedule(plan.own))
        client, before = as_user(plan.district["coordinator"]), Message.objects.count()
        asked = drop(client, visit, "2026-10-08/morning")
        assert "visits/_ask.html" in [template.name for template in asked.templates]
        assert (place_of(visit)[0], Message.objects.count()) == (FRIDAY, before)
        drop(client, visit, "2026-10-08/morning", agreed="on")
        assert place_of(visit)[0] == date(2026, 10, 8)
        assert Message.objects.count() > before

    def test_a_taken_half_day_opens_the_other_times_and_may_be_taken_with_a_reason(
        self, plan: Plan, as_user: SignIn
    ) -> None:
        seat = plan.foreign.team.seats.get(kind__code="lawyer")
        seat.memberships.update(user=plan.district.own["lawyer"])
        plan.schedule(plan.foreign, day=date(2026, 10, 8))
        visit = plan.schedule(plan.own)
        client = as_user(plan.district["coordinator"])
        answer = drop(client, visit, "2026-10-08/afternoon")
        assert (answer.status_code, place_of(visit)[0]) == (422, FRIDAY)
        form = answer.context["form"]
        assert "clash_reason" in form.errors
        sent = {name: form[name].value() or "" for name in ("version", "slot", "hour", "venue")}
        client.post(answer.context["action"], sent | {"clash_reason": "两边相邻"}, headers=HTMX)
        assert place_of(visit) == (date(2026, 10, 8), time(14))

    @pytest.mark.parametrize("slot", ["", "2026-10-08", "2026-13-40/morning", "2026-10-08/night", "2026-10-05/../x"])
    def test_what_is_no_half_day_is_refused(self, plan: Plan, as_user: SignIn, slot: str) -> None:
        visit = plan.schedule(plan.own)
        assert drop(as_user(plan.district["coordinator"]), visit, slot).status_code == 422
        assert place_of(visit)[0] == FRIDAY

    def test_without_a_script_the_button_leads_back_to_the_board(self, plan: Plan, as_user: SignIn) -> None:
        visit = plan.schedule(plan.own)
        sent = {"version": visit.version, "slot": "2026-10-08/morning", "back": "board"}
        answer = as_user(plan.district["coordinator"]).post(DROP, sent)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/rounds/2026q4/board/")

    def test_the_panel_s_button_settles_the_conflict(self, plan: Plan, as_user: SignIn) -> None:
        plan.schedule(plan.own)
        BusyTime.objects.create(user=plan.district.own["lead"], day=FRIDAY, part="afternoon")
        client = as_user(plan.district["coordinator"])
        [problem] = client.get("/rounds/2026q4/board/").context["board"].problems
        best = problem.slots[0]
        drop(client, Visit.objects.get(pk=problem.to_move.pk), f"{best.day.isoformat()}/{best.part.value}")
        assert client.get("/rounds/2026q4/board/").context["board"].conflicts == []


class TestTwoPeople:
    def test_the_second_sees_what_the_first_did_and_nothing_is_lost(
        self, plan: Plan, as_user: SignIn, colleague: User
    ) -> None:
        visit = plan.schedule(plan.own)
        first, second = as_user(plan.district["coordinator"]), as_user(colleague)
        assert drop(first, visit, "2026-10-08/morning").status_code == 200
        answer = drop(second, visit, "2026-10-10/morning")
        words = answer.content.decode()
        assert (answer.status_code, place_of(visit)[0]) == (409, date(2026, 10, 8))
        assert "许文君" in words and "10月8日" in words
        assert "board-changed" in answer.headers["HX-Trigger"]

        again = dict(answer.context["sent"])
        assert again["slot"] == "2026-10-10/morning"
        second.post(answer.context["action"], again | {"version": answer.context["version"]}, headers=HTMX)
        assert place_of(visit)[0] == date(2026, 10, 10)
        places = [event.payload["day"] for event in history_of(visit) if event.verb == "move"]
        assert places == ["2026-10-10", "2026-10-08"]

    def test_without_the_version_the_first_change_would_be_lost(self, plan: Plan, colleague: User) -> None:
        """The negative twin: the same two moves, blind to each other."""
        visit = plan.schedule(plan.own)
        stale = Visit.objects.get(pk=visit.pk)
        services.move_visit(visit=visit, day=date(2026, 10, 8), part="morning", by=plan.district["coordinator"], at=AT)
        services.move_visit(visit=stale, day=date(2026, 10, 10), part="morning", by=colleague, at=AT, version=None)
        assert place_of(visit)[0] == date(2026, 10, 10)

    def test_the_dialog_too_says_who_was_faster_and_keeps_what_was_typed(
        self, plan: Plan, as_user: SignIn, colleague: User
    ) -> None:
        visit = plan.schedule(plan.own)
        stale = visit.version
        drop(as_user(plan.district["coordinator"]), visit, "2026-10-08/morning")
        sent = {"version": stale, "slot": "2026-10-10/morning", "venue": "新活动室"}
        answer = as_user(colleague).post("/visits/118-2026q4/move/", sent, headers=HTMX)
        assert (answer.status_code, place_of(visit)[0]) == (409, date(2026, 10, 8))
        assert dict(answer.context["sent"])["venue"] == "新活动室"


class TestUndo:
    def undo(self, client: Client, visit: Visit) -> HttpResponse:
        visit.refresh_from_db()
        return client.post(UNDO, {"version": visit.version}, headers=HTMX)

    def test_a_move_is_taken_back_to_hour_and_venue(self, plan: Plan, as_user: SignIn) -> None:
        visit = plan.schedule(plan.own, hour=time(15), venue="302室")
        client = as_user(plan.district["coordinator"])
        drop(client, visit, "2026-10-08/morning")
        assert self.undo(client, visit).status_code == 200
        assert place_of(visit) == (FRIDAY, time(15))
        assert visit.venue == "302室"

    def test_a_first_place_is_taken_back_to_the_tray(self, plan: Plan, as_user: SignIn) -> None:
        client = as_user(plan.district["coordinator"])
        drop(client, plan.own, "2026-10-08/morning")
        self.undo(client, plan.own)
        assert (place_of(plan.own), plan.own.status) == ((None, None), "unscheduled")

    def test_the_reason_for_a_day_outside_the_window_comes_back_with_it(self, plan: Plan) -> None:
        office = plan.district["coordinator"]
        visit = plan.schedule(plan.own, day=date(2026, 10, 20), outside_reason="出差")
        visit = services.move_visit(visit=visit, day=FRIDAY, part="morning", by=office, at=AT)
        services.undo_placing(visit=visit, by=office, at=AT)
        assert place_of(visit)[0] == date(2026, 10, 20)
        assert visit.outside_reason == "出差"

    def test_only_one_s_own_last_move_can_be_taken_back(self, plan: Plan, colleague: User) -> None:
        visit = plan.schedule(plan.own)
        with pytest.raises(RuleBroken):
            services.undo_placing(visit=visit, by=colleague, at=AT)
        plan.announce(visit)
        with pytest.raises(RuleBroken):
            services.undo_placing(visit=visit, by=plan.district["coordinator"], at=AT)
        assert place_of(visit)[0] == FRIDAY

    def test_after_a_colleague_s_move_there_is_nothing_of_mine_to_take_back(
        self, plan: Plan, as_user: SignIn, colleague: User
    ) -> None:
        visit = plan.schedule(plan.own)
        mine, theirs = as_user(plan.district["coordinator"]), as_user(colleague)
        drop(mine, visit, "2026-10-08/morning")
        visit.refresh_from_db()
        drop(theirs, visit, "2026-10-10/morning")
        assert self.undo(mine, visit).status_code == 422
        assert place_of(visit)[0] == date(2026, 10, 10)


class TestNews:
    def test_others_changes_are_told_until_the_board_is_read_again(
        self, plan: Plan, as_user: SignIn, colleague: User
    ) -> None:
        visit, client = plan.schedule(plan.own), as_user(plan.district["coordinator"])
        head = client.get("/rounds/2026q4/board/").context["board"].head
        assert client.get(f"{NEWS}?since={head}").status_code == 204
        drop(as_user(colleague), visit, "2026-10-08/morning")
        news = client.get(f"{NEWS}?since={head}")
        assert [(one.who, one.area) for one in news.context["news"]] == [("周敏", "春申坊")]
        head = client.get("/rounds/2026q4/board/").context["board"].head
        assert client.get(f"{NEWS}?since={head}").status_code == 204

    def test_one_s_own_changes_and_those_out_of_sight_are_no_news(
        self, plan: Plan, as_user: SignIn, colleague: User
    ) -> None:
        visit, client = plan.schedule(plan.own), as_user(plan.district["coordinator"])
        drop(client, visit, "2026-10-08/morning")
        assert client.get(f"{NEWS}?since=1").status_code == 204
        drop(as_user(colleague), plan.foreign, "2026-10-08/morning")
        assert as_user(plan.district.own["lead"]).get(f"{NEWS}?since=0").context["count"] == 3

    def test_a_strange_question_is_answered_with_nothing(self, plan: Plan, as_user: SignIn) -> None:
        client = as_user(plan.district["coordinator"])
        assert {client.get(f"{NEWS}{query}").status_code for query in ("", "?since=x", "?since=-1")} == {204}


def test_a_script_gets_only_the_part_of_the_board_that_changes(plan: Plan, as_user: SignIn) -> None:
    client = as_user(plan.district["coordinator"])
    whole = client.get("/rounds/2026q4/board/")
    part = client.get("/rounds/2026q4/board/", headers={"HX-Request": "true", "HX-Target": "board"})
    assert b"<main" in whole.content and b"<main" not in part.content
    assert "HX-Target" in part.headers["Vary"]
    assert b'id="as-of" hx-swap-oob' in part.content
