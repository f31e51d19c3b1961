"""A plan from the question to its release: asked for, computed, adjusted, overtaken, released, stopped, lost."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.events import verify
from core.refusals import Conflict, RuleBroken
from teams.models import User
from teams.permissions import Role
from tests.factories.teams import AreaFactory, GrantFactory, TeamFactory, pair, seat_person
from tests.visits.conftest import AT, FRIDAY, Plan
from tests.visits.test_at_once import PEOPLE, open_round, types_of
from visits import computing, services
from visits.computing import compute
from visits.models import BusyTime, DayPart, PlanRun, PlanStatus, Round, Visit, VisitStatus
from visits.planning import Wish
from visits.roster import Roster
from visits.services.plans import Released

PLAIN = Wish()
DAYS = [date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10)]


@pytest.fixture
def coordinator(plan: Plan) -> User:
    return plan.district["coordinator"]


def ask(plan: Plan, at: datetime = AT, wish: Wish = PLAIN) -> PlanRun:
    return services.ask_for_plan(round=plan.round, wish=wish, by=plan.district["coordinator"], at=at)


def draft(plan: Plan, at: datetime = AT, wish: Wish = PLAIN) -> PlanRun:
    run = compute(ask(plan, at, wish), now=lambda: at)
    assert run is not None
    return run


def away(person: User, days: list[date] = DAYS) -> None:
    for day in days:
        for part in DayPart:
            BusyTime.objects.create(user=person, day=day, part=part)


def release(plan: Plan, run: PlanRun, **options: object) -> Released:
    return services.release_plan(run=run, by=plan.district["coordinator"], at=AT, **options)  # type: ignore[arg-type]


# -- Releasing ---------------------------------------------------------------------------------


def test_a_release_puts_every_visit_where_the_draft_has_it_and_announces_on_request(plan: Plan) -> None:
    Visit.objects.update(venue="活动室")
    run = draft(plan)
    done = release(plan, run, announce=True)
    assert (done.new, done.moved, done.announced, done.left_out) == (2, 0, 2, 0)
    lines = {line.visit_id: (line.day, line.starts_at) for line in run.lines.all()}
    visits = {visit.pk: (visit.day, visit.starts_at) for visit in Visit.objects.all()}
    assert visits == lines
    assert set(Visit.objects.values_list("status", flat=True)) == {VisitStatus.ANNOUNCED}
    run.refresh_from_db()
    assert (run.status, run.released_by) == (PlanStatus.RELEASED, plan.district["coordinator"])
    assert verify() is None


def test_two_visits_may_change_places(plan: Plan) -> None:
    """Each takes the half-day of the other, although they share a person: only the end counts."""
    own, foreign = plan.own, plan.foreign
    shared = plan.district.own["lawyer"]
    seat = foreign.team.seats.get(kind__code="lawyer")
    seat.memberships.update(user=shared)
    own = plan.schedule(own, FRIDAY, time(9, 30))
    foreign = plan.schedule(foreign, FRIDAY, time(14))
    wishes = [services.Placement(own, FRIDAY, time(14)), services.Placement(foreign, FRIDAY, time(9, 30))]
    services.schedule_many(placements=wishes, by=plan.district["coordinator"], at=AT)
    own.refresh_from_db()
    assert own.starts_at == time(14)


def test_a_visit_changed_after_the_draft_stops_the_release_and_is_named(plan: Plan) -> None:
    run = draft(plan)
    colleague = GrantFactory(user__name="周敏", role=Role.COORDINATOR).user
    plan.schedule(plan.own, FRIDAY, time(19), by=colleague)
    with pytest.raises(services.PlanOutdated) as refusal:
        release(plan, run)
    assert [(one.visit, one.by) for one in refusal.value.changed] == [(plan.own, "周敏")]
    plan.foreign.refresh_from_db()
    assert plan.foreign.day is None

    done = release(plan, run, rest=True)
    assert (done.new, done.left_out) == (1, 1)
    plan.own.refresh_from_db()
    assert (plan.own.day, plan.own.starts_at) == (FRIDAY, time(19))


def test_all_or_nothing_a_lawyer_who_joined_another_team_meanwhile_stops_everything(plan: Plan) -> None:
    run = draft(plan)
    line = run.lines.get(visit=plan.own)
    seat = plan.foreign.team.seats.get(kind__code="lawyer")
    seat.memberships.update(user=plan.district.own["lawyer"])  # sits in both teams now
    run.lines.filter(visit=plan.foreign).update(day=line.day, part=line.part, starts_at=line.starts_at)
    with pytest.raises(services.ClashFound):
        release(plan, run)
    assert not Visit.objects.exclude(day=None).exists()
    run.refresh_from_db()
    assert run.status == PlanStatus.READY


@pytest.mark.django_db(transaction=True)
def test_of_coordinators_who_release_at_once_one_wins() -> None:
    round_, pk = open_round()
    run = compute(services.ask_for_plan(round=round_, wish=Wish(), by=User.objects.get(pk=pk), at=AT), now=lambda: AT)
    assert run is not None

    def act(_n: int) -> object:
        by, seen = User.objects.get(pk=pk), PlanRun.objects.select_related("round").get(pk=run.pk)
        return services.release_plan(run=seen, by=by, at=AT, version=run.version)

    outcomes = types_of(act)
    assert sorted(one.__name__ for one in outcomes) == ["Conflict"] * (PEOPLE - 1) + ["Released"]
    assert set(Visit.objects.values_list("version", flat=True)) == {2}
    assert verify() is None


def test_releasing_one_after_the_other_is_refused_too(plan: Plan) -> None:
    run = draft(plan)
    release(plan, run)
    with pytest.raises(RuleBroken):
        release(plan, run)


# -- Adjusting ---------------------------------------------------------------------------------


def test_another_lawyer_stands_in_on_that_day_and_the_seat_is_the_lawyer_s_again_the_day_after(plan: Plan) -> None:
    lawyer, other = plan.district.own["lawyer"], plan.district.foreign["lawyer"]
    away(lawyer)
    run = draft(plan)
    line = run.lines.unplaced().get()
    repair = next(one for one in line.repairs if one["fix"] == "substitute")
    day, part = repair["half_day"]
    line = services.place_line(
        line=line,
        day=date.fromisoformat(day),
        part=part,
        stand_in=(repair["person"], repair["by"]),
        by=plan.district["coordinator"],
        at=AT,
    )
    release(plan, line.run)
    plan.own.refresh_from_db()
    people = Roster.load([plan.own])
    assert plan.own.day == date.fromisoformat(day)
    on_the_day = people.on(plan.own.team_id, plan.own.area_id, plan.own.day)
    after = people.on(plan.own.team_id, plan.own.area_id, plan.own.day + timedelta(days=1))
    assert (lawyer.pk in on_the_day, other.pk in on_the_day) == (False, True)
    assert (lawyer.pk in after, other.pk in after) == (True, False)


def test_a_line_put_on_a_taken_half_day_by_hand_needs_a_reason(plan: Plan, coordinator: User) -> None:
    seat = plan.foreign.team.seats.get(kind__code="lawyer")
    seat.memberships.update(user=plan.district.own["lawyer"])
    run = draft(plan)
    own, foreign = run.lines.get(visit=plan.own), run.lines.get(visit=plan.foreign)
    there = {"day": foreign.day, "starts_at": foreign.starts_at}
    with pytest.raises(services.ClashFound):
        services.place_line(line=own, by=coordinator, at=AT, **there)  # type: ignore[arg-type]
    own.refresh_from_db()
    assert (own.by_hand, own.day == foreign.day and own.starts_at == foreign.starts_at) == (False, False)
    moved = services.place_line(line=own, by=coordinator, at=AT, clash_reason="律师先到后走", **there)  # type: ignore[arg-type]
    assert moved.by_hand
    release(plan, moved.run)
    plan.own.refresh_from_db()
    assert plan.own.clash_reason == "律师先到后走"


def test_outside_the_window_needs_a_reason_and_a_line_left_out_is_not_released(plan: Plan, coordinator: User) -> None:
    run = draft(plan)
    own, foreign = run.lines.get(visit=plan.own), run.lines.get(visit=plan.foreign)
    with pytest.raises(RuleBroken, match="outside the window|窗口"):
        services.place_line(line=own, day=date(2026, 10, 12), part="morning", by=coordinator, at=AT)
    own = services.place_line(
        line=own, day=date(2026, 10, 12), part="morning", outside_reason="书记住院", by=coordinator, at=AT
    )
    foreign = services.drop_line(line=foreign, by=coordinator, at=AT)
    release(plan, foreign.run)
    plan.own.refresh_from_db()
    plan.foreign.refresh_from_db()
    assert (plan.own.outside_reason, plan.foreign.day) == ("书记住院", None)


def test_who_changed_the_draft_first_wins(plan: Plan, coordinator: User) -> None:
    run = draft(plan)
    own = run.lines.get(visit=plan.own)
    services.drop_line(line=own, by=coordinator, at=AT, version=run.version)
    with pytest.raises(Conflict):
        services.drop_line(line=own, by=coordinator, at=AT, version=run.version)
    with pytest.raises(Conflict):
        release(plan, run, version=run.version)


# -- Computing ---------------------------------------------------------------------------------


def test_one_plan_at_a_time(plan: Plan) -> None:
    ask(plan)
    with pytest.raises(RuleBroken):
        ask(plan)


def test_a_plan_is_begun_once(plan: Plan) -> None:
    run = ask(plan)
    assert compute(run, now=lambda: AT) is not None
    assert compute(run, now=lambda: AT) is None


def test_what_is_stopped_while_it_is_computed_leaves_no_draft(
    plan: Plan, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ask(plan)
    question = computing.planning.question

    def stopped_meanwhile(*args: object) -> object:
        services.cancel_plan(run=run, by=coordinator, at=AT)
        return question(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(computing.planning, "question", stopped_meanwhile)
    assert compute(run, now=lambda: AT) is None
    run.refresh_from_db()
    assert (run.status, run.lines.count()) == (PlanStatus.CANCELLED, 0)
    assert draft_is_possible(plan)


def draft_is_possible(plan: Plan) -> bool:
    return ask(plan).status == PlanStatus.WAITING


def test_a_worker_that_fails_says_so(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask(plan)
    monkeypatch.setattr(computing.planning, "propose", lambda *a, **k: 1 / 0)
    assert compute(run, now=lambda: AT) is None
    run.refresh_from_db()
    assert (run.status, run.trouble) == (PlanStatus.FAILED, "error")


def test_a_run_whose_worker_died_gives_way_and_its_late_draft_is_thrown_away(
    plan: Plan, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, later = ask(plan), AT + timedelta(minutes=1)
    question = computing.planning.question

    def slept(*args: object) -> object:
        assert not PlanRun.objects.get(pk=run.pk).is_lost(AT)
        with pytest.raises(RuleBroken):
            ask(plan, AT)
        fresh.append(ask(plan, later))
        return question(*args)  # type: ignore[arg-type]

    fresh: list[PlanRun] = []
    monkeypatch.setattr(computing.planning, "question", slept)
    assert compute(run, now=lambda: AT) is None
    run.refresh_from_db()
    assert (run.status, run.trouble, run.lines.count()) == (PlanStatus.FAILED, "lost", 0)
    assert fresh[0].status == PlanStatus.WAITING


def test_at_night_plans_nobody_computes_any_more_are_given_up(plan: Plan) -> None:
    run = ask(plan)
    computing.begin_plan(run=run, at=AT)
    assert computing.give_up_lost(AT).startswith("0")
    assert computing.give_up_lost(AT + timedelta(minutes=1)).startswith("1")
    run.refresh_from_db()
    assert run.status == PlanStatus.FAILED


# -- Planning anew ------------------------------------------------------------------------------


def test_when_somebody_falls_ill_only_the_visit_concerned_moves(plan: Plan) -> None:
    release(plan, draft(plan))
    plan.own.refresh_from_db()
    assert plan.own.day
    away(plan.district.own["lead"], [plan.own.day])
    run = draft(plan)
    assert run.measure["moved"] == 1
    assert [line.visit for line in run.lines.moved()] == [plan.own]
    assert run.lines.get(visit=plan.own).why[0]["rule"] == "busy"
    assert [line.visit for line in run.lines.unchanged()] == [plan.foreign]


# -- Who may --------------------------------------------------------------------------------------


def test_a_team_s_lead_neither_asks_for_a_plan_nor_releases_one(plan: Plan) -> None:
    lead = plan.district.own["lead"]
    with pytest.raises(PermissionDenied):
        services.ask_for_plan(round=plan.round, wish=Wish(), by=lead, at=AT)
    run = draft(plan)
    with pytest.raises(PermissionDenied):
        services.release_plan(run=run, by=lead, at=AT)
    with pytest.raises(PermissionDenied):
        services.drop_line(line=run.lines.all()[0], by=lead, at=AT)


# -- Pages -----------------------------------------------------------------------------------------

PLAN = "/rounds/2026q4/plan/"


@pytest.fixture
def desk(as_user: Callable[[User], Client], coordinator: User) -> Client:
    return as_user(coordinator)


def test_the_pages_are_the_office_s(plan: Plan, as_user: Callable[[User], Client]) -> None:
    run = draft(plan)
    line = run.lines.all()[0].pk
    for address in ("", "state/", "discard/", "release/", "lines/", f"lines/{line}/"):
        assert as_user(plan.district.own["lead"]).get(PLAN + address).status_code == 403
    for address in ("start/", "cancel/", "here/", "again/", "release/", f"lines/{line}/repair/", f"lines/{line}/drop/"):
        assert as_user(plan.district["official"]).post(PLAN + address).status_code == 403


def test_from_the_form_to_the_board(desk: Client, plan: Plan) -> None:
    assert desk.get(PLAN).status_code == 200
    assert desk.post(PLAN + "start/", {"keep": "announced"}).headers["Location"] == PLAN
    waiting = desk.get(PLAN).content.decode()
    assert 'hx-trigger="load delay' in waiting
    assert desk.get(PLAN + "state/", headers={"HX-Request": "true"}).status_code == 200
    run = compute(PlanRun.objects.get(), now=lambda: AT)
    assert run is not None
    assert "HX-Refresh" in desk.get(PLAN + "state/", headers={"HX-Request": "true"}).headers
    page = desk.get(PLAN).content.decode()
    assert "这是最好的方案" in page
    assert "2场走访排上了2场" in page
    for show in ("all", "new", "moved", "unchanged", "unplaced", "by_hand", "nonsense"):
        assert desk.get(f"{PLAN}lines/?show={show}&street=x&day=2026-13-40").status_code == 200
    sent = {"run": run.pk, "version": run.version, "announce": "on"}
    answer = desk.post(PLAN + "release/", sent, follow=True)
    assert answer.redirect_chain[-1][0] == "/rounds/2026q4/board/"
    assert Visit.objects.filter(day=None).count() == 0


def test_nothing_to_count_behind_a_number_but_the_lines_it_leads_to(desk: Client, plan: Plan) -> None:
    run = draft(plan)
    page = desk.get(PLAN)
    cells = [cell for line in page.context["draft"].rows for cell in line.cells if cell.total]
    assert sum(cell.total for cell in cells) == run.lines.placed().count()
    for cell in cells:
        assert desk.get(cell.url).context["count"] == cell.total


@pytest.mark.parametrize(
    "wrong", [{"keep": "x"}, {"keep": "all", "street_cap": "0"}, {"keep": "all", "street_cap": "無"}, {}]
)
def test_wrong_wishes_are_answered_in_the_form(desk: Client, plan: Plan, wrong: dict[str, str]) -> None:
    assert desk.post(PLAN + "start/", wrong).status_code == 422
    assert not PlanRun.objects.exists()


def test_a_form_of_another_draft_releases_nothing(desk: Client, plan: Plan) -> None:
    run = draft(plan)
    assert desk.post(PLAN + "release/", {"run": 999_999, "version": 1}).status_code == 404
    assert desk.post(PLAN + "release/", {"run": run.pk, "version": 1}).status_code == 409
    assert desk.post(PLAN + "release/", {"run": "x"}).status_code == 422
    assert not Visit.objects.exclude(day=None).exists()


def test_the_page_names_who_changed_which_visit_and_offers_the_rest(desk: Client, plan: Plan) -> None:
    run = draft(plan)
    plan.schedule(plan.own, FRIDAY, time(19), by=GrantFactory(user__name="周敏", role=Role.COORDINATOR).user)
    answer = desk.post(PLAN + "release/", {"run": run.pk, "version": run.version})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "周敏" in page and plan.own.area.name in page
    assert desk.post(PLAN + "release/", {"run": run.pk, "version": run.version, "rest": "on"}).status_code == 302


def test_a_repair_is_applied_with_one_button_and_one_outside_the_window_asks_why(desk: Client, plan: Plan) -> None:
    away(plan.district.own["lawyer"])
    run = draft(plan)
    page = desk.get(PLAN).content.decode()
    assert "全部3天都没空" in page
    line = run.lines.unplaced().get()
    fixes = [repair["fix"] for repair in line.repairs]
    address = f"{PLAN}lines/{line.pk}/"
    sent = {"run": run.pk, "version": run.version}
    outside = desk.post(address + "repair/", sent | {"repair": fixes.index("outside")})
    form = desk.get(outside.headers["Location"]).context["form"]
    assert form.initial["slot"] == "other"
    assert form.initial["other_day"] == date(2026, 10, 12)
    assert desk.post(address + "repair/", sent | {"repair": fixes.index("substitute")}).headers["Location"] == PLAN
    assert not run.lines.unplaced().exists()
    assert desk.post(address + "repair/", sent | {"repair": 7}).headers["Location"] == address


def test_what_no_worker_takes_up_can_be_computed_in_the_page(
    desk: Client, plan: Plan, clock: Callable[[datetime], None]
) -> None:
    ask(plan)
    assert "plan/here/" not in desk.get(PLAN).content.decode()
    clock(AT + timedelta(seconds=6))
    assert "plan/here/" in desk.get(PLAN).content.decode()
    desk.post(PLAN + "here/")
    assert PlanRun.objects.get().status == PlanStatus.READY


def test_a_lost_worker_is_named_and_the_plan_started_again(
    desk: Client, plan: Plan, clock: Callable[[datetime], None]
) -> None:
    run = computing.begin_plan(run=ask(plan, wish=Wish(evenings=True)), at=AT)
    clock(AT + timedelta(minutes=1))
    assert "plan/again/" in desk.get(PLAN).content.decode()
    desk.post(PLAN + "again/")
    run.refresh_from_db()
    assert run.status == PlanStatus.FAILED
    assert PlanRun.objects.get(status=PlanStatus.WAITING).evenings


def test_a_year_without_holiday_data_is_a_warning(desk: Client, plan: Plan) -> None:
    Round.objects.update(window_start=date(2029, 12, 28), window_end=date(2030, 1, 3))
    page = desk.get(PLAN)
    assert page.context["unknown_years"] == [2029, 2030]
    assert "还没有录入2030年的节假日" in page.content.decode()


def test_a_window_that_is_over_is_said_and_planned_all_the_same(
    desk: Client, plan: Plan, clock: Callable[[datetime], None]
) -> None:
    later = AT + timedelta(days=30)
    clock(later)
    desk.force_login(plan.district["coordinator"])
    assert "没有工作日了" in desk.get(PLAN).content.decode()
    draft(plan, later)
    assert "2场走访排上了0场" in desk.get(PLAN).content.decode()


def test_the_draft_costs_the_same_queries_for_more_visits(desk: Client, plan: Plan) -> None:
    away(plan.district.own["lawyer"])
    desk.get(PLAN)  # warms what is kept between requests
    few = _queries(desk, draft(plan))
    own, office = plan.district.own, plan.district["coordinator"]
    for number in range(501, 507):
        team = TeamFactory(number=number, unit=own.unit, template=own.team.template)
        seat_person(team, "lead")
        pair(team, AreaFactory(street=own.street))
    services.discard_plan(run=PlanRun.objects.get(), by=office, at=AT)
    services.add_missing_visits(round=plan.round, by=office, at=AT)
    many = draft(plan)
    assert many.lines.count() == 8
    assert _queries(desk, many) <= few


def _queries(desk: Client, run: PlanRun) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert desk.get(PLAN).context["run"] == run
    return len(asked)
