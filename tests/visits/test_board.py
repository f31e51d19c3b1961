"""The board: its numbers are those of the lists behind them, and they cost the same for 1, 3 and 300 visits."""

from collections.abc import Callable
from datetime import date, time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from teams.models import Area, Membership, Seat, Team, User
from tests.factories.teams import LONG_AGO, AreaFactory, UserFactory, pair
from tests.factories.visits import placed_visit, shanghai
from tests.visits.conftest import AT, FRIDAY, Plan
from visits import services
from visits.board import build
from visits.dayparts import DayPart
from visits.grid import By, Wish
from visits.models import BusyTime, Round, Visit, VisitStatus
from visits.progress import overdue_before, progress_of
from visits.queries import current_round, next_visit_of, progress
from visits.workdays import Workdays

SignIn = Callable[[User], Client]
NOON = shanghai(2026, 10, 9, 14, 20)
MOST_QUERIES, MOST_QUERIES_OF_A_DROP = 13, 20


def add_visits(plan: Plan, number: int, first: int = 1000) -> None:
    """So many more visits in one street, spread over days and statuses, all with one lawyer."""
    template, unit, street = plan.district.own.team.template, plan.district.own.unit, plan.district.own.street
    teams = Team.objects.bulk_create(Team(number=first + n, template=template, unit=unit) for n in range(number))
    areas = Area.objects.bulk_create(
        Area(street=street, name=f"望江{first + n}村", slug=f"wangjiang-{first + n}", name_key="x")
        for n in range(number)
    )
    kind, person = template.seat_kinds.get(code="lawyer"), UserFactory(name="陆一鸣")
    seats = Seat.objects.bulk_create(Seat(team=team, kind=kind) for team in teams)
    Membership.objects.bulk_create(Membership(seat=seat, user=person, from_day=LONG_AGO) for seat in seats)
    statuses = [VisitStatus.UNSCHEDULED, *sorted(VisitStatus.on_plan), VisitStatus.CANCELLED]
    Visit.objects.bulk_create(
        Visit(
            code=f"{team.number}-x",
            round=plan.round,
            kind=plan.own.kind,
            team=team,
            area=area,
            status=statuses[n % len(statuses)],
            venue=f"{first + n}室",
            **(
                {"day": date(2026, 10, 8 + n % 3), "starts_at": time(9 + n % 9), "part": DayPart.of(time(9 + n % 9))}
                if n % len(statuses)
                else {}
            ),
        )
        for n, (team, area) in enumerate(zip(teams, areas, strict=True))
    )


class TestNumbers:
    def test_every_kind_of_visit_is_counted_once(self, plan: Plan) -> None:
        round_ = plan.round
        placed_visit(round=round_, day=date(2026, 10, 8), status=VisitStatus.ANNOUNCED)
        placed_visit(round=round_, status=VisitStatus.SCHEDULED, starts_at=time(19))
        placed_visit(round=round_, status=VisitStatus.ANNOUNCED, starts_at=time(14))
        placed_visit(round=round_, status=VisitStatus.HELD, starts_at=time(9))
        placed_visit(round=round_, day=date(2026, 10, 2), status=VisitStatus.RECORDED)
        placed_visit(round=round_, day=date(2026, 10, 8), status=VisitStatus.CLOSED)
        placed_visit(round=round_, status=VisitStatus.CANCELLED)

        found = progress_of(round_.visits.all(), round_, Workdays(), NOON)

        assert (found.total, found.done, found.placed, found.unscheduled, found.cancelled) == (8, 3, 3, 2, 1)
        assert (found.missed, found.scheduled, found.to_finish, found.overdue) == (1, 1, 2, 1)
        today = (found.today_total, found.today_done, found.today_running, found.today_coming)
        assert today == (3, 1, 1, 1)
        assert found.days_left == []

    @pytest.mark.parametrize(
        ("now", "first_in_time"),
        [
            (date(2026, 10, 9), date(2026, 10, 6)),
            (date(2026, 10, 10), date(2026, 10, 6)),
            (date(2026, 10, 12), date(2026, 10, 7)),
        ],
    )
    def test_paperwork_is_overdue_after_the_round_s_working_days(self, now: date, first_in_time: date) -> None:
        round_ = Round(submit_days=3)
        assert overdue_before(round_, Workdays(), now) == first_in_time

    def test_the_edge_agrees_with_counting_each_visit(self) -> None:
        workdays, round_ = Workdays(off=frozenset({date(2026, 10, 7)})), Round(submit_days=3)
        for now in (date(2026, 10, day) for day in range(5, 20)):
            edge = overdue_before(round_, workdays, now)
            for day in (date(2026, 9, 28), date(2026, 10, 2), date(2026, 10, 5), date(2026, 10, 8), date(2026, 10, 11)):
                assert (day < edge) == (workdays.between(day, now) > 3), (now, day)


