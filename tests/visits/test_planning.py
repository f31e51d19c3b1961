"""A round's question to the planner, read from the database, and the draft it becomes."""

from datetime import date, datetime, time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.teams import AreaFactory, TeamFactory, pair, seat_person
from tests.factories.visits import OpenRoundFactory, placed_visit, shanghai
from tests.visits.conftest import AT, FRIDAY, Plan
from visits import services
from visits.computing import compute
from visits.models import BusyTime, DayPart, Keep, PlanRun, PlanStatus, Visit, VisitStatus
from visits.planning import Question, Wish, question

PLAIN = Wish()
SATURDAY = date(2026, 10, 10)
THURSDAY = date(2026, 10, 8)


def asked(plan: Plan, wish: Wish = PLAIN, at: datetime = AT) -> Question:
    plan.round.refresh_from_db()
    return question(plan.round, wish, at)


def days_of(found: Question) -> list[tuple[date, str]]:
    return [(one.day, str(one.part)) for one in found.problem.half_days]


def computed(plan: Plan, wish: Wish = PLAIN, at: datetime = AT) -> PlanRun:
    run = services.ask_for_plan(round=plan.round, wish=wish, by=plan.district["coordinator"], at=at)
    done = compute(run, now=lambda: at)
    assert done is not None
    return done


def test_the_half_days_are_those_of_the_working_days_of_the_window_make_up_days_included(plan: Plan) -> None:
    assert days_of(asked(plan)) == [
        (day, part) for day in (THURSDAY, FRIDAY, SATURDAY) for part in ("morning", "afternoon")
    ]


def test_evenings_are_offered_when_wished_for_and_holidays_never(plan: Plan) -> None:
    found = days_of(asked(plan, Wish(evenings=True, weekends=True)))
    assert {day for day, _part in found} == {THURSDAY, FRIDAY, SATURDAY}
    assert len(found) == 9


def test_a_plain_weekend_is_offered_when_wished_for(plan: Plan) -> None:
    plan.round.window_end = date(2026, 10, 11)
    plan.round.save()
    assert date(2026, 10, 11) not in dict(days_of(asked(plan)))
    assert date(2026, 10, 11) in dict(days_of(asked(plan, Wish(weekends=True))))


def test_half_days_that_have_begun_are_over(plan: Plan) -> None:
    assert days_of(asked(plan, at=shanghai(2026, 10, 9, 9, 30)))[0] == (FRIDAY, "afternoon")


def test_people_are_the_members_and_the_secretary_of_each_day(plan: Plan) -> None:
    own = plan.district.own
    need = next(need for need in asked(plan).problem.needs if need.visit == plan.own.pk)
    assert need.people == {
        own[who].pk for who in ("lead", "party_delegate", "npc_deputy", "cppcc_member", "lawyer")
    } | {own["secretary"].pk}


def test_what_is_announced_stays_unless_wished_otherwise_and_what_has_a_reason_always(plan: Plan) -> None:
    plan.announce(plan.schedule(plan.own))
    plan.schedule(plan.foreign, day=date(2026, 10, 14), outside_reason="书记住院")
    fixed = {keep: {need.visit for need in asked(plan, Wish(keep=keep)).problem.needs if need.fixed} for keep in Keep}
    assert fixed == {
        Keep.ALL: {plan.own.pk, plan.foreign.pk},
        Keep.ANNOUNCED: {plan.own.pk, plan.foreign.pk},
        Keep.NOTHING: {plan.foreign.pk},
    }


def test_an_evening_somebody_chose_stays_while_nothing_clashes(plan: Plan) -> None:
    plan.schedule(plan.own, hour=time(19))
    assert [need.visit for need in asked(plan).problem.needs if need.fixed] == [plan.own.pk]
    BusyTime.objects.create(user=plan.district.own["lead"], day=FRIDAY, part=DayPart.EVENING)
    assert [need.visit for need in asked(plan).problem.needs if need.fixed] == []


def test_habits_are_the_parts_and_weekdays_of_meetings_the_team_held_within_a_year(plan: Plan) -> None:
    team, area = plan.own.team, plan.own.area
    earlier = OpenRoundFactory(year=2026, quarter=3, window_start=date(2026, 7, 1), window_end=date(2026, 7, 10))
    placed_visit(date(2026, 7, 8), time(14), VisitStatus.CLOSED, team=team, area=area, round=earlier)
    long_ago = OpenRoundFactory(year=2024, quarter=3, window_start=date(2024, 7, 1), window_end=date(2024, 7, 10))
    placed_visit(date(2024, 7, 2), time(9), VisitStatus.CLOSED, team=team, area=area, round=long_ago)
    need = next(need for need in asked(plan).problem.needs if need.visit == plan.own.pk)
    assert (need.parts, need.weekdays) == ({"afternoon"}, {2})


def test_loading_costs_the_same_queries_for_one_team_more(plan: Plan) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            asked(plan)
        return len(captured)

    before = queries()
    for number in range(3):
        team = TeamFactory(number=900 + number)
        seat_person(team, "lawyer")
        pair(team, AreaFactory())
    services.add_missing_visits(round=plan.round, by=plan.district["coordinator"], at=AT)
    assert queries() == before <= 12


def test_the_draft_has_a_line_for_every_visit_and_says_that_it_is_the_best(plan: Plan) -> None:
    run = computed(plan)
    assert (run.status, run.lines.placed().count(), run.lines.filter(fixed=True).count()) == (PlanStatus.READY, 2, 0)
    assert run.measure["proven"] is True
    assert run.measure["tiers"][0] == ["unplaced", 0, 0]
    assert Visit.objects.exclude(day=None).count() == 0


def test_a_lawyer_busy_on_every_day_is_the_reason_and_another_lawyer_a_repair(plan: Plan) -> None:
    lawyer = plan.district.own["lawyer"]
    for day in (THURSDAY, FRIDAY, SATURDAY):
        for part in DayPart:
            BusyTime.objects.create(user=lawyer, day=day, part=part)
    run = computed(plan)
    line = run.lines.unplaced().get()
    assert line.visit == plan.own
    assert [(cause["rule"], cause["about"]) for cause in line.why] == [("busy", lawyer.pk)]
    assert len(line.why[0]["half_days"]) == 6
    assert {repair["fix"] for repair in line.repairs} == {"substitute", "outside"}
    substitute = next(repair for repair in line.repairs if repair["fix"] == "substitute")
    assert (substitute["person"], substitute["by"]) == (lawyer.pk, plan.district.foreign["lawyer"].pk)


def test_a_window_that_is_over_leaves_everything_unplaced_with_days_after_it(plan: Plan) -> None:
    run = computed(plan, at=shanghai(2026, 10, 12))
    assert run.lines.placed().count() == 0
    assert {cause["rule"] for line in run.lines.all() for cause in line.why} == {"not_offered"}
    assert {repair["fix"] for line in run.lines.all() for repair in line.repairs} == {"outside"}


def test_a_year_without_holiday_data_is_planned_and_named(plan: Plan) -> None:
    round_ = plan.round
    round_.window_start, round_.window_end = date(2029, 12, 28), date(2030, 1, 3)
    round_.save()
    found = asked(plan)
    assert found.unknown_years == [2029, 2030]
    assert [day for day, part in days_of(found) if part == "morning"] == [
        date(2029, 12, 28),
        date(2029, 12, 31),
        date(2030, 1, 1),
        date(2030, 1, 2),
        date(2030, 1, 3),
    ]