class TestBoard:
    def test_cells_lanes_and_sums_show_the_same_visits(self, plan: Plan) -> None:
        plan.schedule(plan.own)
        plan.schedule(plan.foreign, hour=time(19))
        shown = build(plan.round, plan.district["coordinator"], AT, wish=Wish(opened="chunshen-street"))

        own, foreign = shown.lines
        friday = next(n for n, column in enumerate(shown.columns) if column.day == FRIDAY)
        assert (own.cells[friday].total, foreign.cells[friday].total, shown.sums[friday].total) == (1, 1, 2)
        assert [len(place.chips) for place in own.lanes[1].cells][friday] == 1
        assert [column.is_working for column in shown.columns] == [False] * 7 + [True] * 3
        assert foreign.lanes == []
        assert (shown.done, shown.total, shown.unscheduled) == (0, 2, [])

    def test_the_same_visits_by_day_and_by_unit_in_lead(self, plan: Plan) -> None:
        plan.schedule(plan.own)
        plan.schedule(plan.foreign, hour=time(19))
        user, opened = plan.district["coordinator"], FRIDAY.isoformat()
        by_day = build(plan.round, user, AT, wish=Wish(By.DAY, opened))
        friday = next(line for line in by_day.lines if line.slug == opened)
        assert [cell.total for cell in friday.cells] == [0, 1, 1] == [sum.total for sum in by_day.sums]
        [lane] = friday.lanes
        assert [[chip.area for chip in place.chips] for place in lane.cells] == [[], ["春申坊"], ["荷塘坊"]]
        assert [place.slot for place in lane.cells][0] == f"{opened}/morning"
        by_team = build(plan.round, user, AT, wish=Wish(By.TEAM, "hetang-unit"))
        assert [(line.name, line.total, bool(line.lanes)) for line in by_team.lines] == [
            ("区房管局", 1, False),
            ("区民政局", 1, True),
        ]

    def test_a_filter_leaves_its_rows_and_opens_the_only_one(self, plan: Plan) -> None:
        plan.schedule(plan.own)
        plan.schedule(plan.foreign)
        user = plan.district["coordinator"]
        for wish in (Wish(street="hetang-street"), Wish(By.TEAM, unit="hetang-unit")):
            shown = build(plan.round, user, AT, wish=wish)
            assert [(line.total, len(line.lanes)) for line in shown.lines] == [(1, 3)]
            assert sum(cell.total for cell in shown.sums) == 1
        assert build(plan.round, user, AT, wish=Wish(street="hetang-street", unit="chunshen-unit")).lines == []

    def test_only_rows_with_clashes(self, plan: Plan) -> None:
        plan.schedule(plan.own)
        plan.schedule(plan.foreign)
        BusyTime.objects.create(user=plan.district.foreign["lead"], day=FRIDAY, part="afternoon")
        shown = build(plan.round, plan.district["coordinator"], AT, wish=Wish(only_conflicts=True))
        assert [line.slug for line in shown.lines] == ["hetang-street"]
        assert {cell.url for cell in shown.sums} == {""}

    def test_nothing_can_be_dropped_on_a_day_that_is_over(self, plan: Plan) -> None:
        plan.schedule(plan.own)
        shown = build(
            plan.round, plan.district["coordinator"], shanghai(2026, 10, 9, 8), wish=Wish(opened="chunshen-street")
        )
        slots = [place.slot for place in shown.lines[0].lanes[0].cells]
        assert slots == [*[""] * 8, "2026-10-09/morning", "2026-10-10/morning"]

    def test_the_person_in_two_places_can_be_replaced_on_the_seat(self, plan: Plan) -> None:
        seat = plan.foreign.team.seats.get(kind__code="lawyer")
        seat.memberships.update(user=plan.district.own["lawyer"])
        plan.schedule(plan.own)
        plan.schedule(plan.foreign, hour=time(16), venue="别处")
        [problem] = build(plan.round, plan.district["coordinator"], AT).problems
        assert problem.seat and problem.to_move
        assert (problem.seat.team, problem.seat.code) == (problem.to_move.team, "lawyer")

    def test_days_outside_the_window_share_one_column(self, plan: Plan) -> None:
        plan.schedule(plan.own, day=date(2026, 10, 20), outside_reason="出差")
        shown = build(plan.round, plan.district["coordinator"], AT)
        assert (shown.columns[-1].day, shown.sums[-1].total) == (None, 1)

    def test_a_conflict_comes_with_times_at_which_everybody_is_free(self, plan: Plan) -> None:
        plan.schedule(plan.own)
        BusyTime.objects.create(user=plan.district.own["lead"], day=FRIDAY, part="afternoon")
        shown = build(plan.round, plan.district["coordinator"], AT)

        [problem] = shown.problems
        assert "春申lead" in problem.title
        assert problem.to_move and problem.to_move.pk == plan.own.pk
        assert (problem.slots[0].day, problem.slots[0].missing) == (date(2026, 10, 8), frozenset())

    def test_a_time_that_would_not_settle_the_conflict_is_not_proposed(self, plan: Plan) -> None:
        plan.schedule(plan.own, day=date(2026, 10, 10), hour=time(9))
        lead = plan.district.own["lead"]
        for day in (date(2026, 10, 8), FRIDAY, date(2026, 10, 10)):
            BusyTime.objects.create(user=lead, day=day, part="morning")
        shown = build(plan.round, plan.district["coordinator"], AT)
        assert {slot.part for slot in shown.problems[0].slots} == {"afternoon"}

    def test_the_round_s_page_lists_what_is_left_to_do(self, plan: Plan, as_user: SignIn) -> None:
        plan.schedule(plan.own)
        links = {
            who: {duty.url: duty.count for duty in as_user(user).get("/rounds/2026q4/").context["duties"]}
            for who, user in (("office", plan.district["coordinator"]), ("lead", plan.district.own["lead"]))
        }
        assert links == {
            "office": {"/rounds/2026q4/unscheduled/": 1, "/rounds/2026q4/announce/": 1},
            "lead": {"/visits/?round=2026q4&status=scheduled": 1},
        }

    def test_an_accepted_clash_is_no_longer_counted(self, plan: Plan, as_user: SignIn) -> None:
        seat = plan.foreign.team.seats.get(kind__code="lawyer")
        seat.memberships.update(user=plan.district.own["lawyer"])
        plan.schedule(plan.own)
        plan.schedule(plan.foreign, clash_reason="两边相邻")

        assert progress(plan.round, plan.district["coordinator"], AT).conflicts == 0
        page = as_user(plan.district["coordinator"]).get("/rounds/2026q4/conflicts/").content.decode()
        assert "两边相邻" in page

    def test_yesterday_s_conflicts_are_nobody_s_work(self, plan: Plan) -> None:
        plan.schedule(plan.own)
        BusyTime.objects.create(user=plan.district.own["lead"], day=FRIDAY, part="afternoon")
        user = plan.district["coordinator"]
        assert progress(plan.round, user, AT).conflicts == 1
        assert progress(plan.round, user, shanghai(2026, 10, 10)).conflicts == 0

    def test_everybody_sees_only_his_own_part(self, plan: Plan, as_user: SignIn) -> None:
        plan.schedule(plan.own)
        plan.schedule(plan.foreign)
        for who in ("lead", "secretary", "street", "pairing_unit"):
            page = as_user(plan.district.own[who]).get("/rounds/2026q4/board/?open=chunshen-street").content.decode()
            assert "春申坊" in page
            assert "荷塘" not in page

    def test_the_numbers_on_the_board_are_the_lengths_of_the_lists(
        self, plan: Plan, as_user: SignIn, clock: Callable[..., None]
    ) -> None:
        add_visits(plan, 70)
        clock(NOON)
        client = as_user(plan.district["coordinator"])
        shown = build(plan.round, plan.district["coordinator"], NOON)
        wishes = [
            Wish(),
            Wish(By.DAY),
            Wish(By.DAY, street="chunshen-street"),
            Wish(By.TEAM),
            Wish(unit="chunshen-unit"),
        ]
        for wish in wishes:
            board = build(plan.round, plan.district["coordinator"], NOON, wish=wish)
            cells = [*(cell for line in board.lines for cell in line.cells), *board.sums]
            linked = [cell for cell in cells if cell.total and cell.url]
            assert len(linked) >= 3
            for cell in linked:
                assert client.get(cell.url).context["count"] == cell.total, (wish, cell.url)
        lists = {
            "done": shown.progress.done,
            "placed": shown.progress.placed,
            "missed": shown.progress.missed,
            "to_finish": shown.progress.to_finish,
            "overdue": shown.progress.overdue,
            "unscheduled": shown.progress.unscheduled,
            "cancelled": shown.progress.cancelled,
            "scheduled": shown.progress.scheduled,
        }
        assert all(lists[name] for name in ("done", "missed", "to_finish", "unscheduled", "cancelled"))
        for status, number in lists.items():
            assert client.get(f"/visits/?round=2026q4&status={status}").context["count"] == number, status


PAGES = [
    "/rounds/",
    "/rounds/2026q4/",
    "/rounds/2026q4/board/?open=chunshen-street",
    "/rounds/2026q4/conflicts/",
    "/rounds/2026q4/unscheduled/",
    "/rounds/2026q4/print/",
    "/rounds/2026q4/announce/",
    "/visits/?round=2026q4",
    "/visits/?round=2026q4&status=on_plan",
    "/visits/month/2026-10/",
    "/visits/118-2026q4/",
    "/visits/118-2026q4/schedule/",
    "/visits/for-team/118/",
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_the_same_for_1_3_and_300_visits(plan: Plan, as_user: SignIn, page: str) -> None:
    client = as_user(plan.district["coordinator"])
    client.get(page)  # what is read once a minute is in the cache now

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    Visit.objects.exclude(pk=plan.own.pk).delete()
    one = cost()
    add_visits(plan, 2)
    three = cost()
    add_visits(plan, 297, first=2000)
    many = cost()

    assert many <= max(one, three) + 2  # names and the seat in a conflict are only read when there is a conflict
    assert many <= 26
    if "board" in page:
        assert many <= MOST_QUERIES


def test_a_drop_costs_the_same_however_many_visits_the_day_has(plan: Plan, as_user: SignIn) -> None:
    plan.schedule(plan.own)
    client, slots = as_user(plan.district["coordinator"]), iter(["10-10", "10-08", "10-10"])

    def cost() -> int:
        plan.own.refresh_from_db()
        sent = {"version": plan.own.version, "slot": f"2026-{next(slots)}/morning"}
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(f"/visits/{plan.own.code}/drop/", sent, headers={"HX-Request": "true"})
        assert "board-changed" in answer.headers["HX-Trigger"]
        return len(queries)

    cost()
    alone = cost()
    add_visits(plan, 300)
    assert cost() == alone <= MOST_QUERIES_OF_A_DROP


class TestQueries:
    def test_the_round_now_is_the_open_one_nearest_to_the_day(self, plan: Plan) -> None:
        assert current_round(date(2026, 12, 1)) == plan.round
        Round.objects.update(status="closed")
        assert current_round(date(2026, 12, 1)) == plan.round

    @pytest.mark.django_db
    def test_without_rounds_there_is_no_round_now(self) -> None:
        assert current_round(date(2026, 12, 1)) is None

    def test_the_next_visit_is_first_the_one_that_is_not_finished(self, plan: Plan) -> None:
        lead = plan.district.own["lead"]
        second = AreaFactory()
        pair(plan.district.own.team, second)
        services.add_missing_visits(round=plan.round, by=plan.district["coordinator"], at=AT)
        plan.schedule(plan.own, day=date(2026, 10, 8))
        plan.schedule(second.visits.get(), day=FRIDAY, venue="b")

        assert next_visit_of(lead, AT) == plan.own
        assert next_visit_of(lead, shanghai(2026, 10, 9)) == plan.own
        plan.record(plan.own)
        assert next_visit_of(lead, shanghai(2026, 10, 9)) == plan.own
        services.close_visit(visit=plan.own, by=lead, at=shanghai(2026, 10, 9))
        assert next_visit_of(lead, AT) == second.visits.get()
